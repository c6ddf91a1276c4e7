"""The second engine: Tesseract 5 in-process, any installed language pack."""

from legenda.engines.tesseract.engine import Tesseract

__all__ = ["Tesseract"]
