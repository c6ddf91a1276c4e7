"""A table turned so that its text is level, and the words on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import atan2, cos, degrees, floor, hypot, pi, sin

import numpy as np
from numpy.typing import NDArray

from legenda.document import Line, Polygon, bounds
from legenda.document.geometry import Affine, Box, from_box, transform

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Raster = NDArray[np.uint8]
"""uint8, [height, width] grey or [height, width, 3] RGB, origin top left."""

# Tilts below this many degrees move a word at the end of a page's row by less than a tenth of its height.
_LEVEL = 0.15
_MARGIN = 0.4  # of a line's height around the table: its outer rulings


@dataclass(frozen=True, slots=True)
class Words:
    """The words of some lines, in pixels of the level picture; every array has one entry a word.

    Attributes:
        boxes: left, top, right, bottom; [n, 4].
        line: index of its line.
        word: index in its line; 0 for a line whose words have no places.
        unit: usual height of a line; thresholds are multiples of it.
    """

    boxes: Floats
    line: Ints
    word: Ints
    unit: float

    @property
    def centres(self) -> Floats:
        """Middle of each; [n, 2], x and y."""
        middles: Floats = (self.boxes[:, :2] + self.boxes[:, 2:]) / 2
        return middles


@dataclass(frozen=True, slots=True)
class Level:
    """A table's picture with its text level.

    Attributes:
        picture: grey, uint8, [height, width].
        colour: the same as it was given; grey or RGB.
        words: on it.
        back: from its pixels to those of the raster it was cut from.
    """

    picture: Raster
    colour: Raster
    words: Words
    back: Affine

    def polygon(self, box: Box) -> Polygon:
        """An upright box of the level picture, in pixels of the raster."""
        return transform(from_box(*box), self.back)


def level(raster: Raster, box: Box, lines: Sequence[Line]) -> Level:
    """Cut a table out and turn it so that its text runs from left to right.

    Args:
        raster: that shows it.
        box: around it, in pixels of the raster.
        lines: its text, at least one; the box is grown to hold them.
    """
    height, width = raster.shape[:2]
    lines = [_onto(line, width, height) for line in lines]
    angle = _angle(lines)
    unit = float(np.median([_height(line) for line in lines]))
    around = _clipped(from_box(*box), width, height)
    corners = [point for polygon in [around, *(line.polygon for line in lines)] for point in _points(polygon)]
    c, s = cos(angle), sin(angle)
    xs, ys = [x * c + y * s for x, y in corners], [y * c - x * s for x, y in corners]
    margin = _MARGIN * unit
    left, top = floor(min(xs) - margin), floor(min(ys) - margin)
    right, bottom = max(xs) + margin, max(ys) + margin
    if not angle:
        left, top = max(0, left), max(0, top)
        picture = raster[top : min(height, int(bottom) + 1), left : min(width, int(right) + 1)]
    else:
        picture = _turned(raster, (c, s, -left, -s, c, -top), (int(right - left) + 1, int(bottom - top) + 1))
    back: Affine = (c, -s, left * c - top * s, s, c, left * s + top * c)
    return Level(_grey(picture), picture, _words(lines, (c, s, -left, -s, c, -top), unit), back)


def _onto(line: Line, width: int, height: int) -> Line:
    """A line with nothing of it outside of the raster, where hostile files may have it."""
    words = tuple(replace(word, polygon=_clipped(word.polygon, width, height)) for word in line.words)
    return replace(line, polygon=_clipped(line.polygon, width, height), words=words)


def _clipped(polygon: Polygon, width: int, height: int) -> Polygon:
    points = np.nan_to_num(polygon).reshape(4, 2).clip(0, (width, height))
    x1, y1, x2, y2, x3, y3, x4, y4 = points.ravel().tolist()
    return (x1, y1, x2, y2, x3, y3, x4, y4)


def _angle(lines: Sequence[Line]) -> float:
    """Direction of the text, radians clockwise from rightwards; quarter turns and small tilts, 0 where level."""
    found = []
    for line in lines:
        x1, y1, x2, y2 = line.polygon[:4]
        found.append((atan2(y2 - y1, x2 - x1), hypot(x2 - x1, y2 - y1)))
    votes = [0.0] * 4
    for angle, length in found:
        votes[round(angle / (pi / 2)) % 4] += length
    turn = votes.index(max(votes)) * pi / 2
    tilts = [((angle - turn + pi) % (2 * pi) - pi, length**2) for angle, length in found]
    tilts = sorted((tilt, weight) for tilt, weight in tilts if abs(tilt) < pi / 8)
    half, seen = sum(weight for _, weight in tilts) / 2, 0.0
    for tilt, weight in tilts:
        seen += weight
        if seen >= half:
            return turn + (tilt if abs(degrees(tilt)) > _LEVEL else 0.0)
    return turn


def _turned(raster: Raster, affine: Affine, size: tuple[int, int]) -> Raster:
    import cv2

    a, b, c, d, e, f = affine
    matrix = np.array([[a, b, c], [d, e, f]])
    paper = (255, 255, 255)
    turned: Raster = cv2.warpAffine(np.ascontiguousarray(raster), matrix, size, flags=cv2.INTER_AREA, borderValue=paper)
    return turned


def _grey(picture: Raster) -> Raster:
    if picture.ndim == 2:
        return np.ascontiguousarray(picture)
    import cv2

    grey: Raster = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
    return grey


def _words(lines: Sequence[Line], affine: Affine, unit: float) -> Words:
    boxes, line_of, word_of = [], [], []
    for i, line in enumerate(lines):
        polygons = [word.polygon for word in line.words] or [line.polygon]
        for k, polygon in enumerate(polygons):
            boxes.append(bounds(transform(polygon, affine)))
            line_of.append(i)
            word_of.append(k)
    return Words(
        np.array(boxes, np.float64).reshape(-1, 4), np.array(line_of, np.intp), np.array(word_of, np.intp), unit
    )


def _height(line: Line) -> float:
    x1, y1, *_, x4, y4 = line.polygon
    return max(hypot(x4 - x1, y4 - y1), 1.0)


def _points(polygon: Polygon) -> list[tuple[float, float]]:
    return list(zip(polygon[0::2], polygon[1::2], strict=True))
