"""Excel workbook: a sheet for each table, with numbers as numbers, and a sheet of all the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from legenda.document import Block, Page
from legenda.exports.base import Exporter, Origin
from legenda.exports.lines import language_of
from legenda.exports.names import sheet_name
from legenda.exports.numbers import decimal_marks, mark_of, number
from legenda.exports.package import Package, content_types, core_properties, relationships
from legenda.exports.paragraphs import is_table, joined
from legenda.exports.rows import rows
from legenda.exports.sheetml import MOST_ROWS, Styles, sheet_begin, sheet_end, sheet_row, string, value, workbook
from legenda.exports.tables import table

_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_LONGEST_NAME = 40  # a longer caption is none to call a sheet by


class Xlsx(Exporter):
    """Tables first, each called after the caption above it; then every row of text, with the page it is from.

    Nothing is a formula: text that looks like one is marked as text, even when somebody edits the cell.
    """

    format = "xlsx"
    joins_tables = True
    suffix = ".xlsx"
    binary = True

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        super().__init__(out, origin)
        self._package = Package(out)
        self._styles = Styles()
        self._marks: Counter[str] = Counter()
        self._tables: list[str] = []
        self._texts: list[BinaryIO] = []
        self._row = 0
        self._begin_text()

    def _add(self, page: Page) -> None:
        self._marks += decimal_marks(line.content for line in page.lines)
        caption = ""
        for block in page.blocks:
            if is_table(block):
                self._add_table(block, caption)
            self._add_text(block, page.number)
            lines = [line.content for line in block.lines if line.content.strip()]
            caption = joined(lines, page.text) if lines and block.kind in ("caption", "heading", "title") else ""

    def _add_table(self, block: Block, caption: str) -> None:
        found = table(block)
        seen = decimal_marks(cell.text for row in found.rows for cell in row)
        mark = mark_of(seen or self._marks, language_of(block.lines))
        merged, written = [], []
        for place, row in enumerate(found.rows, 1):
            cells = []
            for cell in row:
                read = number(cell.text, mark)
                shown = value(read.value, self._styles.of(read.format)) if read else string(cell.text)
                cells.append((cell.column, shown))
                area = (place, cell.column, cell.rows, cell.columns)
                merged += [area] if cell.rows > 1 or cell.columns > 1 else []
            written.append(sheet_row(place, cells))
        self._tables.append(self._named(caption))
        data = sheet_begin(found.turned, len(found.widths)) + "".join(written) + sheet_end(merged)
        self._package.add(f"xl/worksheets/table{len(self._tables)}.xml", data)

    def _named(self, caption: str) -> str:
        name = caption if 0 < len(caption) <= _LONGEST_NAME else f"Table {len(self._tables) + 1}"
        return sheet_name(name, {taken.casefold() for taken in (*self._tables, *self._text_names())})

    def _add_text(self, block: Block, page: int) -> None:
        for row in rows([line for line in block.lines if line.content.strip()]):
            if self._row == MOST_ROWS:
                self._begin_text()
            self._row += 1
            cells = [(0, value(str(page), 0)), *((column, string(line.content)) for column, line in enumerate(row, 1))]
            self._texts[-1].write(sheet_row(self._row, cells).encode())

    def _begin_text(self) -> None:
        self._texts.append(self._package.open(f"xl/worksheets/text{len(self._texts) + 1}.xml"))
        self._texts[-1].write(
            (sheet_begin(False, 0) + sheet_row(1, [(0, string("Page")), (1, string("Text"))])).encode()
        )
        self._row = 1

    def _text_names(self) -> list[str]:
        return ["Text", *(f"Text {number}" for number in range(2, len(self._texts) + 1))]

    def close(self) -> None:
        """Write the workbook."""
        self._rest()
        for text in self._texts:
            text.write(sheet_end([]).encode())
        sheets = dict(self._sheets())
        related = {f"rId{number}": ("worksheet", part) for number, part in enumerate(sheets.values(), 1)}
        related[f"rId{len(related) + 1}"] = ("styles", "styles.xml")
        kinds = {f"/xl/{part}": f"{_MAIN}.worksheet+xml" for part in sheets.values()}
        kinds |= {"/xl/workbook.xml": f"{_MAIN}.sheet.main+xml", "/xl/styles.xml": f"{_MAIN}.styles+xml"}
        kinds["/docProps/core.xml"] = "application/vnd.openxmlformats-package.core-properties+xml"
        root = {"rId1": ("officeDocument", "xl/workbook.xml"), "rId2": ("core-properties", "docProps/core.xml")}
        add = self._package.add
        add("[Content_Types].xml", content_types({}, kinds))
        add("_rels/.rels", relationships(root))
        add("docProps/core.xml", core_properties(self._metadata.get("title") or self._name))
        add("xl/workbook.xml", workbook(list(sheets)))
        add("xl/_rels/workbook.xml.rels", relationships(related))
        add("xl/styles.xml", self._styles.part())
        self._package.close()

    def _sheets(self) -> Iterator[tuple[str, str]]:
        """Names and parts in the order of the workbook."""
        for place, name in enumerate(self._tables, 1):
            yield name, f"worksheets/table{place}.xml"
        for place, name in enumerate(self._text_names(), 1):
            yield name, f"worksheets/text{place}.xml"
