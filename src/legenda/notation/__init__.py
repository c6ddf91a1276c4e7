"""A crop to what it says in the notation of its field: a folder for each kind, a router for crops of unknown kind."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from legenda.notation.base import Raster
    from legenda.notation.lettering import letter_boxes
    from legenda.notation.reading import READ, read
    from legenda.notation.router import kind_of

__all__ = ["READ", "Raster", "kind_of", "letter_boxes", "read"]

_HOMES = {"READ": "reading", "Raster": "base", "kind_of": "router", "letter_boxes": "lettering", "read": "reading"}


def __getattr__(name: str) -> Any:
    """Loaded when first used: exporters of formulas look at no pixels."""
    if home := _HOMES.get(name):
        return getattr(import_module(f"legenda.notation.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
