"""A `Document` in, files out; one module per format."""
