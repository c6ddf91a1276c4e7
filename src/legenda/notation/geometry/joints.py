"""Ends that meet: ends near one another become one point, ends near a stroke or at a crossing come to lie on it."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from legenda.notation.geometry.figure import Point
from legenda.notation.geometry.strokes import Lines


def joined(lines: Lines, reach: float) -> list[tuple[Point, Point]]:
    """Segments whose ends are points shared with others.

    Args:
        lines: strokes.
        reach: px; ends nearer than this are one.
    """
    ends = lines.reshape(-1, 2).copy()
    _meet_at_crossings(lines, ends, reach)
    group = _groups(ends, reach)
    middles = {n: ends[group == n].mean(0) for n in np.unique(group)}
    _onto_strokes(lines, middles, group, reach)
    points = [(round(float(middles[n][0]), 1), round(float(middles[n][1]), 1)) for n in group]
    pairs = [(points[2 * n], points[2 * n + 1]) for n in range(len(lines))]
    return list(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))


def _meet_at_crossings(lines: Lines, ends: NDArray[np.float64], reach: float) -> None:
    """Two strokes whose ends come near one another end where their lines cross."""
    for (n, one), (m, other) in combinations(enumerate(lines), 2):
        for i in (0, 1):
            for j in (0, 1):
                if np.hypot(*(ends[2 * n + i] - ends[2 * m + j])) < reach:
                    at = crossing(one, other)
                    if at is not None and np.hypot(*(at - ends[2 * n + i])) < 1.5 * reach:
                        ends[2 * n + i] = ends[2 * m + j] = at


def crossing(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Where the lines of two segments cross; `None` where they hardly do."""
    d, e = one[2:] - one[:2], other[2:] - other[:2]
    cross = d[0] * e[1] - d[1] * e[0]
    if abs(cross) < 0.17 * np.hypot(*d) * np.hypot(*e):  # less than ten degrees
        return None
    t = ((other[0] - one[0]) * e[1] - (other[1] - one[1]) * e[0]) / cross
    at: NDArray[np.float64] = one[:2] + t * d
    return at


def _groups(ends: NDArray[np.float64], reach: float) -> NDArray[np.int_]:
    group = np.arange(len(ends))
    for a, b in combinations(range(len(ends)), 2):
        if np.hypot(*(ends[a] - ends[b])) < reach:
            group[group == group[b]] = group[a]
    return group


def _onto_strokes(lines: Lines, middles: dict[int, NDArray[np.float64]], group: NDArray[np.int_], reach: float) -> None:
    """A point near the inside of a stroke comes to lie on it."""
    for n, point in middles.items():
        own = {place // 2 for place in np.nonzero(group == n)[0]}
        for index, line in enumerate(lines):
            if index in own:
                continue
            direction = line[2:] - line[:2]
            t = float((point - line[:2]) @ direction / max(direction @ direction, 1e-6))
            foot = line[:2] + t * direction
            if 0 < t < 1 and np.hypot(*(foot - point)) < 0.7 * reach:
                middles[n] = foot
                break
