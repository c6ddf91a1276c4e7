"""Word document: headings, paragraphs, lists and tables by kind of block; each page begins on a new one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, BinaryIO

from legenda.document import Block, Page
from legenda.exports.base import Exporter, Origin
from legenda.exports.office import cells, needing
from legenda.exports.paragraphs import is_table, items, joined, paragraphs

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

_HEADINGS = {"title": "Title", "heading": "Heading 1"}
_CODE_FONT = "Courier New"


class Docx(Exporter):
    """Text and structure; how it was set on the page is not kept. All of it is in memory until it is closed."""

    format = "docx"
    suffix = ".docx"
    binary = True

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        super().__init__(out, origin)
        with needing("python-docx", self.format):
            from docx import Document
        self._document = Document()
        about = self._document.core_properties
        about.author, about.comments = "", ""
        about.title = (self._metadata.get("title") or self._name)[:255]
        about.created = about.modified = dt.datetime.now(dt.UTC)

    def _add(self, page: Page) -> None:
        if self._count:
            self._document.add_page_break()  # type: ignore[no-untyped-call]
        for block in page.blocks:
            self._block(block, page.text)

    def _block(self, block: Block, page_text: str) -> None:
        lines = [line for line in block.lines if line.content.strip()]
        if not lines:
            return
        if block.kind == "code":
            for line in lines:
                self._paragraph(line.content).runs[0].font.name = _CODE_FONT
        elif is_table(block):
            self._table(cells(block))
        elif block.kind == "list":
            for name, text in items(lines, page_text):
                # numbers as they are written: Word would begin each list anew, or not at all
                bullet = name == "-"
                self._paragraph(text if bullet else f"{name} {text}", "List Bullet" if bullet else "List Paragraph")
        elif block.kind in _HEADINGS:
            self._paragraph(joined([line.content for line in lines], page_text), _HEADINGS[block.kind])
        else:
            for text in paragraphs(lines, page_text):
                self._paragraph(text)

    def _paragraph(self, text: str, style: str | None = None) -> Paragraph:
        return self._document.add_paragraph(text, style)

    def _table(self, rows: list[list[str]]) -> None:
        table = self._document.add_table(0, max(map(len, rows)), "Table Grid")
        for texts in rows:
            for cell, text in zip(table.add_row().cells, texts, strict=False):
                cell.text = text

    def close(self) -> None:
        """Write the document."""
        self._document.save(self._out)
