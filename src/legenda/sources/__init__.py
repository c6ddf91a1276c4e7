"""Turns bytes into pages: sniffing, pictures, PDF text layers and rendering, all parsed in a confined child."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from legenda.sources.inputs import Input, expand
    from legenda.sources.page import Element, Looks, Rendering, SourcePage, TextLayer, TextLine
    from legenda.sources.source import Source, open_source, opened

__all__ = [
    "Element",
    "Input",
    "Looks",
    "Rendering",
    "Source",
    "SourcePage",
    "TextLayer",
    "TextLine",
    "expand",
    "open_source",
    "opened",
]

# the child imports this package too and must not pay for the parent's side
_HOMES = {
    **dict.fromkeys(("Input", "expand"), "legenda.sources.inputs"),
    **dict.fromkeys(("Element", "Looks", "Rendering", "SourcePage", "TextLayer", "TextLine"), "legenda.sources.page"),
    **dict.fromkeys(("Source", "open_source", "opened"), "legenda.sources.source"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
