"""The `cpu` engine: PP-OCRv6 tiny and small in our own pipeline."""
