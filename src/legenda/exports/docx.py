"""Word document: headings, paragraphs, lists, tables and pictures by kind of block; each page begins on a new one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import BinaryIO

from legenda.document import Block, Line, Page
from legenda.exports.base import Exporter, Origin
from legenda.exports.lines import look
from legenda.exports.package import (
    HEAD,
    RELATIONSHIPS,
    Package,
    core_properties,
    more_relationships,
    more_types,
    template,
)
from legenda.exports.paragraphs import grouped, is_table, items, joined, pieces
from legenda.exports.pictures import PICTURED, PagePictures, Picture
from legenda.exports.rows import right_to_left
from legenda.exports.tables import Cell, Table, table
from legenda.exports.wordml import paragraph, picture_of, run, table_of

_STYLES = {"title": "Title", "heading": "Heading1", "caption": "Caption"}
_CODE_FONT = "Courier New"
_DOCUMENT = (
    f'{HEAD}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    f' xmlns:r="{RELATIONSHIPS}"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>'
)
_A4 = (595.3, 841.9)
_LEAST, _MOST = 144.0, 1584.0  # points: sides a page may have in Word
_MARGIN = 0.1  # of the shorter side
_MOST_COLUMNS = 63  # Word opens no table that has more


class Docx(Exporter):
    """Text and structure, and pictures of figures; how the rest was set on the page is not kept."""

    format = "docx"
    joins_tables = True
    suffix = ".docx"
    binary = True
    uses_original = True

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        super().__init__(out, origin)
        self._template = template("python-docx", "docx", "default.docx", self.format)
        self._pictures = PagePictures(origin)
        self._package = Package(out)
        self._body = self._package.open("word/document.xml")
        self._body.write(_DOCUMENT.encode())
        self._size = _A4
        self._images: list[str] = []

    def _add(self, page: Page) -> None:
        if not self._count:
            self._size = self._sheet(page)
        parts = [part for block in page.blocks for part in self._block(block, page)]
        if self._count:
            self._body.write(paragraph("", page_break=True).encode())
        self._body.write("".join(parts).encode())

    def _sheet(self, page: Page) -> tuple[float, float]:
        """Paper as large as the first page, where its size is known, else A4; the same way up."""
        known = self._pictures.points(page)
        if known and all(_LEAST <= side <= _MOST for side in known):
            return known
        return _A4[::-1] if page.width > page.height else _A4

    def _block(self, block: Block, page: Page) -> Iterator[str]:
        lines = [line for line in block.lines if line.content.strip()]
        if block.kind in PICTURED and (picture := self._pictures.cut(page, block)):
            yield self._picture(picture, block, page, " ".join(line.content for line in lines))
        elif not lines:
            return
        elif block.kind == "code":
            for line in lines:
                yield paragraph(run(line.content, font=_CODE_FONT))
        elif is_table(block):
            yield from self._table(table(block))
        elif block.kind == "list":
            for name, text in items(lines, page.text):
                # numbers as they are written: Word would begin each list anew, or not at all
                bullet = name == "-"
                shown = text if bullet else f"{name} {text}"
                yield _set(shown, "ListBullet" if bullet else "ListParagraph")
        elif block.kind in _STYLES:
            yield _set(joined([line.content for line in lines], page.text), _STYLES[block.kind])
        else:
            for group in grouped(lines):
                yield _styled(group, page.text)

    def _table(self, found: Table) -> Iterator[str]:
        rtl = found.turned
        if len(found.widths) > _MOST_COLUMNS:
            yield from (_set("\t".join(cell.text for cell in row)) for row in found.rows)
            return
        rows = [[(c.column, c.columns, c.rows, _in_cell(c, rtl)) for c in row] for row in found.rows]
        yield table_of(rows, [self._room(0) * width for width in found.widths], heads=found.heads, rtl=rtl)

    def _picture(self, picture: Picture, block: Block, page: Page, text: str) -> str:
        number = len(self._images) + 1
        self._images.append(f"media/image{number}.jpeg")
        self._package.add(f"word/{self._images[-1]}", picture.data)
        share = (max(block.polygon[0::2]) - min(block.polygon[0::2])) / page.width
        width = min(share, 1.0) * self._room(0)
        scale = min(1.0, self._room(1) / (width * picture.height / picture.width))
        size = width * scale, width * scale * picture.height / picture.width
        return paragraph(picture_of(f"image{number}", number, size, text))

    def _room(self, side: int) -> float:
        """Width (0) or height (1) between the margins, in points."""
        return self._size[side] - 2 * _MARGIN * min(self._size)

    def close(self) -> None:
        """Write the document."""
        self._rest()
        width, height, margin = (round(20 * side) for side in (*self._size, _MARGIN * min(self._size)))
        turned = ' w:orient="landscape"' if width > height else ""
        margins = " ".join(f'w:{side}="{margin}"' for side in ("top", "right", "bottom", "left"))
        margins += ' w:header="0" w:footer="0" w:gutter="0"'
        section = f'<w:sectPr><w:pgSz w:w="{width}" w:h="{height}"{turned}/><w:pgMar {margins}/></w:sectPr>'
        self._body.write(f"{section}</w:body></w:document>".encode())
        parts, rels = self._template, "word/_rels/document.xml.rels"
        del parts["word/document.xml"]
        images = {f"image{number}": ("image", target) for number, target in enumerate(self._images, 1)}
        parts[rels] = more_relationships(parts[rels], images)
        parts["[Content_Types].xml"] = more_types(parts["[Content_Types].xml"], {"jpeg": "image/jpeg"}, {})
        parts["docProps/core.xml"] = core_properties(self._metadata.get("title") or self._name).encode()
        for name, data in parts.items():
            self._package.add(name, data)
        self._package.close()
        self._pictures.close()


def _in_cell(cell: Cell, rtl: bool) -> str:
    bold = cell.header or (bool(cell.lines) and all(look(line)[0] for line in cell.lines))
    italic = bool(cell.lines) and all(look(line)[1] for line in cell.lines)
    return paragraph(run(cell.text, bold, italic, rtl=rtl), rtl=rtl)


def _set(text: str, style: str = "") -> str:
    rtl = right_to_left(text)
    return paragraph(run(text, rtl=rtl), style, rtl=rtl)


def _styled(group: Sequence[Line], page_text: str) -> str:
    texts = pieces([line.content for line in group], page_text)
    rtl = right_to_left("".join(texts))
    looks = groupby(zip(group, texts, strict=True), lambda part: look(part[0]))
    runs = "".join(run("".join(text for _, text in some), *looked, rtl=rtl) for looked, some in looks)
    return paragraph(runs, rtl=rtl)
