"""CSV (RFC 4180, UTF-8): a row for each line of text, with its page, confidence and box."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import BinaryIO

from legenda.document import Page
from legenda.exports.base import Exporter, Origin

COLUMNS = ("page", "text", "confidence", "left", "top", "right", "bottom", "unit")
# what spreadsheets take for a formula, the full-width forms included (OWASP, CSV injection)
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠\t\r]")
_NUMBER = re.compile(r"\s*[+-]?[\d.,\s'%]+")


class Csv(Exporter):
    """Lines in reading order; boxes in the page's unit, origin top left. Unreadable lines have no text."""

    format = "csv"
    suffix = ".csv"

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        super().__init__(out, origin)
        self._row(COLUMNS)

    def _add(self, page: Page) -> None:
        for line in page.lines:
            xs, ys = line.polygon[0::2], line.polygon[1::2]
            box = [f"{value:.1f}" for value in (min(xs), min(ys), max(xs), max(ys))]
            self._row((str(page.number), guarded(line.content), f"{line.confidence:.3f}", *box, page.unit))

    def close(self) -> None:
        """Nothing comes after the last page."""

    def _row(self, values: tuple[str, ...]) -> None:
        text = StringIO(newline="")
        csv.writer(text).writerow(values)
        self._write(text.getvalue())


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: a quote stands before what would be one. Numbers stay."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
