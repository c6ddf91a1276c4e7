"""Lines in, blocks in reading order out."""
