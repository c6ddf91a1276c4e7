"""Pages of office files without LibreOffice: their text, line below line, since nobody knows better."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from legenda.document.geometry import Box, Polygon, from_box
from legenda.document.model import Problem
from legenda.errors import ParserCrashError
from legenda.options import Limits
from legenda.sandbox.process import Child, Reply
from legenda.sources import libreoffice
from legenda.sources.page import Element, Rendering, SourcePage, TextLayer, TextLine
from legenda.sources.pages import element_of
from legenda.sources.source import Source, counted

FORMATS = frozenset(("docx", "pptx", "xlsx", "odt", "odp", "ods", "rtf", "csv", "html", "epub", "txt"))
_WIDTH, _HEIGHT = 595.0, 842.0
"""Points: A4."""
_GAP, _STEP = 3, 4
"""Letters between columns, and that an item of a list stands further in than the one it belongs to."""
_MARGIN, _LETTER, _SIZE, _LEADING = 36.0, 5.0, 10.0, 12.5


class TextSource(Source):
    """An office file whose text alone is read. Positions on its pages are made up, and each page says so."""

    shown = False

    def __init__(self, descriptor: int, format: str, *, name: str, limits: Limits, delimiter: str = ",") -> None:
        self.name, self._password, self._limits, self._descriptor = name, None, limits, descriptor
        self.format, self.unit, self.metadata = format, "point", {}
        self._delimiter = delimiter
        self._parser = "legenda.sources.office_text"
        self._lock = threading.RLock()
        self._child = Child(descriptor, limits=limits, name=name)
        try:
            self.page_count = counted(self._open().args.get("pages"), limits)
        except BaseException:
            self.close()
            raise

    def page(self, number: int) -> SourcePage:
        """Text of a page; as `Source.page`."""
        told = self._call("page", number, {}).args
        try:
            elements = tuple(element_of(*one) for one in told["elements"])
            lines = [(cleaned(str(text)), int(row), int(owner)) for text, row, owner in told["lines"]]
            if any(not 0 <= owner < len(elements) or row < 0 for _, row, owner in lines):
                raise ValueError("lines of nothing")
            continued = frozenset(map(int, told["continued"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ParserCrashError(f"page {number} of {self.name} was not read", f"nonsense answer: {error}") from error
        lefts = _lefts(lines, elements)
        placed = tuple(_line(text, lefts[owner], _MARGIN + row * _LEADING, owner) for text, row, owner in lines if text)
        width = max([_WIDTH, *(line.polygon[2] + _MARGIN for line in placed)])
        height = max(_HEIGHT, 2 * _MARGIN + (1 + max((row for _, row, _ in lines), default=0)) * _LEADING)
        message = f"Page {number} was read without LibreOffice: no pictures, and the places of its lines are made up."
        problem = Problem("no_layout", f"{message} {libreoffice.missing(self.name, self.format).remedy}.")
        text = TextLayer(placed, elements=elements, continued=continued) if placed else None
        return SourcePage(number, width, height, "point", text, problems=(problem,))

    def raster(self, number: int, dpi: int, box: Box | None = None) -> Rendering:
        """There are no pixels.

        Raises:
            MissingComponentError: always.
        """
        raise libreoffice.missing(self.name, self.format)

    def looks(self, number: int) -> None:
        """Nobody knows."""

    def _open(self) -> Reply:
        args = {"name": self.name, "format": self.format, "delimiter": self._delimiter, "pages": self._limits.pages}
        return self._child.call(f"{self._parser}:open_file", args, seconds=self._limits.open_seconds)


def cleaned(text: str) -> str:
    """NFC, without control characters; tabs stay between the cells of a row as single spaces."""
    text = "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def _lefts(lines: Sequence[tuple[str, int, int]], elements: Sequence[Element]) -> list[float]:
    """Where lines of each element begin: cells stand beside one another, items of lists further in."""
    needed: dict[tuple[int, int], int] = {}
    for text, _, owner in lines:
        cell = elements[owner]
        if cell.table >= 0:
            wide = len(text) // cell.columns + 1
            for column in range(cell.column, cell.column + cell.columns):
                needed[cell.table, column] = max(wide, needed.get((cell.table, column), 1))
    lefts = []
    for element in elements:
        before = sum(needed.get((element.table, column), 1) + _GAP for column in range(element.column))
        steps = before if element.table >= 0 else _STEP * max(0, element.level - 1) * (element.kind == "list")
        lefts.append(_MARGIN + steps * _LETTER)
    return lefts


def _line(text: str, left: float, top: float, owner: int) -> TextLine:
    words = tuple(text.split(" "))
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word) + 1)
    polygons = tuple(_place(left, start, end - 1, top) for start, end in pairwise(starts))
    return TextLine(text, _place(left, 0, len(text), top), words, polygons, owner)


def _place(left: float, start: int, end: int, top: float) -> Polygon:
    return from_box(left + start * _LETTER, top, left + end * _LETTER, top + _SIZE)
