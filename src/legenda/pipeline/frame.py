"""Between the frames of a raster, the page as given, and the page turned the right way up."""

from __future__ import annotations

from collections.abc import Sequence

from legenda.document import Block, Line, from_upright, mapped, mapped_block, to_upright
from legenda.sources import Rendering


def block_onto_page(block: Block, rendering: Rendering) -> Block:
    """A block of a raster in page units."""
    x, y = 1 / rendering.scale_x, 1 / rendering.scale_y
    return mapped_block(block, (x, 0.0, rendering.origin_x, 0.0, y, rendering.origin_y))


def onto_page(lines: Sequence[Line], rendering: Rendering) -> list[Line]:
    """Lines of a raster in page units."""
    x, y = 1 / rendering.scale_x, 1 / rendering.scale_y
    affine = (x, 0.0, rendering.origin_x, 0.0, y, rendering.origin_y)
    return list(lines) if affine == (1, 0, 0, 0, 1, 0) else [mapped(line, affine) for line in lines]


def quarter_of(angle: float) -> int:
    """Quarter turns clockwise (0 to 3) nearest to an angle in degrees."""
    return round(angle / 90) % 4


def turn_upright(lines: Sequence[Line], quarter: int, width: float, height: float) -> list[Line]:
    """Lines of a page of this size, turned clockwise by `quarter`, in the frame of the page turned back."""
    affine = to_upright(quarter, width, height)
    return [mapped(line, affine) for line in lines] if quarter else list(lines)


def turn_back(blocks: Sequence[Block], quarter: int, width: float, height: float) -> list[Block]:
    """The inverse of `turn_upright`, for blocks."""
    affine = from_upright(quarter, width, height)
    return [mapped_block(block, affine) for block in blocks] if quarter else list(blocks)
