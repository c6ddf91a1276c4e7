"""Lines of a plot: followed from left to right, and told where their numbers are: at marks, at ticks, or at corners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from legenda.notation.chart.axes import Axis, Frame
from legenda.notation.chart.marks import Mask

_SPAN = 0.12  # of the plot's width: shorter ones are no lines
_LEAST = 40  # px
_GAP = 26  # px: a dash, a crossing line or a letter may hide so much
_FINEST = 7.0  # px between numbers of a line
_NEAR = 3.0  # px: a line that straight pieces come so near to
_END = 7.0  # px: a mark at its end reaches so far
_EXPLAINED = 0.93  # share of a line that must be


@dataclass(frozen=True, slots=True)
class Path:
    """A line, followed.

    Attributes:
        first: its first column.
        middles: of the line in each column from there on, in pixels.
        seen: whether it was, or lies in a gap.
        marks: columns where it has marks, three at least.
    """

    first: int
    middles: NDArray[np.float64]
    seen: NDArray[np.bool_]
    marks: tuple[float, ...] = ()

    @property
    def last(self) -> int:
        """Its last column."""
        return self.first + len(self.middles) - 1

    def at(self, column: float) -> float | None:
        """Its height at a column: what the stretches before and after it, as straight lines, say on average."""
        if not self.first - 4 <= column <= self.last + 4:
            return None
        place = column - self.first
        sides = [self._side(place, -1), self._side(place, 1)]
        known = [side for side in sides if side is not None]
        if known:
            return float(np.mean(known))
        return float(self.middles[int(np.clip(round(place), 0, len(self.middles) - 1))])

    def _side(self, place: float, way: int) -> float | None:
        """The straight line through some columns on one side, at a place."""
        columns = np.arange(round(place) + way * 2, round(place) + way * 9, way)
        columns = columns[(columns >= 0) & (columns < len(self.middles))]
        if len(columns) < 3:
            return None
        slope, offset = np.polyfit(columns, self.middles[columns], 1)
        return float(slope * place + offset)

    def corners(self) -> list[float]:
        """Columns of its ends and where it turns."""
        import cv2

        points = np.stack([np.arange(len(self.middles)), self.middles], 1).astype(np.float32)
        kept = cv2.approxPolyDP(points.reshape(-1, 1, 2), 1.8, False).reshape(-1, 2)
        return [float(x) + self.first for x, _ in kept]


def paths(mask: Mask, frame: Frame) -> list[Path]:
    """The lines of one colour, at most three; none where the colour has points or areas."""
    rest, found = mask.copy(), list[Path]()
    width = frame.right - frame.left
    while len(found) < 3:
        path = _followed(rest)
        if path is None or len(path.middles) < max(_SPAN * width, _LEAST) or not _is_line(path, rest):
            return found
        found.append(replace(path, marks=_marks(path, rest)))
        rest = _without(rest, path)
        if rest.any(0).sum() < 0.25 * len(path.middles):
            return found
    return found


def _followed(mask: Mask) -> Path | None:
    """The way through most columns that leaps least (dynamic programming over the runs of each column)."""
    columns = [int(column) for column in np.nonzero(mask.any(0))[0]]
    if len(columns) < 12:
        return None
    table: list[list[_Step]] = []
    for n, column in enumerate(columns):
        steps = []
        for run in _runs(mask[:, column]):
            before = [
                (k, m) for k in (n - 1, n - 2) if k >= 0 and column - columns[k] <= _GAP for m in range(len(table[k]))
            ]
            options = [(table[k][m].worth - _leap(table[k][m].run, run, column - columns[k]), k, m) for k, m in before]
            worth, k, m = max(options, default=(0.0, -1, -1))
            steps.append(_Step(run, 1 + worth, k, m) if worth > 0 else _Step(run, 1, -1, -1))
        table.append(steps)
    n, m = max(
        ((n, m) for n, steps in enumerate(table) for m in range(len(steps))), key=lambda at: table[at[0]][at[1]].worth
    )
    way: dict[int, float] = {}
    while n >= 0:
        step = table[n][m]
        way[columns[n]] = sum(step.run) / 2
        n, m = step.column, step.number
    first, last = min(way), max(way)
    places = np.arange(first, last + 1)
    middles = np.interp(places, sorted(way), [way[x] for x in sorted(way)])
    return Path(first, middles, np.isin(places, list(way)))


def _marks(path: Path, mask: Mask) -> tuple[float, ...]:
    """Where it is thicker than elsewhere."""
    import cv2

    depth = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    columns = path.first + np.arange(len(path.middles))
    rows = np.rint(path.middles).astype(int)
    reach = np.stack([depth[(rows + n).clip(0, len(depth) - 1), columns] for n in range(-3, 4)]).max(0)
    thick = reach > 1.3 * float(np.median(reach[path.seen])) + 0.6
    edges = np.diff(np.concatenate([[0], thick.astype(np.int8), [0]]))
    runs = list(zip(np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0] - 1, strict=True))
    found = [float(a + b) / 2 + path.first for a, b in runs if b > a]
    return tuple(found) if len(found) >= 3 else ()


class _Step(NamedTuple):
    """A run of a column on the best way to it: what the way is worth, and where it comes from."""

    run: tuple[float, float]
    worth: float
    column: int
    number: int


def _leap(before: tuple[float, float], run: tuple[float, float], columns: int) -> float:
    """What it costs to go on from one run to another: nothing where they touch, or may in the columns between."""
    gap = max(run[0] - before[1], before[0] - run[1], 0.0)
    return 0.8 * max(gap - 2 - 1.5 * (columns - 1), 0.0)


def _runs(column: Mask) -> list[tuple[float, float]]:
    edges = np.diff(np.concatenate([[0], column.astype(np.int8), [0]]))
    pairs = zip(np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0] - 1, strict=True)
    return [(float(a), float(b)) for a, b in pairs]


def _is_line(path: Path, mask: Mask) -> bool:
    """Thin, seen on most of its way, and nowhere leaping over a gap."""
    if path.seen.mean() < 0.42:
        return False
    columns = path.first + np.nonzero(path.seen)[0]
    thick = mask[:, columns].sum(0)
    steep = np.abs(np.gradient(path.middles))[path.seen]
    if np.median((thick - steep) / np.hypot(1, steep)) > 9:
        return False
    at = np.nonzero(path.seen)[0]
    gaps = [(b - a, abs(path.middles[b] - path.middles[a])) for a, b in pairwise(at) if b - a > 2]
    return bool(sum(leap > 1.2 * gap + 3 for gap, leap in gaps) <= 0.1 * len(gaps))


def _without(mask: Mask, path: Path) -> Mask:
    rest = mask.copy()
    for n in np.nonzero(path.seen)[0]:
        column = rest[:, path.first + n]
        for low, high in _runs(column):
            if low - 3 <= path.middles[n] <= high + 3:
                column[int(low) : int(high) + 1] = False
    return rest


def places(found: Sequence[Path], axis: Axis, columns: Sequence[float]) -> list[float] | None:
    """Columns where the lines have numbers, where they share them; `None` where each has its own.

    Args:
        found: the lines.
        axis: below them.
        columns: of the grid; labels at the ends of an axis may stand beside their tick.
    """
    first, last = min(path.first for path in found), max(path.last for path in found)
    bases = [sorted(base) for base in (axis.places, columns) if len(base) > 1]
    for base in bases:
        within = [x for x in base if first - 4 <= x <= last + 4]
        if len(within) > 1 and _explained(found, within) > _EXPLAINED:
            return _marked(found, within)
    for base in bases[::-1]:
        pitch = float(np.median(np.diff(base)))
        for parts in (2, 3, 4, 5, 6, 8, 10, 12):
            if pitch / parts > _FINEST:
                grid = _grid(base[0], pitch / parts, first, last)
                if _explained(found, grid) > _EXPLAINED:
                    return _marked(found, grid)
    return None


def _marked(found: Sequence[Path], grid: list[float]) -> list[float]:
    """Those columns of a grid that have marks, where these alone say as much."""
    marks = [x for path in found for x in path.marks]
    kept = [x for x in grid if any(abs(x - mark) < _NEAR + 1 for mark in marks)]
    return kept if len(kept) > 2 and _explained(found, kept) > _EXPLAINED else grid


def _grid(start: float, step: float, first: float, last: float) -> list[float]:
    low, high = np.ceil((first - start - 3) / step), np.floor((last - start + 3) / step)
    return [start + n * step for n in np.arange(low, high + 1)]


def _explained(found: Sequence[Path], grid: Sequence[float]) -> float:
    """Share of the lines' columns that straight pieces between their heights at these columns reproduce."""
    right = total = 0
    for path in found:
        told = [(x, y) for x in grid if (y := path.at(x)) is not None]
        if len(told) < 2:
            return 0.0
        columns = path.first + np.nonzero(path.seen)[0]
        columns = columns[(columns >= told[0][0] - _END) & (columns <= told[-1][0] + _END)]
        drawn = np.interp(columns, [x for x, _ in told], [y for _, y in told])
        right += int((np.abs(drawn - path.middles[columns - path.first]) < _NEAR).sum())
        total += int(path.seen.sum())
    return right / max(total, 1)
