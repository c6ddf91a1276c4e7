"""The second engine: Tesseract 5 in-process, any installed language pack."""

from legenda.engines.tesseract.engine import Tesseract
from legenda.engines.tesseract.packs import packs_for

__all__ = ["Tesseract", "packs_for"]
