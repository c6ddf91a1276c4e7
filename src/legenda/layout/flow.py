"""Reading order of a page: regions are cut at white bands and gutters until only rows are left."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from legenda.layout.cells import reading
from legenda.layout.frame import Floats, Frame, Ints
from legenda.layout.gutters import split

# In units of the usual line height. Tuned with benchmarks/reading_order.py.
_WHITE = 1.7  # a white band this high across a region parts what is above from what is below
_BODY = 0.42  # of a box, above and below its middle
_HEADING_WHITE = 0.1  # the same, above and below a heading
_HEADING = 1.25  # a row this high may be a heading
_TALL = 1.1  # and none of its lines may be lower than this
_APART = (1.0, 0.6)  # white above and below a line of the usual height that is one
_MARGIN_WHITE = 0.7  # the same, between a running head or foot and the body
_MARGIN = 0.1  # share of the page's height in which running heads and feet stand

Place = Literal["head", "body", "foot", "margin"]


class Region(NamedTuple):
    """Rows of line indices, in reading order, that belong to one column, table or run of text, and where they stand."""

    rows: list[list[int]]
    place: Place


def regions(frame: Frame, height: float) -> list[Region]:
    """All lines of a page of this height, in reading order."""
    upright, turned = _turned(frame)
    head, body, foot = _without_margins(frame, upright, height)
    found = [Region(reading(frame, head), "head")] if len(head) else []
    found += [Region(reading(frame, leaf), "body") for leaf in _flow(frame, body) if len(leaf)]
    found += [Region(reading(frame, foot), "foot")] if len(foot) else []
    return found + [Region([[int(i)]], "margin") for i in turned]


def _turned(frame: Frame) -> tuple[Ints, Ints]:
    """Lines that run as most do, and those up or down the margin (stamps, credits): these are read last."""
    vertical = (frame.height > 2.5 * frame.width) & (frame.height > 3 * frame.unit)
    if 2 * np.count_nonzero(vertical) >= len(vertical):
        vertical[:] = False
    turned = np.flatnonzero(vertical)
    return np.flatnonzero(~vertical), turned[np.argsort(frame.left[turned], kind="stable")]


def _flow(frame: Frame, members: Ints) -> Iterator[Ints]:
    """Cut a region into leaves; a stack instead of recursion, since a hostile page may nest deeply."""
    stack = [members]
    while stack:
        part = stack.pop()
        pieces = _cut(frame, part)
        if len(pieces) <= 1:
            yield part
        else:
            stack.extend(reversed(pieces))


def _cut(frame: Frame, members: Ints) -> list[Ints]:
    if len(members) < 4:
        return [members]
    pieces = _white_bands(frame, members)
    if len(pieces) > 1:
        return pieces
    pieces = []
    pending: list[Ints] = []
    for band, columns in split(frame, members):
        if not columns:
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
    top, floor = _extent(frame)
    whites = [(top[b].min() - floor[a].max()) / frame.unit for a, b in itertools.pairwise(pieces)]
    joined = [pieces[0]]
    for k in range(1, len(pieces)):
        heading = k < len(whites) and _is_heading(frame, pieces[k:], whites[k - 1 : k + 1])
        if whites[k - 1] >= _WHITE or heading:
            joined.append(pieces[k])
        else:
            joined[-1] = np.concatenate((joined[-1], pieces[k]))
    return joined


def _is_heading(frame: Frame, pieces: list[Ints], whites: list[float]) -> bool:
    """Whether the first piece is one line, tall or standing apart above text that is wider than it."""
    row = pieces[0]
    order = row[np.argsort(frame.left[row])]
    gaps = frame.left[order][1:] - frame.right[order][:-1]
    if np.ptp(frame.middle[row]) > 0.5 * frame.unit or (gaps > frame.unit).any():
        return False  # not the pieces of one line
    height = frame.height[row] / frame.unit
    if height.max() > _HEADING and height.min() > _TALL:
        return True
    if len(row) > 1 or whites[0] < _APART[0] or whites[1] < _APART[1]:
        return False
    below = np.concatenate(pieces[1:])
    reach = frame.right[below].max() - frame.left[below].min()
    return bool(reach > 1.6 * frame.width[below].max() and reach > 1.3 * frame.width[row[0]])


def _extent(frame: Frame) -> tuple[Floats, Floats]:
    """Top and bottom of every line; boxes are grown by detectors, so a part of their height counts as white."""
    return frame.middle - _BODY * frame.height, frame.middle + _BODY * frame.height


def _parted(frame: Frame, members: Ints, needed: float) -> list[Ints]:
    """Split at white bands at least `needed` units high."""
    top, floor = _extent(frame)
    ordered = members[np.argsort(top[members], kind="stable")]
    white = (top[ordered][1:] - np.maximum.accumulate(floor[ordered])[:-1]) / frame.unit
    return np.split(ordered, np.flatnonzero(white >= needed) + 1)


def _without_margins(frame: Frame, members: Ints, height: float) -> tuple[Ints, Ints, Ints]:
    """The running head, the body and the running foot; head and foot may be empty."""
    if len(members) < 3:
        return members[:0], members, members[:0]
    pieces = _parted(frame, members, _MARGIN_WHITE)
    top, bottom = float(frame.middle[members].min()), float(frame.middle[members].max())
    extent = max(height, bottom - top)
    one_row = [np.ptp(frame.middle[piece]) < 0.7 * frame.unit for piece in (pieces[0], pieces[-1])]
    head = int(len(pieces) > 1 and one_row[0] and frame.middle[pieces[0]].max() < _MARGIN * extent)
    tail = int(len(pieces) > 1 + head and one_row[1] and frame.middle[pieces[-1]].min() > (1 - _MARGIN) * extent)
    body = np.sort(np.concatenate(pieces[head : len(pieces) - tail]))
    return pieces[0] if head else members[:0], body, pieces[-1] if tail else members[:0]
