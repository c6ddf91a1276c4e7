"""Tables: cells in rows and columns, as they were found on the page, or else by where lines stand on it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import cos, hypot, isfinite, sin
from statistics import median
from typing import NamedTuple

from legenda import document
from legenda.document import Block, Line
from legenda.exports.grid import direction
from legenda.exports.paragraphs import joined
from legenda.exports.rows import reach, right_to_left, rows

# a cell stands in a column when it shares more than this part of the narrower one's width
_SHARED = 0.2
_Reach = tuple[float, float]


class Cell(NamedTuple):
    """A cell: the column it begins in, what stands in it, how many columns and rows it takes, whether it names them."""

    column: int
    columns: int
    lines: tuple[Line, ...]
    rows: int = 1
    header: bool = False

    @property
    def text(self) -> str:
        """Its text; lines only the column's edge has broken are one."""
        return joined([line.content for line in self.lines], "") if self.lines else ""


class Table(NamedTuple):
    """Rows of cells in the order of reading.

    Attributes:
        rows: cells of each, those that begin there; a slot no cell takes is empty.
        widths: of the columns, as parts of the whole.
        turned: the first column is the rightmost.
        heads: how many rows from the first name the columns.
    """

    rows: list[list[Cell]]
    widths: list[float]
    turned: bool
    heads: int = 0

    @property
    def spans(self) -> bool:
        """Whether a cell takes more than one slot."""
        return any(cell.rows > 1 or cell.columns > 1 for row in self.rows for cell in row)

    def texts(self) -> list[list[str]]:
        """The cells' texts, a row as long as there are columns; what a cell takes besides is empty."""
        grid = []
        for row in self.rows:
            texts = [""] * len(self.widths)
            for cell in row:
                texts[cell.column] = cell.text
            grid.append(texts)
        return grid

    def slots(self) -> list[list[Cell]]:
        """The rows with an empty cell in each slot that no cell takes."""
        taken: set[tuple[int, int]] = set()
        full = []
        for r, row in enumerate(self.rows):
            cells = {cell.column: cell for cell in row}
            for cell in row:
                taken |= {(r + k, cell.column + n) for k in range(cell.rows) for n in range(cell.columns)}
            empty = {at: Cell(at, 1, ()) for at in range(len(self.widths)) if at not in cells and (r, at) not in taken}
            full.append([cell for _, cell in sorted((cells | empty).items())])
        return full


def table(block: Block) -> Table:
    """The rows and columns of a block: those that were found on the page, else by where its lines stand."""
    return _found(block, block.table) if block.table else _derived(block)


def _found(block: Block, of: document.Table) -> Table:
    rows: list[list[Cell]] = [[] for _ in range(of.rows)]
    for cell in of.cells:
        lines = tuple(line for line in block.lines[cell.first : cell.first + cell.count] if line.content.strip())
        rows[cell.row].append(Cell(cell.column, cell.columns, lines, cell.rows, cell.header))
    headed = [bool(row) and all(cell.header for cell in row) for row in rows]
    heads = headed.index(False) if False in headed else 0
    turned = right_to_left("".join(line.content for line in block.lines))
    return Table(rows, _widths(of), turned, heads)


def _widths(of: document.Table) -> list[float]:
    """Parts of the whole, by the cells that take one column; others get what is usual."""
    seen: dict[int, list[float]] = {}
    for cell in of.cells:
        x1, y1, x2, y2 = cell.polygon[:4]
        if cell.columns == 1 and isfinite(width := hypot(x2 - x1, y2 - y1)) and width > 0:
            seen.setdefault(cell.column, []).append(width)
    known = {column: median(widths) for column, widths in seen.items()}
    usual = median(known.values()) if known else 1.0
    sides = [known.get(column, usual) for column in range(of.columns)]
    least = sum(sides) / (4 * max(len(sides), 1))
    sides = [max(side, least) for side in sides]
    return [side / sum(sides) for side in sides]


def _derived(block: Block) -> Table:
    """The rows and columns of a block's lines; a cell over several columns spans them."""
    lines = [line for line in block.lines if line.content.strip()]
    found = rows(lines)
    turned = right_to_left("".join(line.content for line in lines))
    reaches = _reaches(found, turned)
    columns = _columns(reaches)
    placed = [_placed(row, places, columns) for row, places in zip(found, reaches, strict=True)]
    count = max((cell.column + cell.columns for row in placed for cell in row), default=0)
    sides = [right - left for left, right in columns] + [0.0] * (count - len(columns))
    least = max(sum(sides), 1.0) / (4 * max(count, 1))
    sides = [max(side, least) for side in sides[:count]]
    return Table(placed, [side / sum(sides) for side in sides], turned)


def _reaches(found: Sequence[Sequence[Line]], turned: bool) -> list[list[_Reach]]:
    """From where to where each cell goes along the text's direction, backwards where that is from right to left."""
    lines = [line for row in found for line in row]
    if not lines or not isfinite(sum(sum(line.polygon) for line in lines)):
        return [[(float(place), place + 1.0) for place in range(len(row))] for row in found]
    angle = direction(lines)
    x, y = cos(angle), sin(angle)
    ends = [[reach(line, x, y) for line in row] for row in found]
    return [[(-right, -left) for left, right in row] for row in ends] if turned else ends


def _columns(reaches: Sequence[Sequence[_Reach]]) -> list[_Reach]:
    """Columns from left to right: what stands one over the other is one; wide cells come last, and may span several."""
    columns: list[_Reach] = []
    for cell in sorted((cell for row in reaches for cell in row), key=lambda ends: ends[1] - ends[0]):
        over = [place for place, column in enumerate(columns) if _over(cell, column)]
        if len(over) == 1:
            left, right = columns[over[0]]
            columns[over[0]] = (min(left, cell[0]), max(right, cell[1]))
        elif not over:
            columns.insert(bisect_left(columns, cell), cell)
    return columns


def _over(cell: _Reach, column: _Reach) -> bool:
    common = min(cell[1], column[1]) - max(cell[0], column[0])
    return common > _SHARED * max(min(cell[1] - cell[0], column[1] - column[0]), 1e-6)


def _placed(row: Sequence[Line], reaches: Sequence[_Reach], columns: Sequence[_Reach]) -> list[Cell]:
    cells: list[Cell] = []
    for line, ends in zip(row, reaches, strict=True):
        over = [place for place, column in enumerate(columns) if _over(ends, column)]
        free = cells[-1].column + cells[-1].columns if cells else 0
        first = max(over[0] if over else bisect_left(columns, ends), free)
        last = max(over[-1] if over else first, first)
        cells.append(Cell(first, last - first + 1, (line,)))
    return cells
