"""Labels of drawings, in boxes that others found: single letters and numbers, upright, upwards or downwards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from legenda.document import Line
from legenda.engines.base import Raster
from legenda.engines.ppocr import models, strip
from legenda.engines.ppocr.detect import Quads
from legenda.engines.ppocr.orientation import without_colour
from legenda.engines.ppocr.words import to_line

_LEGIBLE = 0.5  # mean probability; whoever found the box is sure that letters stand in it
_TALL = 1.3  # a box as much higher than wide may run upwards


def read_labels(raster: Raster, quads: Quads) -> tuple[Line, ...]:
    """Read each box by itself with the small recogniser, Latin letters and signs.

    Args:
        raster: uint8, [height, width] or [height, width, 3] RGB.
        quads: float32 [n, 4, 2], corners in pixels.

    Returns:
        Lines, polygons in pixels of the raster; boxes that cannot be read are left out.

    Raises:
        MissingComponentError: the weights are not installed.
    """
    grey = without_colour(raster)
    ways = [(n, way) for n, quad in enumerate(quads) for way in _ways(quad)]
    strips = [strip.cut(grey, way, squeeze=1.0) for _, way in ways]
    small = models.recogniser("small")
    readings = small.read(strips, small.latin) if strips else []
    best: dict[int, int] = {}
    for candidate, (owner, _) in enumerate(ways):
        if owner in best and len(readings[candidate].text.strip()) < 2 and readings[best[owner]].mean >= _LEGIBLE:
            continue  # a letter alone stands upright
        if owner not in best or readings[candidate].mean > readings[best[owner]].mean:
            best[owner] = candidate
    chosen = [n for n in best.values() if readings[n].text.strip() and readings[n].mean >= _LEGIBLE]
    return tuple(to_line(readings[n], strips[n].quad, small.name) for n in chosen)


def _ways(quad: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    width, height = strip.size(quad)
    if height < _TALL * width:
        return [quad]
    return [quad, strip.upwards(quad)] if height < 3 * width else [strip.upwards(quad), strip.downwards(quad)]
