"""Pages that look like what they say: words drawn with system fonts, and the `Page` an ideal engine would give."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from legenda.document import Block, Line, Page, Word, assemble, compose, from_box
from legenda.exports import EXPORTERS, Origin

_DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
_CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SCRIPTS = {
    "latin": (_DEJAVU, ["The quick brown fox jumps", "over a naïve façade, lazy dogs"]),
    "greek": (_DEJAVU, ["Η γρήγορη αλεπού πηδάει", "πάνω από το σκυλί"]),
    "cyrillic": (_DEJAVU, ["Съешь ещё этих мягких", "французских булок"]),
    "cjk": (_CJK, ["日本国民は正当に選挙", "された国会の𠮷野家"]),
    "arabic": (_DEJAVU, ["مرحبا بالعالم الجميل", "هذا نص عربي 123 هنا"]),
    "hebrew": (_DEJAVU, ["שלום עולם יפה", "זה טקסט בעברית 45 כאן"]),
}


@pytest.fixture(scope="session")
def scripts() -> dict[str, tuple[str, list[str]]]:
    return SCRIPTS


@pytest.fixture(scope="session")
def written() -> Callable[..., tuple[Image.Image, Page]]:
    """A picture with two lines of a script, and its page."""

    def build(script: str, number: int = 1, mode: str = "RGB") -> tuple[Image.Image, Page]:
        path, texts = SCRIPTS[script]
        font = ImageFont.truetype(path, 40)
        image = Image.new(mode, (1000, 400), "white")
        pen = ImageDraw.Draw(image)
        lines = []
        for row, text in enumerate(texts):
            top, x, words = 50 + 120 * row, 60.0, []
            tokens = list(text) if script == "cjk" else text.split(" ")
            for token in reversed(tokens) if script in ("arabic", "hebrew") else tokens:
                width = font.getlength(token)
                pen.text((x, top), token, font=font, fill="black")
                words.append(Word(token, from_box(x, top, x + width, top + 50), 0.9))
                x += width + (0 if script == "cjk" else 14)
            right = words[-1].polygon[2]
            if script in ("arabic", "hebrew"):
                words.reverse()
            lines.append(Line(text, from_box(60, top, right, top + 50), 0.9, tuple(words), language="xx"))
        page = Page(number, image.width, image.height, "pixel", engine="cpu")
        return image, compose(page, [Block("text", from_box(60, 50, 900, 220), tuple(lines))])

    return build


@pytest.fixture(scope="session")
def export() -> Callable[..., bytes]:
    """Write pages in a format; pages are placed in a document first."""

    def run(name: str, pages: list[Page], data: Path | bytes | None = None, /, **origin: Any) -> bytes:
        out = io.BytesIO()
        exporter = EXPORTERS[name](out, Origin(data=data, pages=len(pages), **origin))
        for page in assemble(pages).pages:
            exporter.add(page)
        exporter.close()
        return out.getvalue()

    return run


@pytest.fixture(scope="session")
def block() -> Callable[..., Block]:
    """A block of lines set 10 units a character, 20 units high, one below the other."""

    def build(*texts: str, kind: Any = "text", left: float = 0, top: float = 0, **line: Any) -> Block:
        lines = []
        for row, text in enumerate(texts):
            y, x, words = top + 26 * row, left, []
            for token in text.split():
                words.append(Word(token, from_box(x, y, x + 10 * len(token), y + 20), 0.9))
                x += 10 * (len(token) + 1)
            lines.append(Line(text, from_box(left, y, left + 10 * len(text), y + 20), 0.9, tuple(words), **line))
        width = 10 * max(map(len, texts), default=0)
        return Block(kind, from_box(left, top, left + width, top + 26 * len(texts)), tuple(lines))

    return build


@pytest.fixture(scope="session")
def page() -> Callable[..., Page]:
    """A page of blocks."""
    return lambda *blocks, number=1, **fields: compose(Page(number, 1000, 1400, "pixel", **fields), blocks)


@pytest.fixture
def merged(block: Callable[..., Block]) -> Block:
    """A table of three columns, with a cell over two of them and one that is empty."""
    texts = (
        *(("Part", 0, 0), ("Price in 2025 and in 2026", 200, 0)),
        *(("Lamp", 0, 30), ("12.50", 200, 30), ("13.75", 370, 30)),
        *(("Sum", 0, 60), ("1,013.75", 350, 60)),
    )
    lines = tuple(block(text, left=left, top=top).lines[0] for text, left, top in texts)
    return Block("table", from_box(0, 0, 450, 80), lines)
