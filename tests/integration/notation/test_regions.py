"""A box and a colour choose what is read as a notation, as they do for text."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from legenda.document import Block
from legenda.options import ReadOptions
from legenda.pipeline import Reader


@pytest.fixture(scope="module")
def sheet() -> bytes:
    """A triangle in a red frame above a circle in another."""
    picture = Image.new("RGB", (400, 600), "white")
    pen = ImageDraw.Draw(picture)
    pen.line((100, 240, 300, 240, 180, 60, 100, 240), "black", 2)
    pen.ellipse((120, 360, 280, 520), outline="black", width=2)
    pen.rectangle((40, 20, 360, 280), outline="red", width=4)
    pen.rectangle((40, 320, 360, 560), outline="red", width=4)
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def blocks(data: bytes, options: ReadOptions) -> tuple[Block, ...]:
    with Reader(options) as reader:
        return reader.read(data).pages[0].blocks


def tikz(block: Block) -> str:
    assert block.notation
    return block.notation.forms["tikz"]


def test_a_box(sheet: bytes) -> None:
    (block,) = blocks(sheet, ReadOptions(content="geometry", box=(60, 340, 340, 540)))
    assert "circle" in tikz(block)
    assert "cycle" not in tikz(block)
    assert block.polygon[:2] == (60, 340)


def test_a_colour(sheet: bytes) -> None:
    first, second = blocks(sheet, ReadOptions(content="geometry", color="red"))
    assert "cycle" in tikz(first)
    assert "circle" in tikz(second)
    assert blocks(sheet, ReadOptions(content="geometry", color="blue")) == ()
