"""Reading order of a page: regions are cut at white bands and gutters until only rows are left."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from legenda.layout.cells import reading
from legenda.layout.frame import Frame, Ints
from legenda.layout.gutters import split
from legenda.layout.rows import neighbours

# In units of the usual line height. Tuned with benchmarks/reading_order.py.
_WHITE = 2.2  # a white band this high across a region parts what is above from what is below
_HEADING_WHITE = 0.35  # the same, above and below a heading
_HEADING = 1.15  # a line this high may be a heading
_MARGIN_WHITE = 0.7  # the same, between a running head or foot and the body
_MARGIN = 0.08  # share of the page's height in which running heads and feet stand

Region = list[list[int]]
"""Rows of line indices, in reading order, that belong to one column, table or run of text."""


def regions(frame: Frame, width: float, height: float) -> list[Region]:
    """All lines, in reading order."""
    pairs = neighbours(frame)
    everything = np.arange(len(frame.left))
    return [
        reading(frame, leaf)
        for part in _without_margins(frame, everything, height)
        for leaf in _flow(frame, part, pairs)
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
    """Pieces with a high white band between them, or with a heading that stands alone under a lower one."""
    pieces = _parted(frame, members, _HEADING_WHITE)
    if len(pieces) == 1:
        return pieces
    joined = [pieces[0]]
    for k in range(1, len(pieces)):
        white = _top(frame, pieces[k]) - _floor(frame, pieces[k - 1])
        if white >= _WHITE * frame.unit or _is_heading(frame, pieces, k):
            joined.append(pieces[k])
        else:
            joined[-1] = np.concatenate((joined[-1], pieces[k]))
    return joined


def _is_heading(frame: Frame, pieces: list[Ints], k: int) -> bool:
    """Whether a piece is one line, either tall or well apart from what is above it."""
    if len(pieces[k]) > 1 or k + 1 >= len(pieces):
        return False
    above = (_top(frame, pieces[k]) - _floor(frame, pieces[k - 1])) / frame.unit
    below = (_top(frame, pieces[k + 1]) - _floor(frame, pieces[k])) / frame.unit
    return (above > 1.0 and below > 0.6) or bool(frame.height[pieces[k][0]] > _HEADING * frame.unit)


def _top(frame: Frame, piece: Ints) -> float:
    return float((frame.middle[piece] - frame.height[piece] / 2).min())


def _floor(frame: Frame, piece: Ints) -> float:
    return float((frame.middle[piece] + frame.height[piece] / 2).max())


def _parted(frame: Frame, members: Ints, needed: float) -> list[Ints]:
    """Split at white bands at least `needed` units high."""
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
    pieces = _parted(frame, members, _MARGIN_WHITE)
    top, bottom = float(frame.middle.min()), float(frame.middle.max())
    extent = max(height, bottom - top)
    head = tail = 0
    while head < min(1, len(pieces) - 1) and frame.middle[pieces[head]].max() < _MARGIN * extent:
        head += 1
    while tail < min(1, len(pieces) - head - 1) and frame.middle[pieces[-1 - tail]].min() > (1 - _MARGIN) * extent:
        tail += 1
    body = pieces[head : len(pieces) - tail]
    return [*pieces[:head], np.sort(np.concatenate(body)), *pieces[len(pieces) - tail :]]
