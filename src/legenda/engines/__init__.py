"""Engines: pixels in, lines out. One folder per engine; `base` says what an engine is."""
