"""hOCR 1.2 (XHTML). Boxes are whole pixels of the picture; pages measured in points or inches are scaled to 300 dpi.

Specification: http://kba.github.io/hocr-spec/1.2/
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from math import atan2, degrees
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from legenda.document import Block, Line, Page, Polygon, Word, bounds
from legenda.exports.base import Exporter, Origin

DPI = 300
SCALES = {"pixel": 1.0, "point": DPI / 72, "inch": float(DPI)}
"""Pixels of a unit."""
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
 <head>
  <title>{title}</title>
  <meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
  <meta name="ocr-system" content="legenda"/>
  <meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word"/>
 </head>
 <body>
"""


class Hocr(Exporter):
    """Words with boxes and confidences as the spans of a web page."""

    format = "hocr"
    suffix = ".hocr"

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        super().__init__(out, origin)
        self._write(_HEAD.format(title=escape(self._name)))

    def _add(self, page: Page) -> None:
        self._write("".join(_page(page, self._name)))

    def close(self) -> None:
        """Write the end of the page."""
        self._write(" </body>\n</html>\n")


def _page(page: Page, name: str) -> Iterator[str]:
    scale = SCALES[page.unit]
    right, bottom = round(page.width * scale), round(page.height * scale)
    image = name.replace('"', "'").replace("\\", "/")
    resolution = "" if page.unit == "pixel" else f"; scan_res {DPI} {DPI}"
    title = f'image "{image}"; bbox 0 0 {right} {bottom}; ppageno {page.number - 1}{resolution}'
    yield f'  <div class="ocr_page" id="page_{page.number}" title={quoteattr(title)}>\n'
    blocks = (block for block in page.blocks if any(line.content for line in block.lines))
    for number, block in enumerate(blocks, 1):
        yield from _block(block, f"{page.number}_{number}", scale)
    yield "  </div>\n"


def _block(block: Block, key: str, scale: float) -> Iterator[str]:
    box = _bbox(block.polygon, scale)
    yield f'   <div class="ocr_carea" id="block_{key}" title="{box}">\n'
    yield f'    <p class="ocr_par" id="par_{key}" title="{box}">\n'
    for number, line in enumerate((line for line in block.lines if line.content), 1):
        title = f"{_bbox(line.polygon, scale)}{_slope(line.polygon, scale)}"
        language = f" lang={quoteattr(line.language)} xml:lang={quoteattr(line.language)}" if line.language else ""
        start = f'<span class="ocr_line" id="line_{key}_{number}"{language}{_direction(line.content)} title="{title}">'
        yield f"     {start}{''.join(_words(line, f'{key}_{number}', scale))}</span>\n"
    yield "    </p>\n   </div>\n"


def _words(line: Line, key: str, scale: float) -> Iterator[str]:
    words = line.words or (Word(line.content, line.polygon, line.confidence, line.span),)
    end = words[0].span.offset
    for number, word in enumerate(words, 1):
        title = f"{_bbox(word.polygon, scale)}; x_wconf {round(100 * word.confidence)}"
        space = " " if word.span.offset > end else ""
        text = escape(word.content)
        yield f'{space}<span class="ocrx_word" id="word_{key}_{number}" title="{title}">{text}</span>'
        end = word.span.offset + word.span.length


def _bbox(polygon: Polygon, scale: float) -> str:
    return "bbox " + " ".join(str(round(v * scale)) for v in bounds(polygon))


def _slope(polygon: Polygon, scale: float) -> str:
    """The baseline against the box's bottom left corner, or for steep text its angle, counter-clockwise."""
    x3, y3, x4, y4 = polygon[4:]
    angle = degrees(atan2(y3 - y4, x3 - x4))
    if abs(angle) > 45:
        return f"; textangle {round(-angle) % 360}"
    left, _, _, bottom = bounds(polygon)
    slope = (y3 - y4) / (x3 - x4) if x3 != x4 else 0.0
    return f"; baseline {round(slope, 3):g} {round((y4 + slope * (left - x4) - bottom) * scale)}"


def _direction(text: str) -> str:
    for character in text:
        if (kind := unicodedata.bidirectional(character)) in ("L", "R", "AL"):
            return "" if kind == "L" else ' dir="rtl"'
    return ""
