"""ALTO 4.4 (XML): blocks, lines and words with boxes, polygons and confidences, as libraries keep them.

Coordinates are pixels of the picture; pages measured in points or inches are scaled to 300 dpi, as in hOCR.
Specification: https://www.loc.gov/standards/alto/ (schema 4.4)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from math import isfinite
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from legenda.document import Block, Line, Page, Polygon, Word, bounds
from legenda.exports.base import Exporter, Origin
from legenda.exports.hocr import SCALES
from legenda.exports.lines import language_of, look
from legenda.exports.paragraphs import is_table
from legenda.exports.rows import right_to_left

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\
 xsi:schemaLocation="http://www.loc.gov/standards/alto/ns-v4# https://www.loc.gov/standards/alto/v4/alto-4-4.xsd"\
 SCHEMAVERSION="4.4">
<Description>
<MeasurementUnit>pixel</MeasurementUnit>
<sourceImageInformation><fileName>{name}</fileName></sourceImageInformation>
<Processing ID="reading"><processingCategory>contentGeneration</processingCategory><processingSoftware>\
<softwareName>Legenda</softwareName><softwareVersion>{version}</softwareVersion></processingSoftware></Processing>
</Description>
<Tags>
{tags}</Tags>
<Layout>
"""
_KINDS = (
    *("title", "heading", "list", "table", "caption", "header", "footer", "page_number", "footnote", "code"),
    *("formula", "seal", "handwriting"),
)
_ILLUSTRATIONS = ("figure", "chart")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


class Alto(Exporter):
    """Lines that could not be read are left out: the schema has none without text."""

    format = "alto"
    suffix = ".alto.xml"

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        super().__init__(out, origin)
        tags = "".join(f'<StructureTag ID="{kind}" TYPE="block" LABEL="{kind}"/>\n' for kind in _KINDS)
        self._write(_HEAD.format(name=escape(self._name), version=version("legenda"), tags=tags))

    def _add(self, page: Page) -> None:
        self._write("".join(_page(page)))

    def close(self) -> None:
        """Write the end; a layout without pages gets an empty one, which the schema asks for."""
        if not self._count:
            self._write('<Page ID="page_0" PHYSICAL_IMG_NR="0"/>\n')
        self._write("</Layout>\n</alto>\n")


def _page(page: Page) -> Iterator[str]:
    scale = SCALES[page.unit]
    size = f'WIDTH="{_number(page.width * scale)}" HEIGHT="{_number(page.height * scale)}"'
    sure = [line.confidence for line in page.lines if line.content]
    confidence = f' PC="{_share(sum(sure) / len(sure))}"' if sure else ""
    language = language_of(page.lines)
    about = f'{confidence} PROCESSING="reading"{_lang(language)}'
    yield f'<Page ID="page_{page.number}" PHYSICAL_IMG_NR="{page.number}" {size}{about}>\n'
    yield f'<PrintSpace HPOS="0" VPOS="0" {size}>\n'
    for number, block in enumerate(page.blocks, 1):
        yield from _block(block, f"{page.number}_{number}", scale, language)
    yield "</PrintSpace>\n</Page>\n"


def _block(block: Block, key: str, scale: float, language: str) -> Iterator[str]:
    lines = [line for line in block.lines if line.content.strip()]
    kind = "table" if is_table(block) else block.kind
    tag = f' TAGREFS="{kind}"' if kind in _KINDS else ""
    if kind in _ILLUSTRATIONS:
        yield f'<Illustration ID="picture_{key}" TYPE="{kind}"{_box(block.polygon, scale)}>'
        yield f"{_shape(block.polygon, scale)}</Illustration>\n"
    if lines:
        yield f'<TextBlock ID="block_{key}"{tag}{_box(block.polygon, scale)}>{_shape(block.polygon, scale)}\n'
        for number, line in enumerate(lines, 1):
            yield from _line(line, f"{key}_{number}", scale, language)
        yield "</TextBlock>\n"


def _line(line: Line, key: str, scale: float, language: str) -> Iterator[str]:
    x3, y3, x4, y4 = (_number(value * scale) for value in line.polygon[4:])
    about = f' BASELINE="{x4},{y4} {x3},{y3}"'
    about += _lang(line.language) if line.language != language else ""
    about += ' BASEDIRECTION="rtl"' if right_to_left(line.content) else ""
    yield f'<TextLine ID="line_{key}"{_box(line.polygon, scale)}{about}>{_shape(line.polygon, scale)}\n'
    words = line.words or (Word(line.content, line.polygon, line.confidence, line.span),)
    end = words[0].span.offset
    bold, italic = look(line)
    style = f' STYLE="{" ".join(["bold"] * bold + ["italics"] * italic)}"' if bold or italic else ""
    for number, word in enumerate(words, 1):
        if word.span.offset > end:
            yield "<SP/>\n"
        content = f'CONTENT={quoteattr(word.content)} WC="{_share(word.confidence)}"{style}'
        yield f'<String ID="word_{key}_{number}"{_box(word.polygon, scale)} {content}>'
        yield f"{_shape(word.polygon, scale)}</String>\n"
        end = word.span.offset + word.span.length
    yield "</TextLine>\n"


def _lang(language: str) -> str:
    return f' LANG="{language}"' if _LANGUAGE.fullmatch(language) else ""


def _box(polygon: Polygon, scale: float) -> str:
    left, top, right, bottom = (value * scale for value in bounds(polygon))
    size = (("HPOS", left), ("VPOS", top), ("WIDTH", right - left), ("HEIGHT", bottom - top))
    return "".join(f' {name}="{_number(value)}"' for name, value in size)


def _shape(polygon: Polygon, scale: float) -> str:
    points = zip(polygon[0::2], polygon[1::2], strict=True)
    text = " ".join(f"{_number(x * scale)},{_number(y * scale)}" for x, y in points)
    return f'<Shape><Polygon POINTS="{text}"/></Shape>'


def _number(value: float) -> str:
    return (
        f"{round(value, 1):g}" if isfinite(value) and abs(value) < 1e5 else f"{value:.0f}" if isfinite(value) else "0"
    )


def _share(value: float) -> str:
    return f"{min(max(value, 0.0), 1.0):.4g}" if isfinite(value) else "0"
