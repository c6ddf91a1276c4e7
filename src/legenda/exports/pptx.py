"""PowerPoint presentation: a slide for each page, with a text box for each block where it stands on the page."""

from __future__ import annotations

from math import hypot
from statistics import median
from typing import TYPE_CHECKING, BinaryIO

from legenda.document import Block, Page
from legenda.exports.base import Exporter, Origin
from legenda.exports.office import cells, needing

if TYPE_CHECKING:
    from pptx.slide import Slide
    from pptx.util import Length

_EMU = 12_700  # of a point
_LEAST, _MOST = 72.0, 56 * 72.0  # points: sides a slide may have
_USUAL = (960.0, 540.0)
_BLANK = 6  # layout of the library's own template
# Letters of a font stand in a line of about 1.2 times its size; smaller and larger ones are none PowerPoint has.
_LINE, _SMALLEST, _LARGEST = 1.2, 1.0, 4000.0


class Pptx(Exporter):
    """Text where it stands; pictures and colours are not kept. All of it is in memory until it is closed."""

    format = "pptx"
    suffix = ".pptx"
    binary = True

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        super().__init__(out, origin)
        with needing("python-pptx", self.format):
            from pptx import Presentation
        self._show = Presentation()
        self._size = _USUAL
        self._show.core_properties.title = (self._metadata.get("title") or self._name)[:255]
        self._show.core_properties.author = ""

    def _add(self, page: Page) -> None:
        if not self._count:
            self._set_size(page)
        slide = self._show.slides.add_slide(self._show.slide_layouts[_BLANK])
        if page.width <= 0 or page.height <= 0:
            return  # it could not be read
        scale = min(self._size[0] / page.width, self._size[1] / page.height)
        for block in page.blocks:
            if texts := cells(block):
                _place(slide, block, ["\t".join(row) for row in texts], scale)

    def _set_size(self, page: Page) -> None:
        """Slides are as large as the first page, or have its proportions; the others are fitted in."""
        width, height = (page.width, page.height) if page.width > 0 and page.height > 0 else _USUAL
        if page.unit != "point":
            width, height = _USUAL[0], _USUAL[0] * height / width
        self._size = min(max(width, _LEAST), _MOST), min(max(height, _LEAST), _MOST)
        self._show.slide_width, self._show.slide_height = map(_emu, self._size)

    def close(self) -> None:
        """Write the presentation."""
        self._show.save(self._out)


def _place(slide: Slide, block: Block, texts: list[str], scale: float) -> None:
    xs, ys = block.polygon[0::2], block.polygon[1::2]
    box = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    left, top, width, height = (_emu(side * scale) for side in box)
    frame = slide.shapes.add_textbox(left, top, width, height).text_frame
    frame.word_wrap = False
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    size = _emu(min(max(_height(block) * scale / _LINE, _SMALLEST), _LARGEST))
    for number, text in enumerate(texts):
        paragraph = frame.add_paragraph() if number else frame.paragraphs[0]
        run = paragraph.add_run()
        run.text, run.font.size = text, size


def _emu(points: float) -> Length:
    from pptx.util import Emu

    return Emu(round(points * _EMU))


def _height(block: Block) -> float:
    """Usual height of a block's lines."""
    polygons = [line.polygon for line in block.lines if line.content.strip()]
    return median(hypot(p[6] - p[0], p[7] - p[1]) for p in polygons)
