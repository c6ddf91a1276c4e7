"""Lines made of others: fragments of one printed line joined, a line that runs over a gutter parted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from legenda.document import Line, Mark, Polygon, bounds


def join(fragments: Sequence[Line]) -> Line:
    """One line of fragments given in reading order; contents are joined with a space, words kept."""
    if len(fragments) == 1:
        return fragments[0]
    first = fragments[0]
    chars = [max(1, len(line.content)) for line in fragments]
    confidence = sum(line.confidence * n for line, n in zip(fragments, chars, strict=True)) / sum(chars)
    return replace(
        first,
        content=" ".join(line.content for line in fragments),
        polygon=_spanning([line.polygon for line in fragments]),
        confidence=confidence,
        words=tuple(word for line in fragments for word in line.words),
        language=_agreed([line.language for line in fragments]),
        script=_agreed([line.script for line in fragments]),
        style=first.style if all(line.style == first.style for line in fragments) else None,
        marks=tuple(_shifted(fragments)),
    )


def _shifted(fragments: Sequence[Line]) -> Iterator[Mark]:
    """Marks of fragments where these stand in the line that is made of them."""
    at = 0
    for line in fragments:
        yield from (replace(mark, start=mark.start + at) for mark in line.marks)
        at += len(line.content) + 1


def _agreed(values: Sequence[str]) -> str:
    return values[0] if all(value == values[0] for value in values) else ""


def _spanning(polygons: Sequence[Polygon]) -> Polygon:
    """From the left edge of the leftmost polygon to the right edge of the rightmost."""
    first = min(polygons, key=lambda p: p[0] + p[6])
    last = max(polygons, key=lambda p: p[2] + p[4])
    return (*first[0:2], *last[2:4], *last[4:6], *first[6:8])


def outline(lines: Sequence[Line]) -> Polygon:
    """Upright box around lines."""
    boxes = np.nan_to_num([bounds(line.polygon) for line in lines], posinf=0.0, neginf=0.0).tolist()
    x0, y0 = min(b[0] for b in boxes), min(b[1] for b in boxes)
    x1, y1 = max(b[2] for b in boxes), max(b[3] for b in boxes)
    return (x0, y0, x1, y0, x1, y1, x0, y1)
