"""Tables: rows, columns and cells of a picture with its lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from legenda.document import Line, Table
from legenda.document.geometry import Box
from legenda.layout.tables.filling import filled_table
from legenda.layout.tables.frame import Raster, level
from legenda.layout.tables.network import tagged
from legenda.layout.tables.snapping import snapped


def table_of(raster: Raster, box: Box, lines: Sequence[Line]) -> tuple[Table, tuple[Line, ...]] | None:
    lines = [line for line in lines if line.content.strip()]
    if not lines:
        return None
    upright = level(raster, box, lines)
    seen = tagged(upright.colour)
    if seen is None:
        return None
    height, width = upright.picture.shape
    grid = snapped(seen, upright.words, (width, height))
    return filled_table(grid, upright, lines)
