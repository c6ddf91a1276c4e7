"""Cells of tables that were parted into rows and columns: their texts, and which are spanned."""

from __future__ import annotations

from legenda.document import Block, Cell, Line, Table


def lines_of(block: Block, cell: Cell) -> list[Line]:
    """The lines of a cell that have text."""
    return [line for line in block.lines[cell.first : cell.first + cell.count] if line.content.strip()]


def has_spans(table: Table) -> bool:
    """Whether a cell takes several rows or columns."""
    return any(cell.rows > 1 or cell.columns > 1 for cell in table.cells)


def rows_of(table: Table) -> list[list[Cell | None]]:
    """For each row its cells by column: `None` where nothing stands; places that a cell spans are left out."""
    taken: dict[tuple[int, int], Cell] = {}
    for cell in table.cells:
        for row in range(cell.row, min(cell.row + cell.rows, table.rows)):
            for column in range(cell.column, min(cell.column + cell.columns, table.columns)):
                taken[row, column] = cell
    rows: list[list[Cell | None]] = []
    for row in range(table.rows):
        found: list[Cell | None] = []
        for column in range(table.columns):
            here = taken.get((row, column))
            if here is None or (here.row, here.column) == (row, column):
                found.append(here)
        rows.append(found)
    return rows


def header_rows(table: Table) -> int:
    """How many rows at the top name columns."""
    heads = {row for row in range(table.rows) if any(c.header and c.row == row for c in table.cells)}
    count = 0
    while count in heads and all(c.header for c in table.cells if c.row == count and c.column > 0):
        count += 1
    return count if count < table.rows else 0
