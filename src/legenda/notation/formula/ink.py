"""The ink of a crop, and pictures of it at the scales the network was trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from legenda.notation.base import Raster, grey

Picture = NDArray[np.float32]
"""Normalised, [1, 1, height, width], sides divisible by 32."""

_WIDEST, _HIGHEST, _STEP = 672, 192, 32
_MEAN, _DEVIATION = 0.7931, 0.1738  # of the network's training pictures
# px: the median height of signs at which the network reads best (`training/formula/scales.py`)
_SIGN = 11.5


def ink_of(crop: Raster) -> Raster:
    """Dark ink on white, in full contrast, cut to the ink; an empty array where there is none."""
    shades = grey(crop).astype(np.float32)
    low, high = np.percentile(shades, 0.02), np.percentile(shades, 99.98)
    if high - low < 40:
        return np.zeros((0, 0), np.uint8)
    level = np.clip((shades - low) / (high - low), 0, 1) * 255
    if level.mean() < 128:
        level = 255 - level
    rows, columns = np.nonzero(level < 128)
    if not len(rows):
        return np.zeros((0, 0), np.uint8)
    top, left = rows.min(), columns.min()
    cut: Raster = level[top : rows.max() + 1, left : columns.max() + 1].astype(np.uint8)
    return cut


def sign_height(ink: Raster) -> float:
    """Median height in pixels of what hangs together, rules and dots left out."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats((ink < 128).astype(np.uint8))
    heights, widths = stats[1:, 3].astype(float), stats[1:, 2].astype(float)
    signs = heights[(heights > 4) & (widths < 4 * heights) & (heights < 6 * widths)]
    return float(np.median(signs)) if len(signs) else float(ink.shape[0])


def scale_for(ink: Raster) -> float:
    """How much to enlarge the ink so that its signs have the height the network reads best."""
    return _SIGN / max(sign_height(ink), 1.0)


def picture(ink: Raster, scale: float) -> Picture:
    """The ink at a scale, smaller where it would not fit the network, on white."""
    import cv2

    height, width = ink.shape
    scale = min(scale, _WIDEST / width, _HIGHEST / height)
    size = (max(1, int(width * scale)), max(1, int(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    shrunk = cv2.resize(ink, size, interpolation=how)
    across, down = (-(-side // _STEP) * _STEP for side in size)
    canvas = np.full((down, across), 255, np.float32)
    canvas[: size[1], : size[0]] = shrunk
    normal: Picture = ((canvas / 255 - _MEAN) / _DEVIATION).astype(np.float32)[None, None]
    return normal
