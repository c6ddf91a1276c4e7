"""Columns and headings put together that stand apart only in print: signs of currencies, heads over several columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from legenda.document import Cell, Line, Polygon, Table, bounds, from_box

_BEFORE = frozenset(("$", "€", "£", "¥", "₹", "US$", "USD", "EUR", "(", "$("))
_BEHIND = frozenset(("%", ")", ")%", "€", "£"))
Cells = dict[tuple[int, int], Cell]


def merged(table: Table, lines: Sequence[Line]) -> Table:
    """The table with columns of nothing but signs put to their numbers, and heads over the columns they stand for.

    Cells stand by row and column as before, and so do the lines; none is lost.

    Args:
        table: whose cells are in their order.
        lines: of its block.
    """
    for column in range(table.columns - 1, 0, -1):
        said = _said(table, lines, column)
        if not said or table.columns < 3:
            continue
        if said <= _BEFORE and column + 1 < table.columns:
            table = _joined(table, column) or table
        elif said <= _BEHIND:
            table = _joined(table, column - 1) or table
    return _headed(table)


def _said(table: Table, lines: Sequence[Line], column: int) -> set[str]:
    """What the cells of a column say that hold it alone; heads over several columns do not count."""
    own = [cell for cell in table.cells if cell.column == column and cell.columns == 1 and cell.count]
    return {"".join(line.content for line in lines[cell.first : cell.first + cell.count]).strip() for cell in own}


def _joined(table: Table, column: int) -> Table | None:
    """The table with a column and the next one as one; `None` where cells do not lie side by side."""
    cells: list[Cell] = []
    for cell in table.cells:
        end = cell.column + cell.columns
        if cell.column <= column and end >= column + 2:
            cells.append(replace(cell, columns=cell.columns - 1))
        elif cell.column == column + 1 and cells and (before := cells[-1]).column + before.columns == column + 1:
            if (before.row, before.rows) != (cell.row, cell.rows) or before.columns > 1 or cell.columns > 1:
                return None
            cells[-1] = _side_by_side(before, cell)
        elif cell.column == column + 1:
            return None
        else:
            cells.append(replace(cell, column=cell.column - (cell.column > column)))
    return replace(table, columns=table.columns - 1, cells=tuple(cells))


def _side_by_side(one: Cell, other: Cell) -> Cell:
    first = one.first if one.count else other.first
    return replace(
        one,
        polygon=_around(one.polygon, other.polygon),
        first=first,
        count=one.count + other.count,
        header=one.header or other.header,
    )


def _around(one: Polygon, other: Polygon) -> Polygon:
    a, b = bounds(one), bounds(other)
    return from_box(min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


def _headed(table: Table) -> Table:
    """The table with lone heads in the middle of columns over all of these: `Year ended` over three years."""
    by_row: dict[int, list[Cell]] = {}
    for cell in table.cells:
        by_row.setdefault(cell.row, []).append(cell)
    cells: list[Cell] = []
    above = True
    for row in sorted(by_row):
        own = by_row[row]
        above = above and not any(cell.count and cell.column == 0 for cell in own)
        cells += _over(own, table.columns) if above and row + 1 < table.rows else own
    return replace(table, cells=tuple(cells))


def _over(row: list[Cell], columns: int) -> list[Cell]:
    said = [cell for cell in row if cell.count]
    plain = all(cell.rows == cell.columns == 1 for cell in row)
    if len(said) != 1 or not plain or len(row) != columns or columns < 4 or 2 * said[0].column != columns:
        return row
    head = replace(said[0], column=1, columns=columns - 1, polygon=_around(row[1].polygon, row[-1].polygon))
    return [row[0], head]
