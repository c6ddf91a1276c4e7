"""What people do with a document once it is read: ask it, extract values, translate it, run a tool on a file."""
