"""The picture of a page with the text of another language in place of its own."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from legenda.document import Block, Line, Page, bounds
from legenda.exports.paragraphs import is_table

KEPT = ("formula", "chart", "molecule", "score", "geometry", "barcode", "code")
"""Kinds of block whose text says the same in every language."""
_CAPITALS = 0.78  # font size against the height of a line's box
_SMALLEST = 6.0  # pixels
_GAP = 0.5  # of the font size, which stays free before what stands to the right


def painted(page: Page, pixels: Any) -> Any:
    """The picture (uint8, [height, width, 3]) without its text, and with the page's lines in its place.

    Args:
        page: in pixels of the picture.
        pixels: of the original.
    """
    import numpy as np
    from PIL import Image, ImageDraw

    from legenda.exports.cleaned import cleaned
    from legenda.exports.fonts import font_for

    blocks = [block for block in page.blocks if block.kind not in KEPT and block.lines]
    lines = [line for block in blocks for line in block.lines]
    paper, inks = cleaned(pixels, [line.polygon for line in lines])
    ink = dict(zip(map(id, lines), inks, strict=True))
    picture = Image.fromarray(paper)
    pen = ImageDraw.Draw(picture)
    all_lines = list(page.lines)
    for block in blocks:
        for line, size in zip(block.lines, _sizes(block, all_lines, page.width), strict=True):
            left, top, _, bottom = bounds(line.polygon)
            font = font_for(line.content, size)
            pen.text((left, (top + bottom) / 2), line.content, fill=ink[id(line)], font=font, anchor="lm")
    return np.asarray(picture)


def _sizes(block: Block, lines: Sequence[Line], page_width: float) -> list[float]:
    """Font sizes of a block's lines: one for all of it, but for cells too narrow for their text."""
    from legenda.exports.fonts import font_for

    usual = _CAPITALS * median(bottom - top for _, top, _, bottom in (bounds(line.polygon) for line in block.lines))
    sizes = []
    for line in block.lines:
        width = font_for(line.content, usual).getlength(line.content) if line.content else 0.0
        sizes.append(max(_SMALLEST, usual * min(1.0, _room(line, lines, page_width, usual) / max(width, 1.0))))
    return sizes if is_table(block) else [min(sizes)] * len(sizes)


def _room(line: Line, lines: Sequence[Line], width: float, size: float) -> float:
    """Pixels from where a line begins to what stands beside it, or to where the page's text ends."""
    left, top, right, bottom = bounds(line.polygon)
    others = [bounds(other.polygon) for other in lines if other is not line]
    beside = [x0 for x0, y0, _, y1 in others if x0 >= right and y0 < bottom and y1 > top]
    end = min(beside) - _GAP * size if beside else max([right, *(x1 for *_, x1, _ in others if x1 < width)])
    return max(right, end) - left
