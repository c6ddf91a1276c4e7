"""CSV (RFC 4180, UTF-8): the tables, a blank row between them; where there are none, a row for each line of text."""

from __future__ import annotations

import csv
import re
import shutil
import tempfile
from collections.abc import Iterable
from io import StringIO
from typing import BinaryIO, cast

from legenda.document import Block, Page
from legenda.exports.base import Exporter, Origin
from legenda.exports.paragraphs import is_table
from legenda.exports.tables import table

COLUMNS = ("page", "text", "confidence", "left", "top", "right", "bottom", "unit")
# what spreadsheets take for a formula, the full-width forms included (OWASP, CSV injection)
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠\t\r]")
_NUMBER = re.compile(r"\s*[+-]?[\d.,\s'%]+")
_IN_MEMORY = 2**20


class Csv(Exporter):
    """Tables with their cells in columns. Of lines: boxes in the page's unit, origin top left.

    Lines wait outside memory until the last page has shown whether there are tables.
    """

    format = "csv"
    joins_tables = True
    suffix = ".csv"

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        super().__init__(out, origin)
        self._lines = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        self._tables = 0
        self._lines.write(_row(COLUMNS))

    def _add(self, page: Page) -> None:
        for block in page.blocks:
            if texts := _texts(block):
                self._out.write(b"\r\n" if self._tables else b"")
                self._tables += 1
                for cells in texts:
                    self._out.write(_row(map(guarded, cells)))
        for line in () if self._tables else page.lines:
            xs, ys = line.polygon[0::2], line.polygon[1::2]
            box = [f"{value:.1f}" for value in (min(xs), min(ys), max(xs), max(ys))]
            row = (str(page.number), guarded(line.content), f"{line.confidence:.3f}", *box, page.unit)
            self._lines.write(_row(row))

    def close(self) -> None:
        """Write the lines, if there was no table."""
        self._rest()
        with self._lines:
            if not self._tables:
                self._lines.seek(0)
                shutil.copyfileobj(cast(BinaryIO, self._lines), self._out)


def _texts(block: Block) -> list[list[str]]:
    """The cells of a table, or of what a chart shows."""
    if block.notation and "csv" in block.notation.forms:
        return list(csv.reader(StringIO(block.notation.forms["csv"])))
    return table(block).texts() if is_table(block) else []


def _row(values: Iterable[str]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerow(values)
    return text.getvalue().encode()


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: a quote stands before what would be one. Numbers stay."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
