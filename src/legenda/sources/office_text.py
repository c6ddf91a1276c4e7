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
from legenda.sources.html_text import lines_of as html_lines

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
PAGE_BREAK = "\f"
"""A line of its own: what follows stands on another page."""

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
        pages = _pages(_lines(task))
    except LegendaError:
        raise
    except (*_DAMAGE, csv.Error, RecursionError) as error:
        raise CorruptSourceError(f"{name} is damaged", str(error)[:200], "save it again") from error
    if not any(pages):
        raise EmptySourceError(f"{name} has no text", "", "install LibreOffice to see what is in it")
    if len(pages) > task.args["pages"]:
        raise TooLargeError(f"{name} is too large", f"it has {len(pages)} pages of {LINES_PER_PAGE} lines", "split it")
    _opened["pages"] = pages
    return Answer({"pages": len(pages), "metadata": {}})


def page(task: Task) -> Answer:
    """Job: the lines of page `task.args["number"]`."""
    return Answer({"lines": _opened["pages"][task.args["number"] - 1]})


def _lines(task: Task) -> Iterator[str]:
    format = task.args["format"]
    with os.fdopen(os.dup(task.source), "rb") as file:  # type: ignore[arg-type]  # checked by the caller
        file.seek(0)
        if reader := _ARCHIVED.get(format):
            with zipfile.ZipFile(file) as archive:
                yield from reader(archive)
            return
        data = file.read()
    if format == "rtf":
        yield from rtf_text.lines_of(data)
    elif format == "csv":
        rows = csv.reader(data.decode("utf-8", "replace").splitlines(), delimiter=task.args["delimiter"])
        yield from ("\t".join(row) for row in rows)
    elif format in ("html", "epub"):
        yield from html_lines(data.decode("ascii", "replace"))
    else:
        yield from _broken(data.decode("utf-8", "replace"))


def _broken(text: str) -> Iterator[str]:
    for number, page in enumerate(text.split(PAGE_BREAK)):
        if number:
            yield PAGE_BREAK
        yield from page.splitlines()


def _pages(lines: Iterable[str]) -> list[list[str]]:
    pages: list[list[str]] = [[]]
    size = 0
    for line in lines:
        if line == PAGE_BREAK:
            pages.append([])
            continue
        size += len(line)
        if size > _MAX_CHARACTERS:
            raise TooLargeError("There is too much text", f"more than {_MAX_CHARACTERS:,} characters", "split the file")
        for piece in filter(str.strip, line.splitlines()):
            if len(pages[-1]) >= LINES_PER_PAGE:
                pages.append([])
            pages[-1].append(piece.rstrip())
    while len(pages) > 1 and not pages[-1]:
        pages.pop()
    return pages
