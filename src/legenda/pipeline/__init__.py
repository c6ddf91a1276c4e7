"""From a source to a `Document`: plan a page, read it, merge, arrange; the `Reader` over many."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from legenda.pipeline.reader import FEW, Pages, Reader, read

__all__ = ["FEW", "Pages", "Reader", "read"]


# what starts processes must not pay for what reads pages in them
def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("legenda.pipeline.reader"), name)
