"""Tables: rows, columns and cells of a picture with its lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from legenda.document import Line, Table
from legenda.document.geometry import Box
from legenda.errors import MissingComponentError
from legenda.layout.tables.choosing import Seen, chosen
from legenda.layout.tables.filling import filled_table
from legenda.layout.tables.finding import find
from legenda.layout.tables.frame import Level, Raster, level
from legenda.layout.tables.lattice import lattice
from legenda.layout.tables.merging import merged
from legenda.layout.tables.network import Tagged, tagged
from legenda.layout.tables.rulings import rulings
from legenda.layout.tables.textrows import phrases

__all__ = ["find", "table_of"]


def table_of(raster: Raster, box: Box, lines: Sequence[Line]) -> tuple[Table, tuple[Line, ...]] | None:
    """The rows, columns and cells of a table, and its lines ordered by cell.

    Args:
        raster: a page or a part of it that shows the table.
        box: around the table, in pixels of the raster.
        lines: its text, polygons in pixels of the raster. Every word of them is in exactly one cell, and no other is:
            a line that runs over several cells is parted at its words.

    Returns:
        The table and its lines, polygons in pixels of the raster; `None` where there is but one row or column.
    """
    written = [line for line in lines if line.content.strip()]
    if not written:
        return None
    upright = level(raster, box, written)
    words = upright.words
    page = Seen(words, phrases(words), rulings(upright.picture, words.unit))
    ruled = lattice(page.rulings, words)
    grid = chosen(ruled, _tagged(upright), page)
    if grid is None:
        return None
    table, ordered = filled_table(grid, upright, written, page.rulings)
    return merged(table, ordered), ordered


def _tagged(upright: Level) -> Tagged | None:
    """What the network says; nothing where its weights are not installed."""
    try:
        return tagged(upright.colour)
    except MissingComponentError:
        return None
