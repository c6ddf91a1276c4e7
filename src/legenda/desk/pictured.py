"""A document as new pages: each the picture of the original's, changed, with its text lying invisibly over it.

Nothing of the original file is kept but the pixels: no hidden text, no metadata, no attachments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO

from legenda.document import Block, Document, Line, Page, Word, compose, transform
from legenda.errors import OutputError
from legenda.exports import EXPORTERS, Origin
from legenda.sources import open_source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from legenda.sources.page import Rendering

    Pixels = NDArray[np.uint8]
    Paint = Callable[[Page, Pixels], Pixels]

_DPI = 200
_QUALITY = 88


def write(
    document: Document, data: Path | bytes, out: BinaryIO, paint: Paint, *, password: str | None = None, dpi: int = _DPI
) -> None:
    """Write a PDF of changed pictures of pages, searchable by the document's text.

    Args:
        document: whose words lie over the pictures; pages that could not be read get none.
        data: the original.
        out: takes the PDF.
        paint: changes the picture (uint8, [height, width] or [height, width, 3]) of a page in pixels.
        password: opens the original.
        dpi: at which pages of PDFs are drawn.

    Raises:
        LegendaError: the original cannot be opened or drawn.
    """
    pages: list[Page] = []
    with TemporaryDirectory(prefix="legenda-") as folder:
        pictures = Path(folder, "pages.tiff")
        with open_source(data, name=document.name, password=password) as source:
            if not source.shown:
                raise OutputError(
                    "The pages have no pictures", "LibreOffice, which draws them, is not here", "install it"
                )
            drawn = _drawn(document, source, paint, dpi, pages)
            first = next(drawn, None)
            if first is None:
                raise OutputError("There is no page to write")
            # a picture of one's own making: the sandbox packs it as it does any other
            first.save(pictures, save_all=True, append_images=drawn, compression="tiff_lzw", dpi=(dpi, dpi))
        exporter = EXPORTERS["pdf"](out, Origin("", pictures))
        for page in pages:
            exporter.add(page)
        exporter.close()


def _drawn(document: Document, source: Any, paint: Paint, dpi: int, pages: list[Page]) -> Iterator[Image.Image]:
    from PIL import Image

    offset = 0
    for number, page in enumerate(document.pages, 1):
        rendering = source.raster(page.number, dpi)
        placed = replace(_in_pixels(page, rendering), number=number)
        pixels = paint(placed, rendering.pixels)
        pages.append(placed.at(offset))
        offset += placed.span.length + 1
        yield Image.fromarray(pixels)


def _in_pixels(page: Page, rendering: Rendering) -> Page:
    """The page in the frame of its picture."""
    x, y = rendering.scale_x, rendering.scale_y
    onto = (x, 0.0, -rendering.origin_x * x, 0.0, y, -rendering.origin_y * y)
    height, width = rendering.pixels.shape[:2]

    def line(given: Line) -> Line:
        words = tuple(Word(w.content, transform(w.polygon, onto), w.confidence, w.span) for w in given.words)
        # all of it is put over the picture anew, wherever it was read
        return replace(given, words=words, polygon=transform(given.polygon, onto), engine="")

    def block(given: Block) -> Block:
        return Block(given.kind, transform(given.polygon, onto), tuple(map(line, given.lines)))

    drawn = replace(page, width=float(width), height=float(height), unit="pixel", source="ocr")
    return compose(drawn, [block(one) for one in page.blocks])
