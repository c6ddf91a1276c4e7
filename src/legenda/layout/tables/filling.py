"""Words into the cells of a grid: a line that crosses cells is parted at its words, none is left out or added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from unicodedata import bidirectional

import numpy as np

from legenda.document import Cell, Line, Mark, Polygon, Table, Word
from legenda.layout.tables.frame import Floats, Ints, Level
from legenda.layout.tables.grid import Grid, Place
from legenda.layout.tables.headings import headings
from legenda.layout.tables.rulings import Rulings

_SAME_ROW = 0.5  # of a line's height: pieces of a cell whose middles differ by less stand on one row


def filled_table(grid: Grid, level: Level, lines: Sequence[Line], found: Rulings) -> tuple[Table, tuple[Line, ...]]:
    """The table of a grid, and its lines ordered by cell.

    Args:
        grid: of the level picture.
        level: the picture with its words.
        lines: whose words they are.
        found: rulings of the picture.
    """
    turned = _from_right(lines)
    held = _held(grid, level, lines, turned)
    heads = headings(grid, held, level, found)
    cells: list[Cell] = []
    ordered: list[Line] = []
    places = sorted(zip(grid.places, held, strict=True), key=lambda p: (p[0].row, _column(p[0], grid, turned)))
    for place, texts in places:
        where = place.row, _column(place, grid, turned), level.polygon(grid.box(place)), len(ordered), len(texts)
        cells.append(Cell(*where, place.rows, place.columns, place.row < heads))
        ordered += texts
    return Table(grid.rows, grid.columns, tuple(cells), round(grid.confidence, 4)), tuple(ordered)


def _column(place: Place, grid: Grid, turned: bool) -> int:
    return grid.columns - place.column - place.columns if turned else place.column


def _from_right(lines: Sequence[Line]) -> bool:
    kinds = Counter(bidirectional(character) for line in lines for character in line.content)
    return kinds["R"] + kinds["AL"] > kinds["L"]


def _held(grid: Grid, level: Level, lines: Sequence[Line], turned: bool) -> list[list[Line]]:
    """The lines of each place, in order."""
    owner = grid.cells_of(level.words)
    held: list[list[tuple[float, float, Line]]] = [[] for _ in grid.places]
    for i, line in enumerate(lines):
        members = np.flatnonzero(level.words.line == i)
        for cell, piece, box in _pieces(line, members, owner, level.words.boxes):
            begin = -float(box[2]) if turned else float(box[0])
            held[cell].append((float(box[1] + box[3]) / 2, begin, piece))
    return [_in_order(pieces, level.words.unit) for pieces in held]


def _in_order(pieces: list[tuple[float, float, Line]], unit: float) -> list[Line]:
    """Rows from top to bottom, each from where reading begins."""
    rows: list[list[tuple[float, float, Line]]] = []
    for piece in sorted(pieces, key=lambda p: p[0]):
        if rows and piece[0] - rows[-1][-1][0] < _SAME_ROW * unit:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [line for row in rows for _, _, line in sorted(row, key=lambda p: p[1])]


def _pieces(line: Line, members: Ints, owner: Ints, boxes: Floats) -> list[tuple[int, Line, Floats]]:
    """A line's runs of words in one cell, as lines, with the cell and the box of each."""
    starts = [0, *(k for k in range(1, len(members)) if owner[members[k]] != owner[members[k - 1]]), len(members)]
    found = []
    at = 0
    for start, stop in pairwise(starts):
        run = members[start:stop]
        piece = line
        if len(starts) > 2:
            piece, at = _part(line, start, stop, at)
        around = np.concatenate([boxes[run, :2].min(axis=0), boxes[run, 2:].max(axis=0)])
        found.append((int(owner[run[0]]), piece, around))
    return found


def _part(line: Line, start: int, stop: int, at: int) -> tuple[Line, int]:
    """The words from `start` to `stop` as a line, and where the next begins; `at` is where its first may begin."""
    words = line.words[start:stop]
    begin = line.content.index(words[0].content, at)
    end = begin
    for word in words:
        end = line.content.index(word.content, end) + len(word.content)
    confidence = sum(word.confidence for word in words) / len(words)
    marks = tuple(cut for mark in line.marks if (cut := _cut(mark, begin, end)))
    piece = replace(line, content=line.content[begin:end], polygon=_around(words), confidence=confidence, words=words)
    return replace(piece, marks=marks), end


def _cut(mark: Mark, begin: int, end: int) -> Mark | None:
    start, stop = max(mark.start, begin), min(mark.start + mark.length, end)
    return replace(mark, start=start - begin, length=stop - start) if stop > start else None


def _around(words: Sequence[Word]) -> Polygon:
    first, last = words[0].polygon, words[-1].polygon
    return (*first[0:2], *last[2:6], *first[6:8])
