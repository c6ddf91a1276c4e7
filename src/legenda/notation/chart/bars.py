"""Bars: which shapes are, where they begin, which way they grow, what they stand for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from legenda.notation.chart.axes import Axis
from legenda.notation.chart.marks import Shape

_CLOSE = 3  # px: ends as near as this are the same


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars that grow from one line.

    Attributes:
        shapes: the bars.
        base: pixel they grow from.
        lying: they grow to the right or left.
    """

    shapes: tuple[Shape, ...]
    base: float
    lying: bool


def bars_of(shapes: Sequence[Shape], across: Axis, down: Axis) -> Bars | None:
    """The bars among full shapes, or `None` where there are none."""
    boxes = [x for x in shapes if x.fill > 0.8 and min(x.width, x.height) >= 2 and x.area >= 6]
    if not boxes or max(max(x.width, x.height) for x in boxes) < 12:
        return None
    ways = []
    for lying in (False, True):
        if not (across if lying else down).numeric and (down if lying else across).numeric:
            continue
        base, count = _base(boxes, lying)
        standing = _grown_from(boxes, base, lying)
        even = _even(standing, lying)
        ways.append((len(standing) + even, len(standing), Bars(tuple(standing), base, lying)))
    if not ways:
        return None
    _, count, best = max(ways, key=lambda way: way[0])
    return best if count >= max(1, 0.6 * len(boxes)) else None


def ends(box: Shape, lying: bool) -> tuple[int, int]:
    """Where a bar begins and ends, along the axis of the values."""
    return (box.left, box.right) if lying else (box.top, box.bottom)


def _base(boxes: Sequence[Shape], lying: bool) -> tuple[float, int]:
    """The pixel most boxes begin or end at."""
    counts: Counter[int] = Counter()
    for box in boxes:
        counts.update(set(ends(box, lying)))
    near = {place: sum(counts[place + n] for n in range(-2, 3)) for place in counts}
    best = max(near, key=lambda place: (near[place], counts[place], -place if lying else place))
    return float(best), near[best]


def _grown_from(boxes: Sequence[Shape], base: float, lying: bool) -> list[Shape]:
    """Boxes that stand on the base, or on one that does."""
    found = [x for x in boxes if min(abs(end - base) for end in ends(x, lying)) <= _CLOSE]
    rest = [x for x in boxes if x not in found]
    while rest:
        more = [x for x in rest if any(_on(x, y, lying) for y in found)]
        if not more:
            break
        found += more
        rest = [x for x in rest if x not in more]
    return found


def _on(upper: Shape, lower: Shape, lying: bool) -> bool:
    a, b = ends(upper, lying), ends(lower, lying)
    c, d = ends(upper, not lying), ends(lower, not lying)
    shared = min(c[1], d[1]) - max(c[0], d[0])
    return min(abs(a[1] - b[0]), abs(a[0] - b[1])) <= _CLOSE and shared > 0.7 * min(c[1] - c[0], d[1] - d[0])


def _even(boxes: Sequence[Shape], lying: bool) -> float:
    """Bars are equally broad: 1 where they are."""
    sides = sorted(x.height if lying else x.width for x in boxes)
    if not sides:
        return 0.0
    middle = sides[len(sides) // 2]
    return sum(abs(side - middle) <= 2 for side in sides) / len(sides)


def extent(box: Shape, bars: Bars, axis: Axis) -> float:
    """What a bar stands for: its end, or its length where it stands on another."""
    near, far = ends(box, bars.lying)
    first, last = axis.value(near - 0.5), axis.value(far - 0.5)
    if abs(near - bars.base) <= _CLOSE:
        return last
    if abs(far - bars.base) <= _CLOSE:
        return first
    return abs(last - first)
