"""From a source to a `Document`: plan a page, read it, merge, arrange; the `Reader` over many."""

from legenda.pipeline.reader import Pages, Reader, read

__all__ = ["Pages", "Reader", "read"]
