"""What readers of office files tell line by line: text, and what it is. In the sandbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

PAGE_BREAK = "\f"
"""Text of a piece: what follows stands on another page."""
MOST_COLUMNS = 1024


class Piece(NamedTuple):
    """A paragraph, or a cell of a table; its lines are parted by line feeds.

    Attributes:
        text: its text.
        kind: of block (`document.model.BlockKind`).
        level: of a heading, or of an item of a list.
        table: number of the cell's table in the file, -1 for none.
        row: of a cell.
        column: of a cell.
        rows: how many rows a cell takes.
        columns: how many columns it takes.
        header: it names its column or row.
    """

    text: str
    kind: str = "text"
    level: int = 0
    table: int = -1
    row: int = 0
    column: int = 0
    rows: int = 1
    columns: int = 1
    header: bool = False


class Spanning(NamedTuple):
    """A cell as formats give it: its text, how many rows and columns it takes, whether it names its column or row."""

    text: str
    rows: int = 1
    columns: int = 1
    header: bool = False


def grid(rows: Iterable[Iterable[Spanning]], table: int) -> Iterator[Piece]:
    """Cells of a table, each in the first free place of its row, as in HTML, without empty ones of one place.

    Args:
        rows: cells of each, without those that others lie over.
        table: its number.
    """
    taken: dict[int, set[int]] = {}
    for row, cells in enumerate(rows):
        own, column = taken.pop(row, set()), 0
        for cell in cells:
            while column in own:
                column += 1
            if column >= MOST_COLUMNS:
                break
            wide = min(max(cell.columns, 1), MOST_COLUMNS - column)
            high = min(max(cell.rows, 1), MOST_COLUMNS)
            for below in range(row + 1, row + high):
                taken.setdefault(below, set()).update(range(column, column + wide))
            if cell.text.strip() or wide > 1 or high > 1:
                yield Piece(cell.text, "table", 0, table, row, column, high, wide, cell.header)
            column += wide
