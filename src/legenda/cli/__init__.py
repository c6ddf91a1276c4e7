"""The command: parse arguments, call the library, print."""
