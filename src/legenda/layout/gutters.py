"""Gutters: white strips between columns of running text, told from the gaps between the cells of a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legenda.layout.evidence import evidence, nearest, probability
from legenda.layout.frame import Frame, Ints, quantile

# In units of the usual line height. Tuned with benchmarks/reading_order.py.
_HANG = 0.7  # how far a line may hang over a gutter's edge before it crosses it
_CLUSTER = 0.6  # left edges closer than this are one edge
_FAR = 0.5  # and how far it may reach beyond
_CANDIDATES = 12
_WINDOW = 16  # lines at about one height that are looked at
_TOUCHING = 0.45  # pieces of a broken line are this near
_OVER = 0.5  # neighbouring boxes may overlap by this much
_LIKELY = 0.65  # tables are commoner than the made pages have it; from 0.7 on, columns are lost
_ISLAND = 2  # lines of support that a line standing inside a gutter outweighs


@dataclass(frozen=True, slots=True)
class Band:
    """Stretch of a region between two lines that cross a gutter.

    Attributes:
        first: lines before the gutter.
        second: lines after the gutter.
        crossing: lines that cross it, directly above.
        islands: lines inside it with text on either side, such as a caption that columns flow around.
        support: lines of the shorter side, less what speaks against a gutter.
    """

    first: Ints
    second: Ints
    crossing: Ints
    islands: Ints
    support: int

    def has_columns(self, frame: Frame) -> bool:
        """Whether the two sides are columns of their own and not cells of a table."""
        if self.support <= 0 or min(len(self.first), len(self.second)) < 2:
            return False
        measures = evidence(frame, self.first, self.second)
        return measures is not None and probability(measures) > _LIKELY


def split(frame: Frame, members: Ints) -> list[tuple[Band, bool]]:
    """Bands of the strongest gutter of a region, top to bottom, and which have columns; empty when none has."""
    best: list[tuple[Band, bool]] = []
    most = 0
    broken = _fragments(frame, members)
    for edge in _edges(frame, members):
        bands = list(_bands(frame, members, edge, broken))
        if sum(max(0, band.support) for band in bands) <= most:
            continue
        judged = [(band, band.has_columns(frame)) for band in bands]
        support = sum(band.support for band, columns in judged if columns)
        if support > most:
            best, most = judged, support
    return best


def runovers(frame: Frame) -> list[tuple[int, float]]:
    """Lines that run over a gutter between columns, with the gutter's far edge."""
    members = np.arange(len(frame.left))
    found: list[tuple[int, float]] = []
    broken = _fragments(frame, members)
    for edge in _edges(frame, members):
        for band in _bands(frame, members, edge, broken):
            over = band.first[frame.right[band.first] > edge + _FAR * frame.unit]
            if len(over) and band.has_columns(frame):
                found += [(int(i), edge) for i in over]
    return found


def _edges(frame: Frame, members: Ints) -> list[float]:
    """Where columns may begin: left edges shared by lines with another on their left, the commonest first."""
    edges = np.sort(frame.left[members[_has_left(frame, members)]])
    if not len(edges):
        return []
    clusters = np.split(edges, np.flatnonzero(np.diff(edges) > _CLUSTER * frame.unit) + 1)
    clusters = sorted((c for c in clusters if len(c) >= 2), key=len, reverse=True)
    return [quantile(c, 0.1) for c in clusters[:_CANDIDATES]]


def _has_left(frame: Frame, members: Ints) -> NDArray[np.bool_]:
    """Which lines have another on their left, less than a line higher or lower."""
    order = np.argsort(frame.middle[members], kind="stable")
    middle, left, right = (values[members[order]] for values in (frame.middle, frame.left, frame.right))
    found = np.zeros(len(members), dtype=bool)
    for k in range(1, min(_WINDOW, len(members))):
        near = middle[k:] - middle[:-k] < frame.unit
        if not near.any():
            break
        found[order[k:]] |= near & (right[:-k] < left[k:] + _OVER * frame.unit)
        found[order[:-k]] |= near & (right[k:] < left[:-k] + _OVER * frame.unit)
    return found


def _fragments(frame: Frame, members: Ints) -> Ints:
    """Pairs of neighbours on one row that nearly touch, as the pieces of a broken line do; [pairs, 2]."""
    ordered = members[np.argsort(frame.middle[members], kind="stable")]
    middle, left, right = frame.middle[ordered], frame.left[ordered], frame.right[ordered]
    found = [np.empty((0, 2), dtype=np.intp)]
    for k in range(1, min(_WINDOW, len(members))):
        level = middle[k:] - middle[:-k] < 0.35 * frame.unit
        if not level.any():
            break
        for a, b in ((slice(None, -k), slice(k, None)), (slice(k, None), slice(None, -k))):
            touching = np.flatnonzero(level & (np.abs(left[b] - right[a]) < _TOUCHING * frame.unit))
            found.append(np.stack((ordered[a][touching], ordered[b][touching]), axis=1))
    return np.concatenate(found)


def _bands(frame: Frame, members: Ints, edge: float, broken: Ints) -> Iterator[Band]:
    ordered = members[np.argsort(frame.middle[members], kind="stable")]
    second = frame.left[ordered] >= edge - _HANG * frame.unit
    crossing = ~second & (frame.right[ordered] > edge + _FAR * frame.unit)
    crossing |= np.isin(ordered, _over_gutter(frame, broken, edge, ordered[~second & ~crossing], ordered[second]))
    second &= ~crossing
    outdented = crossing & _flush_right(frame, ordered, ordered[~second & ~crossing], ordered[second])
    second |= outdented
    crossing &= ~outdented
    sides = (ordered[~second & ~crossing], ordered[second])
    over, island = crossing.copy(), crossing.copy()
    over[crossing] = _on_both_grids(frame, ordered[crossing], sides)
    island[crossing] = _beside(frame, ordered[crossing], sides[0]) & _beside(frame, ordered[crossing], sides[1])
    crossing &= ~island & ~over
    stops = np.flatnonzero(crossing)
    at = 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and crossing[end]:
            end += 1
        start = end
        after = stops[stops >= start]
        end = int(after[0]) if len(after) else len(ordered)
        part, far, inside = ordered[start:end], second[start:end], island[start:end]
        first, beyond = part[~far & ~inside], part[far]
        against = _ISLAND * int(inside.sum()) + int(over[start:end].sum())
        support = min(len(first), len(beyond)) - against
        yield Band(first, beyond, ordered[at:start], part[inside], support)
        at = end


def _flush_right(frame: Frame, lines: Ints, first: Ints, second: Ints) -> NDArray[np.bool_]:
    """Which lines begin before the second side but belong to it, as in a date and numbers set flush right."""
    if not len(first) or not len(second):
        return np.zeros(len(lines), dtype=bool)
    clear = frame.left[lines] > frame.right[first].max() + _FAR * frame.unit
    flush = np.abs(frame.right[lines] - quantile(frame.right[second], 0.9)) < _CLUSTER * frame.unit
    return np.asarray(clear & flush & _beside(frame, lines, first))


def _over_gutter(frame: Frame, broken: Ints, edge: float, first: Ints, second: Ints) -> Ints:
    """Fragments that nearly touch across a gutter which is wide elsewhere: a broken line that spans the columns."""
    start = edge - _HANG * frame.unit
    pairs = broken[(frame.left[broken[:, 0]] < start) & (frame.left[broken[:, 1]] >= start)]
    if not len(pairs) or not len(first) or not len(second):
        return pairs[:0, 0]
    flush = quantile(frame.left[second], 0.1)
    if flush - quantile(frame.right[first], 0.9) < 2 * _TOUCHING * frame.unit:
        return pairs[:0, 0]
    return pairs[np.abs(frame.left[pairs[:, 1]] - flush) > _TOUCHING * frame.unit].ravel()


def _on_both_grids(frame: Frame, lines: Ints, sides: tuple[Ints, Ints]) -> NDArray[np.bool_]:
    """Which lines fill the place of a line on either side: one above and one below at the usual step."""
    if len(lines) == 0 or min(len(sides[0]), len(sides[1])) < 4:
        return np.zeros(len(lines), dtype=bool)
    fits = frame.height[lines] < 1.3 * frame.unit
    for side in sides:
        middles = np.sort(frame.middle[side])
        steps = np.diff(middles)
        usual = max(quantile(np.append(steps[steps > 0.35 * frame.unit], frame.unit), 0.5), 0.8 * frame.unit)
        at = np.searchsorted(middles, frame.middle[lines])
        above = frame.middle[lines] - middles[np.maximum(at - 1, 0)]
        below = middles[np.minimum(at, len(middles) - 1)] - frame.middle[lines]
        fits &= (np.minimum(above, below) > 0.6 * usual) & (np.maximum(above, below) < 1.4 * usual)
    return np.asarray(fits)


def _beside(frame: Frame, lines: Ints, others: Ints) -> NDArray[np.bool_]:
    """Which lines have one of the others at their own height."""
    if not len(others):
        return np.zeros(len(lines), dtype=bool)
    apart = nearest(frame.middle[lines], frame.middle[others])
    return np.asarray(apart < 0.375 * (frame.height[lines] + frame.unit))
