"""Pages of office files without LibreOffice: their text, line below line, since nobody knows better."""

from __future__ import annotations

import threading
import unicodedata
from itertools import pairwise

from legenda.document.geometry import Box, Polygon, from_box
from legenda.document.model import Problem
from legenda.errors import ParserCrashError
from legenda.options import Limits
from legenda.sandbox.process import Child, Reply
from legenda.sources import libreoffice
from legenda.sources.page import Rendering, SourcePage, TextLayer, TextLine
from legenda.sources.source import Source, counted

FORMATS = frozenset(("docx", "pptx", "xlsx", "odt", "odp", "ods", "rtf", "csv", "html", "epub", "txt"))
_WIDTH, _HEIGHT = 595.0, 842.0
"""Points: A4."""
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
        lines = self._call("page", number, {}).args.get("lines")
        if not isinstance(lines, list):
            raise ParserCrashError(f"page {number} of {self.name} was not read", "its parser answered nonsense")
        texts = [cleaned(str(line)) for line in lines]
        longest = max(map(len, texts), default=0)
        width = max(_WIDTH, 2 * _MARGIN + longest * _LETTER)
        height = max(_HEIGHT, 2 * _MARGIN + len(texts) * _LEADING)
        placed = tuple(_line(text, _MARGIN + row * _LEADING) for row, text in enumerate(texts) if text.strip())
        message = f"Page {number} was read without LibreOffice: no pictures, and the places of its lines are made up."
        problem = Problem("no_layout", f"{message} {libreoffice.missing(self.name, self.format).remedy}.")
        return SourcePage(number, width, height, "point", TextLayer(placed) if placed else None, problems=(problem,))

    def raster(self, number: int, dpi: int, box: Box | None = None) -> Rendering:
        """There are no pixels.

        Raises:
            MissingComponentError: always.
        """
        raise libreoffice.missing(self.name, self.format)

    def _open(self) -> Reply:
        args = {"name": self.name, "format": self.format, "delimiter": self._delimiter, "pages": self._limits.pages}
        return self._child.call(f"{self._parser}:open_file", args, seconds=self._limits.open_seconds)


def cleaned(text: str) -> str:
    """NFC, without control characters; tabs stay between the cells of a row as single spaces."""
    text = "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def _line(text: str, top: float) -> TextLine:
    words = tuple(text.split(" "))
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word) + 1)
    polygons = tuple(_place(start, end - 1, top) for start, end in pairwise(starts))
    return TextLine(text, _place(0, len(text), top), words, polygons)


def _place(start: int, end: int, top: float) -> Polygon:
    return from_box(_MARGIN + start * _LETTER, top, _MARGIN + end * _LETTER, top + _SIZE)
