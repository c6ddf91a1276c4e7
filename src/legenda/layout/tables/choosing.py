"""Which reading of a table holds: what the rulings say, what the network says, or how the words stand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from legenda.layout.tables.alignment import aligned, columns
from legenda.layout.tables.frame import Ints, Words
from legenda.layout.tables.grid import Grid, Place, filled
from legenda.layout.tables.network import Tagged
from legenda.layout.tables.rulings import Rulings
from legenda.layout.tables.snapping import shared_out, snapped
from legenda.layout.tables.textrows import Phrases
from legenda.layout.tables.wrapping import wraps

_LEAST = 0.75  # of the network's tags: from here on it is believed that there are more columns than white tells
_FULL = 0.6  # of the columns: a row of text with that many is a row of its own
_GAP = 0.5  # line heights between words of two cells; a space is 0.2 to 0.4
_GOING = 0.5  # of the columns that tell
_WRAPPED = 2  # rows of text that stand in most columns and are one row all the same: headings of two lines


class Seen(NamedTuple):
    """What all readings look at: the words, the same in rows, and the rulings."""

    words: Words
    text: Phrases
    rulings: Rulings


def chosen(ruled: Grid | None, seen: Tagged | None, page: Seen) -> Grid | None:
    """The grid that holds; `None` where there is but one row or column.

    Args:
        ruled: what the rulings say.
        seen: what the network says.
        page: what all of them looked at.
    """
    grid = _of(ruled, seen, page)
    return grid if grid is not None and grid.rows > 1 and grid.columns > 1 else None


def _of(ruled: Grid | None, seen: Tagged | None, page: Seen) -> Grid | None:
    words, text, found = page
    if ruled is not None and unparted(ruled, words, text).max() <= _WRAPPED:
        return _divided(ruled, seen, page) if seen else ruled
    xs = columns(text, words.unit)
    if ruled is not None and ruled.columns > 1:
        xs = ruled.xs
    if seen is None or not seen.whole:
        return aligned(text, found, xs)
    grid = snapped(seen, words, text, found)
    more, fewer = len(xs) - 1 > grid.columns, len(xs) - 1 < grid.columns
    if more or (fewer and seen.least < _LEAST):
        bands = np.unique(shared_out(seen, text, found, words.unit), return_inverse=True)[1]
        grid = aligned(text, found, xs, bands.tolist()) or grid
    missed = min(grid.rows, grid.columns) < 2 or unparted(grid, words, text).max() > _WRAPPED
    return aligned(text, found, xs) if missed else _parted(grid, words)


def _parted(grid: Grid, words: Words) -> Grid:
    """The grid with cells over several columns parted at edges where wide gaps are: each column has its own heading."""
    cell = grid.cells_of(words)
    places: list[Place] = []
    for k, place in enumerate(grid.places):
        boxes = words.boxes[cell == k]
        cuts = [place.column]
        for c in range(place.column + 1, place.column + place.columns):
            before = boxes[:, 0] + boxes[:, 2] < 2 * grid.xs[c]
            if before.any() and not before.all():
                gap = boxes[~before, 0].min() - boxes[before, 2].max()
                cuts += [c] if gap > _GAP * words.unit else []
        cuts.append(place.column + place.columns)
        places += [replace(place, column=a, columns=b - a) for a, b in pairwise(cuts)]
    return replace(grid, places=tuple(places))


def _divided(grid: Grid, seen: Tagged, page: Seen) -> Grid:
    """The grid with cells divided as the network has it, where it has as many rows and columns and that parts words.

    Light rulings are not always seen; what they part is, unless it would cut through a phrase.
    """
    if (grid.rows, grid.columns) != (seen.rows, seen.columns):
        return grid
    other = replace(grid, places=filled(seen.places, seen.rows, seen.columns))
    mine, theirs = grid.cells_of(page.words), other.cells_of(page.words)
    places: list[Place] = []
    for ours, its in _groups(grid.owners(), other.owners()):
        inside = np.isin(mine, list(ours))
        parts = len(set(theirs[inside].tolist())) > len(set(mine[inside].tolist()))
        phrases = page.text.of_word[inside]
        whole = len(set(zip(phrases.tolist(), theirs[inside].tolist(), strict=True))) == len(set(phrases.tolist()))
        places += [other.places[k] for k in its] if parts and whole else [grid.places[k] for k in ours]
    return replace(grid, places=tuple(sorted(places, key=lambda p: (p.row, p.column))))


def _groups(owners: Ints, others: Ints) -> list[tuple[set[int], set[int]]]:
    """The smallest areas that places of both grids fill: the places of each."""
    ours, theirs = owners.ravel(), others.ravel()
    label, before = ours, np.zeros(0, np.intp)
    while not np.array_equal(label, before):
        before = label
        for owner in (theirs, ours):
            least = np.full(int(owner.max()) + 1, len(owner))
            np.minimum.at(least, owner, label)
            label = least[owner]
    found: dict[int, tuple[set[int], set[int]]] = {}
    for name, one, other in zip(label.tolist(), ours.tolist(), theirs.tolist(), strict=True):
        group = found.setdefault(name, (set(), set()))
        group[0].add(one)
        group[1].add(other)
    return list(found.values())


def unparted(grid: Grid, words: Words, text: Phrases) -> Ints:
    """How many rows of text of each row of a grid stand in most of its columns and do not go on with the one above.

    More than one should be parted.
    """
    owners, cell = grid.owners(), grid.cells_of(words)
    narrow = np.array([p.columns == 1 and p.rows == 1 for p in grid.places])
    row_of = text.row[text.of_word]
    going = np.r_[0.0, wraps(words, text, grid.xs)] > _GOING
    counts = np.zeros(grid.rows, np.intp)
    for row in range(grid.rows):
        own = [i for i in set(owners[row].tolist()) if i >= 0 and narrow[i]]
        inside = np.isin(cell, own)
        filled = len(set(cell[inside].tolist()))
        if filled < 2:
            continue
        for line in np.unique(row_of[inside]):
            counts[row] += not (counts[row] and going[line]) and len(
                set(cell[inside & (row_of == line)].tolist())
            ) >= max(2, _FULL * filled)
    return counts
