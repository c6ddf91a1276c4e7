"""Raised and lowered signs at the end of a line, which a PDF's own text has as lines of their own, put back into it."""

from __future__ import annotations

from collections.abc import Sequence

from legenda.document import Line, bounds
from legenda.layout.joining import join
from legenda.layout.pieces import height_of

_SMALLER = 0.85  # times the height of the line
_LONGEST = 8  # characters
_NEAR = 0.5  # heights of the line between its end and the sign
_OUTSIDE = 0.6  # the same, above and below the line


def with_scripts(lines: Sequence[Line]) -> list[Line]:
    """The lines with each small sign that follows one as part of it; the others stay as they are.

    Args:
        lines: of a page's own text, in any order.
    """
    small = [line for line in lines if 0 < len(line.content) <= _LONGEST]
    taken: set[int] = set()
    done: dict[int, Line] = {}
    for line in sorted(lines, key=lambda line: bounds(line.polygon)[0]):
        if id(line) in taken:
            continue
        scripts = [s for s in small if id(s) not in taken and s is not line and _follows(line, s)]
        taken |= {id(script) for script in scripts}
        if scripts:
            done[id(line)] = join([line, *sorted(scripts, key=lambda s: bounds(s.polygon)[1])])
    return [done.get(id(line), line) for line in lines if id(line) not in taken]


def _follows(line: Line, script: Line) -> bool:
    a, b, unit = bounds(line.polygon), bounds(script.polygon), height_of(line)
    if height_of(script) >= _SMALLER * unit or not -0.2 * unit < b[0] - a[2] < _NEAR * unit:
        return False
    middle = (b[1] + b[3]) / 2
    return a[1] - _OUTSIDE * unit < middle < a[3] + _OUTSIDE * unit
