"""The `cpu` engine: PP-OCRv6 tiny and small in our own pipeline."""

from legenda.engines.ppocr.engine import PPOCR

__all__ = ["PPOCR"]
