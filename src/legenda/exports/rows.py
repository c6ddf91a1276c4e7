"""Visual rows: lines of a block that follow each other beside each other, as the cells of a table's row do."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from math import cos, isfinite, sin

from legenda.document import Line
from legenda.exports.grid import direction

# Lines stand on one row when they share more than this part of the smaller one's height.
_SHARED = 0.5


def rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Group lines in reading order into rows; the order stays, every line is in exactly one row."""
    if len(lines) < 2 or not isfinite(sum(sum(line.polygon) for line in lines)):
        return [[line] for line in lines]
    angle = direction(lines)  # of all, since the box of a lone figure may be askew
    x, y = cos(angle), sin(angle)
    found = [[lines[0]]]
    for line in lines[1:]:
        if _follows(found[-1][-1], line, x, y):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _follows(line: Line, after: Line, x: float, y: float) -> bool:
    """Whether `after` stands on the row of `line` and further along, where text runs in the direction `x`, `y`."""
    top, bottom = reach(line, -y, x)
    above, below = reach(after, -y, x)
    if min(bottom, below) - max(top, above) <= _SHARED * min(bottom - top, below - above):
        return False
    left, right = reach(line, x, y)
    middle = sum(reach(after, x, y)) / 2
    return middle < left if right_to_left(line.content + after.content) else middle > right


def reach(line: Line, x: float, y: float) -> tuple[float, float]:
    """Least and greatest coordinate of a line along a direction."""
    p = line.polygon
    along = (p[0] * x + p[1] * y, p[2] * x + p[3] * y, p[4] * x + p[5] * y, p[6] * x + p[7] * y)
    return min(along), max(along)


def right_to_left(text: str) -> bool:
    """Whether most letters of a text are of scripts that run from right to left."""
    if text.isascii():
        return False
    kinds = [unicodedata.bidirectional(character) for character in text]
    return kinds.count("R") + kinds.count("AL") > kinds.count("L")
