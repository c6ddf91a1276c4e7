"""Crops that cut through no letter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Raster = NDArray[np.uint8]
Sides = tuple[int, int, int, int]
_DARK = 0.6  # of the crop's paper, below which a pixel is ink
_FARTHEST = 1.5  # heights of a line that a side is moved at most
_STEPS = 8


def uncut(raster: Raster, sides: Sides, unit: float) -> Sides:
    """Move the sides of a crop outwards as long as they run through ink.

    Args:
        raster: uint8, [height, width] grey or [height, width, 3] RGB.
        sides: left, top, right, bottom; pixels.
        unit: height of a line, pixels.
    """
    step = max(1, round(_FARTHEST * unit / _STEPS))
    left, top, right, bottom = sides
    height, width = raster.shape[:2]
    paper = float(np.median(raster[top:bottom, left:right])) if bottom > top and right > left else 255.0
    for _ in range(_STEPS):
        moved = (
            max(0, left - step) if _inked(raster[top:bottom, left : left + 2], paper) else left,
            max(0, top - step) if _inked(raster[top : top + 2, left:right], paper) else top,
            min(width, right + step) if _inked(raster[top:bottom, max(0, right - 2) : right], paper) else right,
            min(height, bottom + step) if _inked(raster[max(0, bottom - 2) : bottom, left:right], paper) else bottom,
        )
        if moved == (left, top, right, bottom):
            break
        left, top, right, bottom = moved
    return left, top, right, bottom


def _inked(edge: Raster, paper: float) -> bool:
    return bool(edge.size) and bool((edge < _DARK * paper).any())
