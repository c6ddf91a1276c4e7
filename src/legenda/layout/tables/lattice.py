"""Ruled tables: slots between rulings, joined where no ruling parts them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from legenda.layout.tables.frame import Floats, Words
from legenda.layout.tables.grid import Grid, Place
from legenda.layout.tables.rulings import Rulings

_SAME = 0.35  # line heights: rulings nearer than this are one edge
_PARTS = 0.6  # of a slot's side that a ruling must run along to part it from the next
_SURE = 0.97  # share of real and drawn tables so read of which all was right


def lattice(found: Rulings, words: Words) -> Grid | None:
    """The grid the rulings make; `None` where they make no rows or no columns.

    Args:
        found: the rulings.
        words: on the same picture.
    """
    if len(found.down) < 1 or len(found.across) < 1:
        return None
    xs = _edges(found.down[:, 0], found.across[:, 1:], words.boxes[:, 0::2], words.unit)
    ys = _edges(found.across[:, 0], found.down[:, 1:], words.boxes[:, 1::2], words.unit)
    if len(xs) < 3 or len(ys) < 3:
        return None
    beside = _parted(found.down, xs[1:-1], ys, words.unit).T
    below = _parted(found.across, ys[1:-1], xs, words.unit)
    xs, ys, beside, below = _used(xs, ys, beside, below)
    if len(xs) < 3 or len(ys) < 3:
        return None
    return Grid(ys, xs, _places(beside, below), _SURE)


def _edges(at: Floats, ends: Floats, texts: Floats, unit: float) -> Floats:
    """Places of rulings, each once, with those where the table ends if no ruling stands there."""
    edges = [float(np.mean(group)) for group in np.split(at, np.flatnonzero(np.diff(at) > _SAME * unit) + 1)]
    low, high = min(ends.min(), texts.min()), max(ends.max(), texts.max())
    # what sticks out by less than half a line is a ruling drawn through to its neighbours, or the box of a word
    if low < edges[0] - 0.5 * unit:
        edges.insert(0, float(low))
    if high > edges[-1] + 0.5 * unit:
        edges.append(float(high))
    return np.array(edges)


def _parted(lines: Floats, edges: Floats, across: Floats, unit: float) -> NDArray[np.bool_]:
    """Whether a ruling runs along each inner edge between each two crossing ones; [edges, slots]."""
    low, high = across[:-1], across[1:]
    parted = np.zeros((len(edges), len(low)), bool)
    for k, edge in enumerate(edges):
        near = lines[np.abs(lines[:, 0] - edge) <= _SAME * unit]
        if len(near):
            common = np.minimum(near[:, 2, None], high) - np.maximum(near[:, 1, None], low)
            parted[k] = np.maximum(common, 0).sum(axis=0) >= _PARTS * (high - low)
    return parted


def _used(
    xs: Floats, ys: Floats, beside: NDArray[np.bool_], below: NDArray[np.bool_]
) -> tuple[Floats, Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Without edges that part nothing; `beside` is [rows, inner xs], `below` [inner ys, columns]."""
    columns, rows = beside.any(axis=0), below.any(axis=1)
    wide, high = np.r_[True, columns, True], np.r_[True, rows, True]
    new_xs, new_ys = xs[wide], ys[high]
    row_of = np.flatnonzero(high)[:-1]
    column_of = np.flatnonzero(wide)[:-1]
    return new_xs, new_ys, beside[:, columns][row_of], below[rows][:, column_of]


def _places(beside: NDArray[np.bool_], below: NDArray[np.bool_]) -> tuple[Place, ...]:
    """Cells: from each free slot as far to the right, then down, as nothing parts it."""
    rows, columns = len(beside), beside.shape[1] + 1
    taken = np.zeros((rows, columns), bool)
    places = []
    for r in range(rows):
        for c in range(columns):
            if taken[r, c]:
                continue
            right = c + 1
            while right < columns and not beside[r, right - 1] and not taken[r, right]:
                right += 1
            bottom = r + 1
            while bottom < rows and not below[bottom - 1, c:right].any():
                bottom += 1
            taken[r:bottom, c:right] = True
            places.append(Place(r, c, bottom - r, right - c))
    return tuple(places)
