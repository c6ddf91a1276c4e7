"""The one public function of this package."""

from __future__ import annotations

from collections.abc import Sequence

from legenda.document import Block, Line
from legenda.layout.blocks import blocks
from legenda.layout.flow import regions
from legenda.layout.frame import measure
from legenda.layout.runover import part


def arrange(lines: Sequence[Line], height: float) -> list[Block]:
    """Put the lines of an upright page into reading order.

    Args:
        lines: in any order; fragments of printed lines as a detector sees them, tilted by up to 10 degrees.
        height: of the page, in the unit of the polygons; running heads and feet stand in its margins.

    Returns:
        Blocks in reading order. Every line is in exactly one block, whole, joined with its neighbours on the
        same printed line, or parted where its box runs over a gutter between columns.
    """
    if not lines:
        return []
    frame = measure(lines)
    parted = part(lines, frame)
    if len(parted) > len(lines):
        lines, frame = parted, measure(parted)
    return [block for region in regions(frame, height) for block in blocks(frame, lines, region)]
