"""The `cpu` engine: PP-OCRv6 tiny and small in our own pipeline."""

from legenda.engines.ppocr.engine import PPOCR
from legenda.engines.ppocr.orientation import Upright, turned, turned_upright, without_colour

__all__ = ["PPOCR", "Upright", "turned", "turned_upright", "without_colour"]
