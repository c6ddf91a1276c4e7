"""The one public function of this package."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from legenda.document import Block, Line, bounds, from_upright, mapped, mapped_block, to_upright
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
    if _is_vertical(lines):
        return _from_right(lines)
    frame = measure(lines)
    parted = part(lines, frame)
    if len(parted) > len(lines):
        lines, frame = parted, measure(parted)
    return [block for region in regions(frame, height) for block in blocks(frame, lines, region)]


def _is_vertical(lines: Sequence[Line]) -> bool:
    """Whether most of a page is Chinese or Japanese set in columns that run down and follow from right to left."""
    down = across = 0
    for line in lines:
        wide = sum(unicodedata.east_asian_width(character) in "WF" for character in line.content)
        x1, y1, x2, y2 = line.polygon[:4]
        if y2 - y1 > 1.5 * abs(x2 - x1) and wide:
            down += wide
        else:
            across += len(line.content)
    return down > across


def _from_right(lines: Sequence[Line]) -> list[Block]:
    """Such a page, read as if it were turned: what runs down runs to the right then, and the rightmost is on top."""
    boxes = [bounds(line.polygon) for line in lines]
    width, height = max(box[2] for box in boxes), max(box[3] for box in boxes)
    turned = [mapped(line, to_upright(1, width, height)) for line in lines]
    frame = measure(turned)
    found = [block for region in regions(frame, 0.0) for block in blocks(frame, turned, region)]
    back = from_upright(1, width, height)
    given = {id(line): original for line, original in zip(turned, lines, strict=True)}  # turning to and fro rounds
    placed = [mapped_block(block, back) for block in found]
    return [
        replace(
            done, lines=tuple(given.get(id(line), again) for line, again in zip(block.lines, done.lines, strict=True))
        )
        for block, done in zip(found, placed, strict=True)
    ]
