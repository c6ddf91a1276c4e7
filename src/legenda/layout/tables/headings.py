"""Which rows name the columns: those above the first ruling, shaded or bold ones, words above numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from legenda.document import Line
from legenda.layout.tables.frame import Level
from legenda.layout.tables.grid import Grid, Place
from legenda.layout.tables.rulings import Rulings

_DEEPEST = 4  # rows
_SHADE = 8  # of grey between headings and the rest
_WIDE = 0.8  # of the table's width: a ruling that parts headings from the rest
_NUMERIC = 0.6  # of the cells of a column of numbers
_NUMBER = re.compile(r"[\s\d.,'’()%+\-−–—±*/:$€£¥<>=~≤≥]*\d[\s\d.,'’()%+\-−–—±*/:$€£¥<>=~≤≥]*")
_YEAR = re.compile(r"(1[5-9]|20)\d\d([-–/]\d{2,4})?")


def headings(grid: Grid, held: Sequence[Sequence[Line]], level: Level, found: Rulings) -> int:
    """How many rows from the first name the columns; 0 where nothing tells.

    Args:
        grid: of the table.
        held: lines of each place.
        level: its picture.
        found: rulings of the picture.
    """
    depth = _depth(grid)
    if depth >= grid.rows or depth > _DEEPEST:
        return 0
    tells = _ruled(grid, depth, found) or _shaded(grid, depth, level) or _bold(grid, depth, held)
    return depth if tells or _words_over_numbers(grid, depth, held) else 0


def _depth(grid: Grid) -> int:
    """Rows that the first one reaches into, by cells over several rows, or over several columns, that others divide."""
    depth = 1
    for place in grid.places:
        if place.row < depth:
            parted = 1 < place.columns < grid.columns or (place.columns == grid.columns > 1)
            depth = max(depth, place.row + place.rows + parted)
    return depth


def _ruled(grid: Grid, depth: int, found: Rulings) -> bool:
    """Whether a ruling parts the first rows from the rest, and the rest is not ruled as closely."""
    wide = found.across[found.across[:, 2] - found.across[:, 1] > _WIDE * (grid.xs[-1] - grid.xs[0]), 0]
    near = [bool((np.abs(wide - y) < (grid.ys[-1] - grid.ys[0]) / grid.rows / 2).any()) for y in grid.ys[1:-1]]
    return near[depth - 1] and sum(near) <= 1 + (len(near) - 1) / 2


def _shaded(grid: Grid, depth: int, level: Level) -> bool:
    """Whether the paper is of another shade there, and of one shade below."""
    shades = []
    for top, bottom in zip(grid.ys[:-1], grid.ys[1:], strict=True):
        band = level.picture[max(int(top) + 1, 0) : max(int(bottom) - 1, 0), int(max(grid.xs[0], 0)) : int(grid.xs[-1])]
        shades.append(float(np.median(band)) if band.size else 255.0)
    body = np.array(shades[depth:])
    return bool(abs(np.median(shades[:depth]) - np.median(body)) > _SHADE and np.ptp(body) <= _SHADE)


def _bold(grid: Grid, depth: int, held: Sequence[Sequence[Line]]) -> bool:
    bold = [
        (place.row < depth, bool(line.style and line.style.bold))
        for place, lines in zip(grid.places, held, strict=True)
        for line in lines
    ]
    head, body = ([strong for first, strong in bold if first is which] for which in (True, False))
    return bool(head) and all(head) and sum(body) < len(body) / 2


def _words_over_numbers(grid: Grid, depth: int, held: Sequence[Sequence[Line]]) -> bool:
    over, columns = 0, 0
    for column in range(grid.columns):
        head: list[str] = []
        body: list[str] = []
        for place, lines in zip(grid.places, held, strict=True):
            if lines and _stands_in(place, column):
                (head if place.row < depth else body).append(" ".join(line.content for line in lines))
        if body and sum(bool(_NUMBER.fullmatch(text)) for text in body) >= _NUMERIC * len(body):
            columns += 1
            over += bool(head) and (not _NUMBER.fullmatch(head[-1]) or bool(_YEAR.fullmatch(head[-1].strip())))
    return columns > 0 and over > columns / 2


def _stands_in(place: Place, column: int) -> bool:
    return place.column == column and place.columns == 1
