"""Legenda reads anything in an image or a document.

>>> import legenda
>>> print(legenda.read("scan.png").text)  # doctest: +SKIP

`read` serves one file; `Reader` keeps its models for many and gives pages as they finish; `Client` has a server read.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from legenda import errors
    from legenda.client import Client
    from legenda.document import Block, Document, Line, Page, Span, Word
    from legenda.options import Limits, ReadOptions
    from legenda.pipeline import Reader, read

    __version__: str

__all__ = [
    "Block",
    "Client",
    "Document",
    "Limits",
    "Line",
    "Page",
    "ReadOptions",
    "Reader",
    "Span",
    "Word",
    "__version__",
    "errors",
    "read",
]

# names are loaded when first used (PEP 562): the command must start fast, and errors need no models
_HOMES = {
    **dict.fromkeys(("Block", "Document", "Line", "Page", "Span", "Word"), "legenda.document"),
    **dict.fromkeys(("Limits", "ReadOptions"), "legenda.options"),
    **dict.fromkeys(("Reader", "read"), "legenda.pipeline"),
    "Client": "legenda.client",
}


def __getattr__(name: str) -> Any:
    value: Any
    if name == "__version__":
        from importlib.metadata import version

        value = version("legenda")
    elif name == "errors":
        value = import_module("legenda.errors")
    elif name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'legenda' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
