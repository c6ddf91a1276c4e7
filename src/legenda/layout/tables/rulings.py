"""Rulings: the straight lines a table is drawn with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from legenda.layout.tables.frame import Floats, Raster

# All lengths in line heights. The tallest strokes of letters are shorter than the shortest vertical ruling.
_LEAST_ACROSS, _LEAST_DOWN = 2.0, 1.3
_THICKEST = 0.45
_GAP = 1.0  # in a ruling where a letter or a fold crosses it
_SAME = 0.2  # rulings nearer than this are one
_MOST = 600  # lines that are looked at: no table has more, but pictures do
_CONTRAST = 10  # shades between a ruling and what is around it


@dataclass(frozen=True, slots=True)
class Rulings:
    """Straight lines of a level picture, in its pixels.

    Attributes:
        across: y, left end, right end of each horizontal one, from top to bottom; [n, 3].
        down: x, upper end, lower end of each vertical one, from left to right; [n, 3].
    """

    across: Floats
    down: Floats


def rulings(picture: Raster, unit: float) -> Rulings:
    """Find horizontal and vertical lines.

    Args:
        picture: grey, uint8, [height, width], its text level.
        unit: usual height of a line of text in it.
    """
    import cv2

    around = 2 * max(2, round(0.8 * unit)) + 1
    ink = cv2.adaptiveThreshold(255 - picture, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, around, -_CONTRAST)
    return Rulings(_lines(ink, unit, _LEAST_ACROSS), _lines(np.ascontiguousarray(ink.T), unit, _LEAST_DOWN))


def _lines(ink: Raster, unit: float, least: float) -> Floats:
    """Horizontal lines: y, left, right; [n, 3]."""
    import cv2

    length = max(8, round(least * unit))
    runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    _, _, stats, centres = cv2.connectedComponentsWithStats(runs, connectivity=8)
    found = [
        (float(y), float(left), float(left + width))
        for (left, _, width, height, _), (_, y) in zip(stats[1:], centres[1:], strict=True)
        if height <= max(3.0, _THICKEST * unit)
    ]
    return _joined(sorted(found, key=lambda line: line[1] - line[2])[:_MOST], unit)


def _joined(found: list[tuple[float, float, float]], unit: float) -> Floats:
    """Pieces at the same height become one; so do the two edges of a thick ruling, and double rulings."""
    lines: list[list[float]] = []
    for y, left, right in sorted(found, key=lambda f: (f[1], f[0])):
        for line in lines:
            if abs(line[0] - y) <= max(2.0, _SAME * unit) and left - line[2] <= _GAP * unit:
                before = line[2] - line[1]
                line[0] = (line[0] * before + y * (right - left)) / max(before + right - left, 1.0)
                line[2] = max(line[2], right)
                break
        else:
            lines.append([y, left, right])
    return np.array(sorted(lines), np.float64).reshape(-1, 3)
