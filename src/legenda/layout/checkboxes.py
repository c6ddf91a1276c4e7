"""Check boxes: drawn squares about as high as a line, and whether something stands in them.

A tick may run over its box, so squares are looked for among straight strokes alone: what an opening by short lines
leaves of the ink. 15 to 25 ms a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legenda.document.geometry import Box

Raster = NDArray[np.uint8]
Mask = NDArray[np.bool_]
_LEAST, _MOST = 0.55, 2.2  # heights of a line: sides of a box
_SMALLEST = 16  # pixels; smaller squares are not told from letters
_SQUARE = 0.1  # of its longer side: by how much a box may be off the square; letters without curves (D) are off by .15
_LONGEST = 1.5  # times the largest box: how long it may be with a tick that runs over it
_OWN = 0.85  # share of the straight strokes that is left then; of letters (b, d) it is less
_STROKE = 0.8  # of the least side: strokes as long are straight ones
_SIDE = 0.9  # share of each side that is drawn
_BAND = 0.2  # share of a box in which a side runs: of a round letter so much of it covers .8 of its width
_CORNER = 0.06  # of a box: how far its ink may be from the corners, along the diagonals; that of an O is at .1 to .15
_OFF, _BULGE = 3, 0.3  # pixels off a side, and share of its length that may be inked there
_WAVE = 0.05  # of a box, and a pixel: how far a side is off the straight line
_THICK = 0.25  # of a box; thicker ones are filled
_RULED = 0.06  # share of straight strokes inside from which a square is a letter (日), a table or a window
_EMPTY, _MARKED = 0.02, 0.08  # share of ink inside up to which a box is empty, and from which it is surely not
_FILLED = 0.85  # the same, from which it is a square bullet, but beside empty boxes of its size
_SAME = 0.15  # of their sides, by which boxes of one form differ
_BLOCK, _CONTRAST = 51, 15  # pixels around, and grey levels below their mean, that make ink
_HUNDREDS = 400  # squares on a page, from which it is a grid or a pattern


@dataclass(frozen=True, slots=True)
class CheckBox:
    """A box to be ticked.

    Attributes:
        box: left, top, right, bottom; pixels of the raster as `checkboxes` gives it.
        checked: something stands in it.
        confidence: probability (0..1) that `checked` is right.
    """

    box: Box
    checked: bool
    confidence: float


def checkboxes(raster: Raster, unit: float) -> list[CheckBox]:
    """Boxes on an upright page, from top to bottom.

    Args:
        raster: uint8, [height, width] grey or [height, width, 3] RGB.
        unit: height of a line of its text, pixels.
    """
    import cv2

    least = max(_SMALLEST, _LEAST * unit)
    if min(raster.shape[:2]) < 3 * least:
        return []
    grey = raster if raster.ndim == 2 else cv2.cvtColor(raster, cv2.COLOR_RGB2GRAY)
    ink = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _BLOCK, _CONTRAST)
    length = max(5, round(_STROKE * least))
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    strokes = across | down
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    found = list(_squares(labels, stats, least, _MOST * unit))
    if len(found) > _HUNDREDS:
        return []
    inked = ink.astype(bool)
    seen = [_box(square, inked, labels == number) for number, square in found if _is_apart(square, inked)]
    empty = [box for box, share in seen if box and not box.checked and share < _EMPTY]
    kept = [
        box for box, share in seen if box and (share < _FILLED or any(_alike(box.box, other.box) for other in empty))
    ]
    return sorted(kept, key=lambda one: (one.box[1], one.box[0]))


def _squares(
    labels: NDArray[np.int32], stats: NDArray[np.int32], least: float, most: float
) -> Iterator[tuple[int, Box]]:
    """Numbers and boxes of the components that are drawn squares; what a tick adds to their outside is cut off."""
    small, large = np.minimum(stats[:, 2], stats[:, 3]), np.maximum(stats[:, 2], stats[:, 3])
    for number in np.flatnonzero((small >= least) & (large <= _LONGEST * most) & (large <= 2 * small)).tolist():
        x, y, w, h = stats[number, :4].tolist()
        drawn = labels[y : y + h, x : x + w] == number
        for left, top, right, bottom in ((0, 0, w, h), _cut(drawn)):
            width, height = right - left, bottom - top
            fits = min(width, height) >= least and max(width, height) <= most
            square = fits and abs(width - height) <= max(2, _SQUARE * max(width, height))
            if square and _is_frame(drawn[top:bottom, left:right]):
                yield number, (x + left, y + top, x + right, y + bottom)
                break


def _cut(drawn: Mask) -> tuple[int, int, int, int]:
    """A component without what juts out of its sides; nothing where that is much."""
    (top, bottom), (left, right) = _sides(drawn), _sides(drawn.T)
    own = drawn[top:bottom, left:right].sum() > _OWN * drawn.sum()
    return (left, top, right, bottom) if own else (0, 0, 0, 0)


def _sides(drawn: Mask) -> tuple[int, int]:
    """The first and last row (exclusive) most of whose length is drawn."""
    ruled = np.flatnonzero(drawn.sum(axis=1) >= 0.5 * min(drawn.shape))
    return (int(ruled[0]), int(ruled[-1]) + 1) if len(ruled) else (0, 0)


def _is_frame(drawn: Mask) -> bool:
    """Whether all four sides are drawn, straight, and meet in corners."""
    reach = 1 + max(1, round(_CORNER * len(drawn)))
    corners = (drawn, drawn[:, ::-1], drawn[::-1], drawn[::-1, ::-1])
    return all(corner.diagonal()[:reach].any() for corner in corners) and all(
        _is_side(turned) for turned in (drawn, drawn[::-1], drawn.T, drawn.T[::-1])
    )


def _is_side(drawn: Mask) -> bool:
    """Whether the upper side is drawn."""
    band = drawn[: max(2, round(_BAND * len(drawn)))]
    there = band.any(axis=0)
    if there.mean() < _SIDE:
        return False
    edge = band.argmax(axis=0)[there]
    return float(edge.std()) <= 1 + _WAVE * len(drawn)


def _is_apart(square: Box, ink: Mask) -> bool:
    """Whether there is paper right outside of each side, but for a tick: round letters bulge out of straight parts."""
    left, top, right, bottom = (int(side) for side in square)
    around = ink[top - _OFF : bottom + _OFF, left - _OFF : right + _OFF]
    if around.shape != (bottom - top + 2 * _OFF, right - left + 2 * _OFF):
        return False  # at the edge of the page
    sides = (around, around[::-1], around.T, around.T[::-1])  # the outermost row may be the blur of the stroke
    return all(float(side[: _OFF - 1, _OFF:-_OFF].mean(axis=1).max()) <= _BULGE for side in sides)


def _box(square: Box, ink: Mask, strokes: Mask) -> tuple[CheckBox | None, float]:
    """A box with the share of ink in it; `None` where the strokes in it make it something else."""
    left, top, right, bottom = (int(side) for side in square)
    drawn = strokes[top:bottom, left:right]
    inset = _thickness(drawn) + max(1, round(0.08 * len(drawn)))
    inside = (slice(top + inset, bottom - inset), slice(left + inset, right - inset))
    share = float(ink[inside].mean()) if ink[inside].size else 1.0
    if share < _FILLED and float(strokes[inside].mean()) > _RULED:
        return None, share
    certain = float(np.interp(share, (_EMPTY, (_EMPTY + _MARKED) / 2, _MARKED), (0.02, 0.5, 0.98)))
    checked = certain >= 0.5
    return CheckBox(square, checked, certain if checked else 1 - certain), share


def _thickness(drawn: Mask) -> int:
    """Of the sides, pixels: the middle one of what is met from each side, at most a quarter of the box."""
    runs = [_run(line) for turned in (drawn, drawn[::-1], drawn.T, drawn.T[::-1]) for line in turned.T]
    return min(round(_THICK * len(drawn)), int(np.median(runs)) if runs else 1)


def _run(line: Mask) -> int:
    """Drawn pixels from the first one on."""
    first = int(line.argmax())
    after = line[first:]
    return len(after) if after.all() else int((~after).argmax())


def _alike(box: Box, other: Box) -> bool:
    return all(
        abs((box[k + 2] - box[k]) - (other[k + 2] - other[k])) <= _SAME * (other[k + 2] - other[k]) for k in (0, 1)
    )


def same_size(boxes: Sequence[CheckBox], one: CheckBox) -> int:
    """How many boxes are as large as one, itself among them."""
    return sum(_alike(one.box, other.box) for other in boxes)
