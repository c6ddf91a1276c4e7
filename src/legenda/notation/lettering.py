"""Where letters stand on a drawing: small dark shapes in rows or columns, apart from lines and areas of colour.

The detector of text lines is made for prose; single letters, numbers beside ticks and words that run upwards are what
it leaves out on charts and figures.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from legenda.notation import slanted
from legenda.notation.base import Raster

Quads = NDArray[np.float32]
"""[n, 4, 2]: corners in pixels, clockwise from the top left of an upright box."""

_DOT = 175  # dots of small type are paler than its letters
_DARK = 132  # of 255: letters are darker, ticks and grids of most charts are paler
_MOST = 1500  # shapes: more are a texture, and no drawing has so many letters
_LETTER = (4, 44)  # px, height of letters
_PAD = 2.0  # px
_GAP, _STACK = 0.55, 0.5  # of a letter's height: gaps within a label, along a row and along a column


def letter_boxes(crop: Raster) -> Quads:
    """Boxes around labels, a little wider than the ink; those of slanted labels are turned with them."""
    shapes = _letters(crop)
    if len(shapes) > _MOST:
        return np.zeros((0, 4, 2), np.float32)
    turned, used = slanted.quads(crop, shapes)
    boxes = [_box(group) for group in _grouped(shapes[~used]) if _is_label(group)]
    return np.concatenate([np.array(boxes, np.float32).reshape(-1, 4, 2), turned])


def _is_label(group: NDArray[np.float64]) -> bool:
    wide, high = np.ptp(group[:, [0, 2]]), np.ptp(group[:, [1, 3]])
    return bool(max(wide, high) >= 5 and max(np.ptp(group[:, [1, 3]], axis=1).max(), wide) >= _LETTER[0])


def _box(group: NDArray[np.float64]) -> list[list[float]]:
    left, top = group[:, :2].min(0) - _PAD
    right, bottom = group[:, 2:].max(0) + _PAD
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def _letters(crop: Raster) -> NDArray[np.float64]:
    """Boxes (left, top, right, bottom) of what may be letters or parts of some."""
    import cv2

    value = crop.max(2) if crop.ndim == 3 else crop
    dark = (value < _DARK).astype(np.uint8)
    found = []
    if crop.ndim == 3:
        spread = np.ptp(crop.astype(int), axis=2)
        dark &= (spread < 60).astype(np.uint8)
        found.append(_on_colour(crop, spread > 40))
    long = max(_LETTER[1], 24)
    ruled = np.zeros_like(dark)
    for kernel in (np.ones((1, long), np.uint8), np.ones((long, 1), np.uint8)):
        ruled |= cv2.morphologyEx(dark, cv2.MORPH_OPEN, kernel)
    dark &= 1 - ruled
    dots = _boxes((value < _DOT).astype(np.uint8))
    small = (dots[:, 2] - dots[:, 0] <= 3) & (dots[:, 3] - dots[:, 1] <= 3)
    free = [not dark[int(b) : int(d), int(a) : int(c)].any() for a, b, c, d in dots]
    small &= np.array(free, bool)
    return np.concatenate([*found, _without_ticks(_boxes(dark), ruled), dots[small]])


def _without_ticks(boxes: NDArray[np.float64], ruled: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Without thin marks that touch a ruled line."""
    kept = []
    for box in boxes:
        left, top, right, bottom = box.astype(int)
        thin = min(right - left, bottom - top) <= 3 and max(right - left, bottom - top) <= 12
        if not thin or not ruled[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1].any():
            kept.append(box)
    return np.array(kept, float).reshape(-1, 4)


def _on_colour(crop: Raster, vivid: NDArray[np.bool_]) -> NDArray[np.float64]:
    """White letters on areas of colour."""
    white = (crop.min(2) > 185).astype(np.uint8)
    boxes = _boxes(white)
    kept = []
    for left, top, right, bottom in boxes.astype(int):
        rim = vivid[max(top - 2, 0) : bottom + 2, max(left - 2, 0) : right + 2]
        if bottom - top >= _LETTER[0] + 1 and rim[[0, -1]].mean() > 0.8 and rim[:, [0, -1]].mean() > 0.8:
            kept.append([left, top, right, bottom])
    return np.array(kept, float).reshape(-1, 4)


def _boxes(mask: NDArray[np.uint8]) -> NDArray[np.float64]:
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    left, top, width, height, _ = stats[1:].T
    fit = (height <= _LETTER[1]) & (width <= 2 * _LETTER[1])
    boxes: NDArray[np.float64] = np.stack([left, top, left + width, top + height], 1)[fit].astype(float)
    return boxes


def _grouped(shapes: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Words that run upwards first, since their letters nearly touch; then shapes that stand close in a row."""
    if not len(shapes):
        return []
    left, top, right, bottom = shapes.T
    size = np.maximum(bottom - top, 1)
    letters = size >= _LETTER[0]
    scale = float(np.median(np.maximum(size, right - left)[letters])) if letters.any() else 8.0
    beside = np.maximum(left[:, None], left) - np.minimum(right[:, None], right)
    above = np.maximum(top[:, None], top) - np.minimum(bottom[:, None], bottom)
    shorter = np.minimum(size[:, None], size)
    narrower = np.minimum((right - left)[:, None], right - left)
    pieces = (beside < -0.4 * narrower) & (above < 1.5)
    column = (above < _STACK * scale) & (beside < -0.4 * narrower)
    columns = _components(column)
    groups = [shapes[columns == n] for n in np.unique(columns)]
    upwards = [_runs_up(group, scale) for group in groups]
    standing = np.isin(columns, [n for n, up in zip(np.unique(columns), upwards, strict=True) if up])
    row = (beside < _GAP * scale) & (above < -0.4 * shorter)
    # a dot or a minus hangs on its neighbour
    row |= (shorter < 0.4 * scale) & (beside < 0.35 * scale) & (above < 0)
    row |= pieces
    row &= ~(standing[:, None] | standing)
    row |= column & standing[:, None] & standing
    members = _components(row)
    return [shapes[members == n] for n in np.unique(members)]


def _runs_up(group: NDArray[np.float64], scale: float) -> bool:
    """Whether shapes in a column are letters of a word: of two, both are as large as letters, and they nearly touch."""
    wide, high = np.ptp(group[:, [0, 2]]), np.ptp(group[:, [1, 3]])
    sides = np.stack([group[:, 2] - group[:, 0], group[:, 3] - group[:, 1]])
    if len(group) != 2:
        return np.sum(sides.max(0) > 0.55 * scale) > 2 and bool(high > 2 * wide)
    gap = group[:, 1].max() - group[:, 3].min()
    return bool(sides.max(0).min() > 0.55 * scale and 0 <= gap < 0.3 * scale and high > 1.2 * wide)


def _components(linked: NDArray[np.bool_]) -> NDArray[np.int_]:
    """Number of the group of each, by links in any direction."""
    group = np.arange(len(linked))
    for one, other in zip(*np.nonzero(np.triu(linked, 1)), strict=True):
        a, b = group[one], group[other]
        if a != b:
            group[group == b] = a
    return group
