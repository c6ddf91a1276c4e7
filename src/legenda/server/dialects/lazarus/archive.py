"""The ZIP: the whole answer as JSON and text, the words as CSV, and what was read."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from legenda.document import Document
from legenda.errors import NotFoundError
from legenda.net.names import clean
from legenda.server.asking import Job
from legenda.server.dialects.lazarus.rendering import done, encoded
from legenda.server.dialects.read import Rendition
from legenda.server.dialects.read.pages import certainty, polygon_of, read_lines, unit_of
from legenda.server.dialects.read.styles import style_of

Original = Callable[[], AbstractContextManager[Path]]

_COLUMNS = (
    *("page", "line", "word", "content", "confidence", "x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4"),
    *("unit", "offset", "length", "isHandwritten"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # what spreadsheets may take for one
_SUFFIXES = {"jpeg": ".jpg", "": ".bin"}
_COPIED = 2**20


def base_of(job: Job) -> str:
    """What the members, and the ZIP, are called: the fileId, else when it was asked for."""
    told = job.request.told
    return (clean(told["documentId"]) if told["named"] else "").strip(". ") or str(int(job.created))


def write(job: Job, document: Document, original: Original, out: BinaryIO) -> None:
    """Write the ZIP of a job that was read.

    Args:
        job: done or partial.
        document: what was read.
        original: opens the input; it may be deleted by now.
        out: takes the ZIP.
    """
    base, answer = base_of(job), encoded(done(job, document))
    made = Rendition(document, job.request.told["index"])
    text = made.content.encode() if job.request.told["plain"] else answer
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{base}.csv", words_csv(made))
        archive.writestr(f"{base}.json", answer)
        archive.writestr(f"{base}.txt", text)
        try:
            with original() as path:
                _add(archive, job, base, path)
        except NotFoundError:
            pass  # inputs are deleted as soon as they are read, where that is so configured


def _add(archive: zipfile.ZipFile, job: Job, base: str, path: Path) -> None:
    if job.request.told["inputs"] == 1:
        archive.write(path, _free(archive, clean(job.request.source.name) or base + _suffix(job.format)))
        return
    # several inputs in a ZIP of our own making, in order
    with zipfile.ZipFile(path) as inputs:
        for number, (info, member) in enumerate(zip(inputs.infolist(), job.members, strict=False), 1):
            name = _free(archive, f"{base}-{number}{_suffix(member.format)}")
            with inputs.open(info) as source, archive.open(name, "w") as out:
                while piece := source.read(_COPIED):
                    out.write(piece)


def _suffix(format: str) -> str:
    return _SUFFIXES.get(format, f".{format}")


def _free(archive: zipfile.ZipFile, name: str) -> str:
    """The name, or one like it that no member has (nor would have where case does not count)."""
    taken = {member.lower() for member in archive.namelist()}
    while name.lower() in taken:
        name = f"original-{name}"
    return name


def words_csv(made: Rendition) -> bytes:
    """A row for every word: UTF-8 with a byte order mark, lines that end in CRLF (RFC 4180), no formulas."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    writer.writerows(_rows(made))
    return out.getvalue().encode("utf-8-sig")


def _rows(made: Rendition) -> Iterator[list[object]]:
    for page in made.pages:
        unit, measured = unit_of(page)
        for line_number, (block, line, words) in enumerate(read_lines(page), 1):
            written = str(style_of(block, line)[0]).lower()
            for number, word in enumerate(words, 1):
                place = [page.number, line_number, number, _safe(word.content), certainty(word.confidence)]
                span = made.ruler.span(*word.span)
                yield [*place, *polygon_of(word.polygon, measured), unit, span["offset"], span["length"], written]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
