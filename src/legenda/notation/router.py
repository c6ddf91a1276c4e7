"""Which kind of picture a crop is, by cheap features."""

from __future__ import annotations

from legenda.notation.base import Raster


def kind_of(crop: Raster) -> tuple[str, float]:
    """The kind of a crop (`text`, `formula`, `table`, `chart`, `geometry`, `molecule`, `score`, `photo`).

    Args:
        crop: uint8, [height, width] grey or [height, width, 3] RGB.

    Returns:
        The kind, and the probability (0..1) that it is right.
    """
    return "text", 0.0
