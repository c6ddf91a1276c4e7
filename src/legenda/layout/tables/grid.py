"""Rows and columns as edges, and what cells take of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from legenda.document.geometry import Box
from legenda.layout.tables.frame import Floats, Ints, Words


@dataclass(frozen=True, slots=True)
class Place:
    """What a cell takes of a grid: its first row and column, and how many of each."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1
    header: bool = False

    def holds(self, row: int, column: int) -> bool:
        """Whether a slot of the grid is its own."""
        return self.row <= row < self.row + self.rows and self.column <= column < self.column + self.columns


@dataclass(frozen=True, slots=True)
class Grid:
    """A reading of a table's structure, in pixels of the level picture.

    Attributes:
        ys: edges of the rows, from top to bottom; one more than there are rows.
        xs: edges of the columns, from left to right.
        places: of the cells, by row, then column; each slot has one.
        confidence: probability (0..1) that rows, columns and spans are right.
    """

    ys: Floats
    xs: Floats
    places: tuple[Place, ...]
    confidence: float = 0.5

    @property
    def rows(self) -> int:
        """How many."""
        return len(self.ys) - 1

    @property
    def columns(self) -> int:
        """How many."""
        return len(self.xs) - 1

    def box(self, place: Place) -> Box:
        """The box of a place."""
        right, bottom = self.xs[place.column + place.columns], self.ys[place.row + place.rows]
        return float(self.xs[place.column]), float(self.ys[place.row]), float(right), float(bottom)

    def owners(self) -> Ints:
        """Index of the place that has each slot, -1 where none; [rows, columns]."""
        owners = np.full((self.rows, self.columns), -1, np.intp)
        for i, p in enumerate(self.places):
            owners[p.row : p.row + p.rows, p.column : p.column + p.columns] = i
        return owners

    def cells_of(self, words: Words) -> Ints:
        """Index of the place each word stands in, by its middle."""
        x, y = words.centres.T
        column = np.clip(np.searchsorted(self.xs, x) - 1, 0, self.columns - 1)
        row = np.clip(np.searchsorted(self.ys, y) - 1, 0, self.rows - 1)
        cells: Ints = self.owners()[row, column]
        return cells

    def without(self, rows: Sequence[int], columns: Sequence[int]) -> Grid:
        """The grid less some rows and columns; what they had goes to the ones before (the first ones': behind)."""
        row_of, column_of = _kept(self.rows, rows), _kept(self.columns, columns)
        places = []
        for p in self.places:
            below = [row_of[r] for r in range(p.row, p.row + p.rows) if r not in rows]
            beside = [column_of[c] for c in range(p.column, p.column + p.columns) if c not in columns]
            if below and beside:
                places.append(Place(below[0], beside[0], len(below), len(beside), p.header))
        return Grid(_less(self.ys, rows), _less(self.xs, columns), tuple(places), self.confidence)


def filled(places: Sequence[Place], rows: int, columns: int) -> tuple[Place, ...]:
    """Places in order, with one for each slot none has; those that reach into others' slots are cut short."""
    taken = np.zeros((rows, columns), bool)
    found = []
    for p in sorted(places, key=lambda p: (p.row, p.column)):
        p = replace(p, rows=min(p.rows, rows - p.row), columns=min(p.columns, columns - p.column))
        if taken[p.row, p.column]:
            continue
        if taken[p.row : p.row + p.rows, p.column : p.column + p.columns].any():
            p = replace(p, rows=1, columns=1)
        taken[p.row : p.row + p.rows, p.column : p.column + p.columns] = True
        found.append(p)
    heads = {p.row for p in found if p.header}
    found += [Place(int(r), int(c), header=int(r) in heads) for r, c in np.argwhere(~taken)]
    return tuple(sorted(found, key=lambda p: (p.row, p.column)))


def _kept(count: int, dropped: Sequence[int]) -> list[int]:
    kept = np.ones(count, np.intp)
    kept[list(dropped)] = 0
    return list(map(int, np.cumsum(kept) - 1))


def _less(edges: Floats, dropped: Sequence[int]) -> Floats:
    """Edges without those of dropped bands; the outermost stay."""
    kept = [k for k in range(len(edges) - 1) if k not in dropped]
    return np.array([edges[0], *(edges[k + 1] for k in kept[:-1]), edges[-1]])
