"""Tables of a page: its lines and its picture to a block with rows, columns and cells."""

from __future__ import annotations

from collections.abc import Sequence

from legenda.document import Block, Line, bounds, from_box, mapped, mapped_block
from legenda.document.geometry import Box
from legenda.options import ReadOptions
from legenda.pipeline.frame import block_onto_page
from legenda.sources import Rendering


def is_tabled(options: ReadOptions) -> bool:
    """Whether each page is one table."""
    return options.content == "table"


def tabled(lines: Sequence[Line], rendering: Rendering, box: Box | None = None) -> Block:
    """A block of kind `table`; without `Block.table` where no rows and columns were found.

    Args:
        lines: the table's text, in page units.
        rendering: of the page, or of a part of it that holds the table.
        box: around the table, in page units; by default the whole rendering.
    """
    from legenda.layout.tables import table_of

    x, y = rendering.scale_x, rendering.scale_y
    onto_raster = (x, 0.0, -rendering.origin_x * x, 0.0, y, -rendering.origin_y * y)
    height, width = rendering.pixels.shape[:2]
    outer = (0.0, 0.0, float(width), float(height))
    if box is not None:
        outer = bounds(mapped_block(Block("table", from_box(*box), ()), onto_raster).polygon)
    found = table_of(rendering.pixels, outer, [mapped(line, onto_raster) for line in lines])
    table, ordered = found or (None, tuple(mapped(line, onto_raster) for line in lines))
    confidence = table.confidence if table else 1.0
    return block_onto_page(Block("table", from_box(*outer), ordered, confidence=confidence, table=table), rendering)
