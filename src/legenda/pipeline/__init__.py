"""From a source to a `Document`: plan a page, read it, merge, arrange; the `Reader` over many."""

from legenda.pipeline.reader import FEW, Pages, Reader, read

__all__ = ["FEW", "Pages", "Reader", "read"]
