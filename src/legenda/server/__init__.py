"""The HTTP side: turns requests into `JobRequest`s and records of jobs into answers; nothing else is decided here."""
