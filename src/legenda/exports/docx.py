"""Word document: headings, paragraphs, lists, tables and pictures by kind of block; each page begins on a new one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from legenda.document import Block, Line, Page
from legenda.document.mathsigns import NAMESPACE
from legenda.document.text import printable
from legenda.exports.base import Exporter, Origin
from legenda.exports.inline import Run, runs
from legenda.exports.package import (
    HEAD,
    RELATIONSHIPS,
    Package,
    core_properties,
    more_relationships,
    more_types,
    template,
)
from legenda.exports.paragraphs import Item, grouped, is_table, listed
from legenda.exports.pictures import PICTURED, PagePictures, Picture
from legenda.exports.rows import right_to_left
from legenda.exports.tables import Cell, Table, table
from legenda.exports.wordml import hyperlink, paragraph, picture_of, run, table_of

_STYLES = {"title": "Title", "caption": "Caption"}
_DRAWN = frozenset((*PICTURED, "molecule", "geometry", "score"))
_BULLETS = ("ListBullet", "ListBullet2", "ListBullet3")
_STEP = 18.0
"""Points an item stands further in than the one it belongs to."""
_CODE_FONT = "Courier New"
_DOCUMENT = (
    f'{HEAD}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    f' xmlns:r="{RELATIONSHIPS}"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
    f' xmlns:m="{NAMESPACE}"><w:body>'
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
        self._links: dict[str, str] = {}

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
        latex = block.notation.forms.get("latex", "") if block.notation and block.kind == "formula" else ""
        if latex and (equation := _equation(printable(latex))):
            yield paragraph(f"<m:oMathPara>{equation}</m:oMathPara>")
        elif (block.kind in _DRAWN or latex) and (picture := self._pictures.cut(page, block)):
            yield self._picture(picture, block, page, " ".join(line.content for line in lines))
        elif latex and not lines:
            yield paragraph(run(printable(latex), font=_CODE_FONT))
        elif not lines:
            return
        elif block.kind == "code":
            for line in lines:
                yield paragraph(run(line.content, font=_CODE_FONT))
        elif is_table(block):
            yield from self._table(table(block), page.text)
        elif block.kind == "list":
            yield from (self._item(item, block.level, page.text) for item in listed(lines))
        elif block.kind == "heading":
            yield self._set(lines, page.text, f"Heading{min(max(block.level, 1), 9)}")
        elif block.kind in _STYLES:
            yield self._set(lines, page.text, _STYLES[block.kind])
        else:
            yield from (self._set(group, page.text) for group in grouped(lines))

    def _item(self, item: Item, level: int, page_text: str) -> str:
        """An item of a list; numbers as they are written: Word would begin each list anew, or not at all."""
        deep = max(level, 1) - 1
        if item.name == "-":
            found = self._runs(runs(item.lines, page_text), item.label)
            return paragraph(found, _BULLETS[min(deep, 2)], rtl=right_to_left(item.lines[0].content))
        found = self._runs(runs(item.lines, page_text))
        return paragraph(found, "ListParagraph", rtl=right_to_left(item.lines[0].content), indent=(deep + 1) * _STEP)

    def _set(self, lines: Sequence[Line], page_text: str, style: str = "") -> str:
        """Lines as one paragraph; headings are bold already."""
        found = runs(lines, page_text)
        if style:
            found = [Run(one.text, one.look._replace(bold=False)) for one in found]
        rtl = right_to_left("".join(one.text for one in found))
        return paragraph(self._runs(found, rtl=rtl), style, rtl=rtl)

    def _runs(self, found: Sequence[Run], skipped: int = 0, *, rtl: bool = False) -> str:
        """Runs without so many of the first characters; formulas become equations, addresses links."""
        made = ""
        for text, how in found:
            part, skipped = text[skipped:], max(0, skipped - len(text))
            if how.formula and (equation := _equation(printable(how.formula))):
                made += " " * part[:1].isspace() + equation + (run(" ") if part[-1:].isspace() else "")
            elif part:
                shown = run(part, how, rtl=rtl)
                made += hyperlink(shown, self._link(how.link)) if how.link else shown
        return made

    def _link(self, address: str) -> str:
        """The relationship of an address."""
        return self._links.setdefault(printable(address), f"link{len(self._links) + 1}")

    def _table(self, found: Table, page_text: str) -> Iterator[str]:
        rtl = found.turned
        if len(found.widths) > _MOST_COLUMNS:
            for row in found.rows:
                text = "\t".join(cell.text for cell in row)
                yield paragraph(run(text, rtl=right_to_left(text)), rtl=right_to_left(text))
            return
        rows = [[(c.column, c.columns, c.rows, self._cell(c, page_text, rtl=rtl)) for c in row] for row in found.rows]
        yield table_of(rows, [self._room(0) * width for width in found.widths], heads=found.heads, rtl=rtl)

    def _cell(self, cell: Cell, page_text: str, *, rtl: bool) -> str:
        found = runs(cell.lines, page_text) if cell.lines else []
        bold = [Run(one.text, one.look._replace(bold=one.look.bold or cell.header)) for one in found]
        return paragraph(self._runs(bold, rtl=rtl), rtl=rtl)

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
        links = {id: ("hyperlink", address) for address, id in self._links.items()}
        parts[rels] = more_relationships(parts[rels], images | links)
        parts["[Content_Types].xml"] = more_types(parts["[Content_Types].xml"], {"jpeg": "image/jpeg"}, {})
        parts["docProps/core.xml"] = core_properties(self._metadata.get("title") or self._name).encode()
        for name, data in parts.items():
            self._package.add(name, data)
        self._package.close()
        self._pictures.close()


def _equation(latex: str) -> str:
    """As an equation of Word; empty where it has none."""
    from legenda.exports import omml  # which takes the readers of notations along

    try:
        return omml.equation(latex)
    except (ValueError, RecursionError):
        return ""
