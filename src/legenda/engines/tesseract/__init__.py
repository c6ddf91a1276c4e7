"""The second engine: Tesseract 5 in-process, any installed language pack."""
