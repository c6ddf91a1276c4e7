"""Reading order of a page: regions are cut at white bands and gutters until only rows are left."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from legenda.layout.frame import Frame, Ints
from legenda.layout.gutters import split
from legenda.layout.rows import neighbours, rows

# In units of the usual line height. Tuned with benchmarks/reading_order.py.
_WHITE = 2.2  # a white band this high across a region parts what is above from what is below
_MARGIN_WHITE = 0.7  # the same, between a running head or foot and the body
_MARGIN = 0.1  # share of the page's height in which running heads and feet stand

Region = list[list[int]]
"""Rows of line indices, in reading order, that belong to one column, table or run of text."""


def regions(frame: Frame, width: float, height: float) -> list[Region]:
    """All lines, in reading order."""
    pairs = neighbours(frame)
    everything = np.arange(len(frame.left))
    return [
        rows(frame, leaf) for part in _without_margins(frame, everything, height) for leaf in _flow(frame, part, pairs)
    ]


def _flow(frame: Frame, members: Ints, pairs: tuple[Ints, Ints]) -> Iterator[Ints]:
    """Cut a region into leaves; a stack instead of recursion, since a hostile page may nest deeply."""
    stack = [members]
    while stack:
        part = stack.pop()
        pieces = _cut(frame, part, pairs)
        if len(pieces) <= 1:
            yield part
        else:
            stack.extend(reversed(pieces))


def _cut(frame: Frame, members: Ints, pairs: tuple[Ints, Ints]) -> list[Ints]:
    if len(members) < 4:
        return [members]
    pieces = _white_bands(frame, members)
    if len(pieces) > 1:
        return pieces
    pieces = []
    pending: list[Ints] = []
    for band in split(frame, members, pairs):
        if not band.columns:
            pending += [band.crossing, band.first, band.second, band.islands]
            continue
        pieces += [np.concatenate([*pending, band.crossing]), band.first, band.second, band.islands]
        pending = []
    if pending:
        pieces.append(np.concatenate(pending))
    return [p for p in pieces if len(p)]


def _white_bands(frame: Frame, members: Ints) -> list[Ints]:
    return _parted(frame, members, np.full(len(members) - 1, _WHITE))


def _parted(frame: Frame, members: Ints, needed: np.ndarray) -> list[Ints]:
    """Split at white bands at least `needed[k]` units high above the line that is k + 1 from the top."""
    top = frame.middle[members] - frame.height[members] / 2
    order = np.argsort(top, kind="stable")
    ordered = members[order]
    floor = np.maximum.accumulate(frame.middle[ordered] + frame.height[ordered] / 2)
    white = (top[order][1:] - floor[:-1]) / frame.unit
    return np.split(ordered, np.flatnonzero(white >= needed) + 1)


def _without_margins(frame: Frame, members: Ints, height: float) -> list[Ints]:
    """The running head, the body and the running foot."""
    if len(members) < 3:
        return [members]
    pieces = _parted(frame, members, np.full(len(members) - 1, _MARGIN_WHITE))
    top, bottom = float(frame.middle.min()), float(frame.middle.max())
    extent = max(height, bottom - top)
    head = tail = 0
    while head < min(2, len(pieces) - 1) and frame.middle[pieces[head]].max() < _MARGIN * extent:
        head += 1
    while tail < min(2, len(pieces) - head - 1) and frame.middle[pieces[-1 - tail]].min() > (1 - _MARGIN) * extent:
        tail += 1
    body = pieces[head : len(pieces) - tail]
    return [*pieces[:head], np.sort(np.concatenate(body)), *pieces[len(pieces) - tail :]]
