"""Reading order: lines in, blocks of lines in the order a person reads them out."""

from legenda.layout.arrange import arrange

__all__ = ["arrange"]
