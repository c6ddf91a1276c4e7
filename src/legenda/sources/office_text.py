"""The text of an office file, straight from the file, in the sandbox: what is read where LibreOffice is missing.

Pages are those the format has (slides, sheets, page breaks somebody set); how lines break, nobody knows here.
"""

from __future__ import annotations

import csv
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from legenda.errors import CorruptSourceError, EmptySourceError, LegendaError, TooLargeError
from legenda.sandbox.jobs import Answer, Task
from legenda.sources import odf_text, ooxml_text, rtf_text
from legenda.sources.html_text import pieces_of
from legenda.sources.told import PAGE_BREAK, Piece, Spanning, grid

LINES_PER_PAGE = 60
_MAX_CHARACTERS = 50_000_000
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OverflowError, ValueError, NotImplementedError)
_ARCHIVED = {
    "docx": ooxml_text.document,
    "pptx": ooxml_text.slides,
    "xlsx": ooxml_text.sheets,
    "odt": odf_text.document,
    "odp": odf_text.slides,
    "ods": odf_text.sheets,
}
_opened: dict[str, Any] = {}


def open_file(task: Task) -> Answer:
    """Job: read all text.

    `task.args` holds `name`, `format`, `delimiter` and `pages` (most of them).

    Raises:
        EmptySourceError: there is no text in it.
        TooLargeError: there is too much.
        CorruptSourceError: it is damaged.
    """
    assert task.source is not None  # noqa: S101  (there is an input)
    name = task.args["name"]
    try:
        pages = _pages(_pieces(task))
    except LegendaError:
        raise
    except (*_DAMAGE, csv.Error, RecursionError) as error:
        raise CorruptSourceError(f"{name} is damaged", str(error)[:200], "save it again") from error
    if not pages:
        raise EmptySourceError(f"{name} has no text", "", "install LibreOffice to see what is in it")
    if len(pages) > task.args["pages"]:
        raise TooLargeError(f"{name} is too large", f"it has {len(pages)} pages of {LINES_PER_PAGE} lines", "split it")
    _opened["pages"] = pages
    return Answer({"pages": len(pages), "metadata": {}})


def page(task: Task) -> Answer:
    """Job: page `task.args["number"]`.

    Returns:
        `lines`: of each its text, the row it stands on, and the number of the element it belongs to; `elements` as
        `sources.page.Element`, and `continued`: numbers of the tables that began on a page before.
    """
    return Answer(_opened["pages"][task.args["number"] - 1].told())


def _pieces(task: Task) -> Iterator[Piece]:
    format = task.args["format"]
    with os.fdopen(os.dup(task.source), "rb") as file:  # type: ignore[arg-type]  # checked by the caller
        file.seek(0)
        if reader := _ARCHIVED.get(format):
            with zipfile.ZipFile(file) as archive:
                yield from reader(archive)
            return
        data = file.read()
    if format == "rtf":
        yield from map(Piece, rtf_text.lines_of(data))
    elif format == "csv":
        rows = csv.reader(data.decode("utf-8", "replace").splitlines(), delimiter=task.args["delimiter"])
        yield from grid((map(Spanning, row) for row in rows), 0)
    elif format in ("html", "epub"):
        yield from pieces_of(data.decode("ascii", "replace"))
    else:
        yield from map(Piece, _broken(data.decode("utf-8", "replace")))


def _broken(text: str) -> Iterator[str]:
    for number, page in enumerate(text.split(PAGE_BREAK)):
        if number:
            yield PAGE_BREAK
        yield from page.splitlines()


class _Page:
    """Lines on rows, and what they are; a row of a table is one row, or as many as its longest cell has lines."""

    def __init__(self) -> None:
        self.rows = 0
        self._lines: list[tuple[str, int, int]] = []
        self._elements: list[list[Any]] = []
        self._continued: list[int] = []
        self._tables: dict[int, tuple[int, int]] = {}
        self._row: tuple[int, int] = (-1, -1)
        self._top = 0

    def __bool__(self) -> bool:
        return bool(self._lines)

    def begins_row(self, piece: Piece) -> bool:
        """Whether the piece stands below all that is there."""
        return piece.table < 0 or (piece.table, piece.row) != self._row

    def add(self, piece: Piece, lines: list[str], *, continued: bool) -> None:
        """Add a piece with its lines; its table may have begun on a page before."""
        if self.begins_row(piece):
            self._row, self._top = (piece.table, piece.row), self.rows
        place: tuple[int, ...] = (-1, 0, 0, 1, 1)
        if piece.table >= 0:
            if piece.table not in self._tables:
                self._tables[piece.table] = len(self._tables), piece.row
            number, first = self._tables[piece.table]
            place = (number, piece.row - first, piece.column, piece.rows, piece.columns)
            if continued and number not in self._continued:
                self._continued.append(number)
        self._elements.append([piece.kind, piece.level, *place, int(piece.header)])
        self._lines += [(line, self._top + down, len(self._elements) - 1) for down, line in enumerate(lines)]
        self.rows = max(self.rows, self._top + len(lines))

    def told(self) -> dict[str, Any]:
        """As an answer."""
        return {"lines": self._lines, "elements": self._elements, "continued": self._continued}


def _pages(pieces: Iterable[Piece]) -> list[_Page]:
    pages = [_Page()]
    begun: dict[int, int] = {}
    size = 0
    for piece in pieces:
        if piece.text == PAGE_BREAK:
            pages.append(_Page())
            continue
        size += len(piece.text)
        if size > _MAX_CHARACTERS:
            raise TooLargeError("There is too much text", f"more than {_MAX_CHARACTERS:,} characters", "split the file")
        lines = [line.rstrip() for line in piece.text.splitlines() if line.strip()]
        if piece.table >= 0 and pages[-1].rows >= LINES_PER_PAGE and pages[-1].begins_row(piece):
            pages.append(_Page())
        for start in range(0, len(lines), LINES_PER_PAGE) if piece.table < 0 else (0,) * bool(lines):
            few = lines[start : start + LINES_PER_PAGE] if piece.table < 0 else lines
            if piece.table < 0 and pages[-1].rows + len(few) > LINES_PER_PAGE and pages[-1].rows:
                pages.append(_Page())
            pages[-1].add(piece, few, continued=begun.setdefault(piece.table, len(pages)) < len(pages))
    return [page for page in pages if page]
