"""Excel workbook: a sheet for each page, a row for each line of the page, a cell for each piece of text on it."""

from __future__ import annotations

from typing import BinaryIO

from legenda.document import Page
from legenda.exports.base import Exporter, Origin
from legenda.exports.office import cells, needing

_LONGEST_CELL = 32_767  # characters Excel has room for
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class Xlsx(Exporter):
    """Cells are text, numbers too: what was read is not interpreted. All of it is in memory until it is closed."""

    format = "xlsx"
    suffix = ".xlsx"
    binary = True

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        super().__init__(out, origin)
        with needing("XlsxWriter", self.format):
            from xlsxwriter import Workbook
        self._book = Workbook(out, _PLAIN)
        self._book.set_properties({"title": (self._metadata.get("title") or self._name)[:255]})

    def _add(self, page: Page) -> None:
        sheet = self._book.add_worksheet(f"Page {page.number}")
        row = 0
        for block in page.blocks:
            for texts in cells(block):
                for column, text in enumerate(texts):
                    sheet.write_string(row, column, text[:_LONGEST_CELL])
                row += 1
            row += 1  # a blank row between blocks

    def close(self) -> None:
        """Write the workbook."""
        self._book.close()
