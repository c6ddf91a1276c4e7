"""What a block or a line is beyond its words: tables, notations, marks inside lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from legenda.document.geometry import Affine, Polygon, transform

NotationKind = Literal["formula", "chart", "geometry", "molecule", "score", "barcode"]
NOTATION_FORMS: Mapping[str, tuple[str, ...]] = {
    "formula": ("latex",),
    "chart": ("csv", "md", "dict", "svg"),
    "geometry": ("tikz", "svg"),
    "molecule": ("smiles", "mol"),
    "score": ("kern", "musicxml"),
    "barcode": ("text",),
}
"""The forms a notation of each kind has, the one it is read as first."""
MarkKind = Literal["bold", "italic", "underline", "strike", "superscript", "subscript", "link", "formula", "checkbox"]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a stretch of a line is besides text.

    Attributes:
        kind: of the mark.
        start: offset in the line's content, in code points.
        length: in code points, at least 1; the stretch stays inside the line.
        value: the address of a link, the LaTeX of a formula, `checked` or `unchecked` for a box; else empty.
        confidence: probability (0..1) that it is right.
    """

    kind: MarkKind
    start: int
    length: int
    value: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table. Its text is that of lines of its block, so that no cell says what no line says.

    Attributes:
        row: 0-based, of its topmost row.
        column: 0-based, of its leftmost column; of the rightmost one in tables that run from right to left.
        polygon: in page units.
        first: index in the block's lines of its first line.
        count: how many lines are its own, from `first` on; 0 for an empty cell.
        rows: how many rows it takes.
        columns: how many columns it takes.
        header: it names its column or row.
    """

    row: int
    column: int
    polygon: Polygon
    first: int = 0
    count: int = 0
    rows: int = 1
    columns: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows and columns of a block of kind `table`.

    Attributes:
        rows: how many.
        columns: how many.
        cells: by row, then column; they do not overlap, and the block's lines stand in their order.
        confidence: probability (0..1) that rows, columns and spans are right.
        continued: it goes on with the table before it, on the page before.
    """

    rows: int
    columns: int
    cells: tuple[Cell, ...]
    confidence: float = 1.0
    continued: bool = False


@dataclass(frozen=True, slots=True)
class Notation:
    """What a picture says in the notation of its field.

    Attributes:
        kind: which notation.
        forms: the same content by name of format (`latex`, `csv`, `dict`, `tikz`, `svg`, `smiles`, `mol`, `kern`,
            `musicxml`, `text`), the one it was read as first.
        confidence: probability (0..1) that it is exactly right.
        engine: what read it.
        problem: why the check of its grammar failed; empty when it passed.
    """

    kind: NotationKind
    forms: Mapping[str, str]
    confidence: float = 1.0
    engine: str = ""
    problem: str = ""


def mapped_table(table: Table, affine: Affine) -> Table:
    """A table with the polygons of its cells mapped (see `transform`)."""
    cells = tuple(replace(cell, polygon=transform(cell.polygon, affine)) for cell in table.cells)
    return replace(table, cells=cells)
