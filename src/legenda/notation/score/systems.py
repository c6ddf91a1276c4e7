"""Which staves sound together: those a line at their left joins, or bar lines that run through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from legenda.notation.score.staves import Levels, Staff

_FAR = 30.0  # staff spaces between the middle lines of staves of one system, at most
_INK = 0.85  # of the way between two staves that a joining line covers


def systems(dark: Levels, staves: Sequence[Staff]) -> list[list[Staff]]:
    """Staves in groups, from top to bottom, each group from its top staff down."""
    found: list[list[Staff]] = []
    for staff in staves:
        if found and _joined(dark, found[-1][-1], staff):
            found[-1].append(staff)
        else:
            found.append([staff])
    return found


def _joined(dark: Levels, upper: Staff, lower: Staff) -> bool:
    overlap = min(upper.right, lower.right) - max(upper.left, lower.left)
    space = (upper.space + lower.space) / 2
    middle = (max(upper.left, lower.left) + min(upper.right, lower.right)) / 2
    if overlap < 0.5 * min(upper.right - upper.left, lower.right - lower.left):
        return False
    if lower.at(middle) - upper.at(middle) > _FAR * space:
        return False
    ends = [_line(dark, upper, lower, x, space) for x in (min(upper.left, lower.left), upper.right)]
    if max(ends) >= _INK:
        return True
    inner = range(upper.left, upper.right, max(1, round(space / 4)))
    return sum(_line(dark, upper, lower, x, space, reach=0.2) >= 0.95 for x in inner) >= 2


def _line(dark: Levels, upper: Staff, lower: Staff, x: float, space: float, reach: float = 1.5) -> float:
    """Of the way from the upper staff's bottom line to the lower one's top line, the part that is dark near `x`."""
    begin, end = round(upper.at(x) + 2.2 * space), round(lower.at(x) - 2.2 * space)
    left, right = max(0, round(x - reach * space)), round(x + reach * space) + 1
    if end - begin < 2:
        return 0.0
    part = dark[max(0, begin) : end, left:right] > 0.25
    if not part.size:
        return 0.0
    # a line that leans a little is found in the column beside, too
    wide = part.copy()
    wide[:, 1:] |= part[:, :-1]
    return float(np.max(wide.mean(0)))
