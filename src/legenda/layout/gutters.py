"""Gutters: white strips between columns of running text, told from the gaps between the cells of a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legenda.layout.evidence import NARROWEST, evidence, nearest, probability
from legenda.layout.frame import Frame, Ints

# In units of the usual line height. Tuned with benchmarks/reading_order.py.
_HANG = 0.7  # how far a line may hang over a gutter's edge before it crosses it
_CLUSTER = 0.6  # left edges closer than this are one edge
_CANDIDATES = 12
_ISLAND = 2  # lines of support that a line standing inside a gutter outweighs


@dataclass(frozen=True, slots=True)
class Band:
    """Stretch of a region between two lines that cross a gutter.

    Attributes:
        first: lines before the gutter.
        second: lines after the gutter.
        crossing: lines that cross it, directly above.
        islands: lines inside it with text on either side, such as a caption that columns flow around.
        columns: whether the two sides are columns of their own.
        support: lines of the shorter side.
    """

    first: Ints
    second: Ints
    crossing: Ints
    islands: Ints
    columns: bool
    support: int


def split(frame: Frame, members: Ints, pairs: tuple[Ints, Ints]) -> list[Band]:
    """Bands of the strongest gutter of a region, top to bottom; empty when the region has no columns."""
    best: list[Band] = []
    best_support = 0
    for edge in _edges(frame, members, pairs):
        bands = list(_bands(frame, members, edge))
        support = sum(band.support for band in bands if band.columns)
        if support > best_support:
            best, best_support = bands, support
    return best


def _edges(frame: Frame, members: Ints, pairs: tuple[Ints, Ints]) -> list[float]:
    """Where columns may begin: left edges that lines with a neighbour on their left share, the commonest first."""
    inside = np.zeros(len(frame.left), dtype=bool)
    inside[members] = True
    chosen = inside[pairs[0]] & inside[pairs[1]]
    before, after = pairs[0][chosen], pairs[1][chosen]
    wide = frame.left[after] - frame.right[before] > -NARROWEST * frame.unit
    edges = np.sort(frame.left[after[wide]])
    if not len(edges):
        return []
    clusters = np.split(edges, np.flatnonzero(np.diff(edges) > _CLUSTER * frame.unit) + 1)
    clusters = sorted((c for c in clusters if len(c) >= 2), key=len, reverse=True)
    return [float(np.quantile(c, 0.1)) for c in clusters[:_CANDIDATES]]


def _bands(frame: Frame, members: Ints, edge: float) -> Iterator[Band]:
    ordered = members[np.argsort(frame.middle[members], kind="stable")]
    second = frame.left[ordered] >= edge - _HANG * frame.unit
    crossing = ~second & (frame.right[ordered] > edge + 0.5 * frame.unit)
    island = np.zeros(len(ordered), dtype=bool)
    island[crossing] = _beside(frame, ordered[crossing], ordered[second]) & _beside(
        frame, ordered[crossing], ordered[~second & ~crossing]
    )
    crossing &= ~island
    stops = np.flatnonzero(crossing)
    at = 0
    while at < len(ordered):
        over = at
        while over < len(ordered) and crossing[over]:
            over += 1
        after = stops[stops >= over]
        end = int(after[0]) if len(after) else len(ordered)
        part, after_edge, inside = ordered[over:end], second[over:end], island[over:end]
        yield _band(frame, (part[~after_edge & ~inside], part[after_edge], ordered[at:over], part[inside]))
        at = end


def _beside(frame: Frame, lines: Ints, others: Ints) -> NDArray[np.bool_]:
    """Which lines have one of the others at their own height."""
    if not len(others):
        return np.zeros(len(lines), dtype=bool)
    apart = nearest(frame.middle[lines], frame.middle[others])
    return np.asarray(apart < 0.375 * (frame.height[lines] + frame.unit))


def _band(frame: Frame, parts: tuple[Ints, Ints, Ints, Ints]) -> Band:
    first, second, crossing, islands = parts
    support = 0
    columns = False
    if len(first) >= 2 and len(second) >= 2:
        measures = evidence(frame, first, second)
        if measures is not None:
            support = min(len(first), len(second)) - _ISLAND * len(islands)
            columns = support > 0 and probability(measures) > 0.5
    return Band(first, second, crossing, islands, columns, support)
