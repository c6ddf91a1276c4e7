"""The part of a page that is asked for: a box, or what is framed in a colour (both are ways GOT-OCR2 is asked)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from legenda.document import Line, Problem, bounds
from legenda.document.geometry import Box, Polygon, joined
from legenda.options import Color, ReadOptions
from legenda.sources import Source, SourcePage, TextLine

if TYPE_CHECKING:
    from legenda.engines.base import Raster

MARGIN = 0.02
"""Share of the page's longer side that is looked at around a box: the detector needs paper around text."""
# OpenCV's hues (0..179), and how far from them the colours of pens, screens and JPEGs lie
_HUES: dict[Color, int] = {"red": 0, "green": 60, "blue": 115}
_AROUND = 18
_SATURATION, _BRIGHTNESS = 90, 60
_SIDE = 0.75  # share of each side of a frame that must be of the colour
_FILLED = 0.3  # share of a frame's inside that may be of its colour
_LEAST = 0.02  # of the page's shorter side


def regions(source: Source, page: SourcePage, options: ReadOptions) -> list[Box] | None:
    """What is to be read of a page, in page units; `None` for all of it, nothing where the region is not there."""
    if options.box:
        left, top, right, bottom = options.box
        box = left, top, min(right, page.width), min(bottom, page.height)
        return [box] if box[0] < box[2] and box[1] < box[3] else []
    if not options.color:
        return None
    rendering = source.raster(page.number, min(options.dpi, 150))
    x, y = rendering.scale_x, rendering.scale_y
    found = frames(rendering.pixels, options.color)
    return [(a / x, b / y, c / x, d / y) for a, b, c, d in found]


def no_region(number: int, options: ReadOptions) -> Problem:
    """What a page says that does not have what was asked for."""
    what = f"no frame in {options.color}" if options.color else "nothing in the box that was asked for"
    return Problem("no_region", f"Page {number} has {what}; nothing of it was read.")


def within(page: SourcePage, boxes: Sequence[Box]) -> SourcePage:
    """The page as if it had nothing but what lies in the boxes; its size stays."""
    text = page.text and replace(page.text, lines=tuple(text_inside(page.text.lines, boxes)))
    pictures = [part for picture in page.pictures for box in boxes if (part := _common(picture, box))]
    return replace(page, text=text, pictures=tuple(pictures))


def grown(box: Box, page: SourcePage) -> Box:
    """A box with some of the page around it."""
    margin = MARGIN * max(page.width, page.height)
    left, top, right, bottom = box
    right, bottom = min(page.width, right + margin), min(page.height, bottom + margin)
    return max(0.0, left - margin), max(0.0, top - margin), right, bottom


def lines_inside(lines: Sequence[Line], boxes: Sequence[Box]) -> list[Line]:
    """Lines, cut down to their words whose middles lie in a box."""
    return [part for line in lines for part in _cut(line, boxes)]


def text_inside(lines: Sequence[TextLine], boxes: Sequence[Box]) -> list[TextLine]:
    """The same of a text layer."""
    return [part for line in lines for part in _cut_text(line, boxes)]


def frames(raster: Raster, color: Color) -> list[Box]:
    """Insides of the frames drawn in a colour, in pixels, from top to bottom; of nested ones the outer."""
    import cv2

    if raster.ndim == 2:
        return []
    mask = _mask(raster, color)
    least = _LEAST * min(raster.shape[:2])
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found: list[Box] = []
    for number in range(1, count):
        x, y, w, h = (int(value) for value in stats[number, :4])
        if min(w, h) > least and (box := _inside(labels[y : y + h, x : x + w] == number)):
            found.append((box[0] + x, box[1] + y, box[2] + x, box[3] + y))
    outer = [box for box in found if not any(_holds(other, box) for other in found if other is not box)]
    return sorted(outer, key=lambda box: (box[1], box[0]))


def _mask(raster: Raster, color: Color) -> NDArray[np.uint8]:
    import cv2

    hsv = cv2.cvtColor(raster, cv2.COLOR_RGB2HSV)
    distance = np.abs(hsv[:, :, 0].astype(np.int16) - _HUES[color])
    near = np.minimum(distance, 180 - distance) <= _AROUND
    mask = near & (hsv[:, :, 1] >= _SATURATION) & (hsv[:, :, 2] >= _BRIGHTNESS)
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), np.uint8)


def _inside(drawn: NDArray[np.bool_]) -> Box | None:
    """The inside of one drawn shape, if it is a frame: its four sides are drawn, its middle is not."""
    height, width = drawn.shape
    sides = [_stroke(side) for side in (drawn.T, drawn, drawn.T[::-1], drawn[::-1])]
    if not all(sides) or sides[0] + sides[2] > width / 2 or sides[1] + sides[3] > height / 2:
        return None
    left, top, right, bottom = (side + 1 for side in sides)
    if drawn[top : height - bottom, left : width - right].mean() > _FILLED:
        return None
    return float(left), float(top), float(width - right), float(height - bottom)


def _stroke(rows: NDArray[np.bool_]) -> int:
    """Rows of the stroke along the first side; 0 where there is none. A frame held askew fills more rows."""
    reach = max(3, len(rows) // 8)
    if rows[:reach].any(axis=0).mean() < _SIDE:
        return 0
    ends = rows.shape[1] // 5  # where the strokes of the sides beside it are
    filled = np.flatnonzero(rows[:reach, ends:-ends].any(axis=1))
    return int(filled[-1]) + 1 if len(filled) else 0


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def _common(one: Box, other: Box) -> Box | None:
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    return (left, top, right, bottom) if left < right and top < bottom else None


def _is_inside(polygon: Polygon, boxes: Sequence[Box]) -> bool:
    x0, y0, x1, y1 = bounds(polygon)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes)


def _cut(line: Line, boxes: Sequence[Box]) -> list[Line]:
    words = line.words
    kept = [_is_inside(word.polygon, boxes) for word in words]
    if not words or all(kept):
        return [line] if words or _is_inside(line.polygon, boxes) else []
    parts = []
    for first, last, content in _runs([word.content for word in words], kept, line.content):
        own = words[first : last + 1]
        mean = sum(word.confidence for word in own) / len(own)
        around = joined(own[0].polygon, own[-1].polygon)
        parts.append(replace(line, content=content, words=own, polygon=around, confidence=mean, marks=()))
    return parts


def _cut_text(line: TextLine, boxes: Sequence[Box]) -> list[TextLine]:
    kept = [_is_inside(polygon, boxes) for polygon in line.polygons]
    if all(kept):
        return [line]
    parts = []
    for first, last, content in _runs(line.words, kept, line.content):
        words, polygons = line.words[first : last + 1], line.polygons[first : last + 1]
        parts.append(TextLine(content, joined(polygons[0], polygons[-1]), words, polygons))
    return parts


def _runs(words: Sequence[str], kept: Sequence[bool], content: str) -> list[tuple[int, int, str]]:
    """Runs of kept words: the first, the last, and what stands from the one to the other."""
    starts, at = [], 0
    for word in words:
        starts.append(at := content.index(word, at))
        at += len(word)
    found = []
    for keep, group in groupby(range(len(words)), key=lambda i: kept[i]):
        if keep:
            indices = list(group)
            first, last = indices[0], indices[-1]
            found.append((first, last, content[starts[first] : starts[last] + len(words[last])]))
    return found
