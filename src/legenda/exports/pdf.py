"""Searchable PDF: the original pages or pictures, with the text that was read lying invisibly over it.

A PDF's pages get text only where they had none that could be trusted; it takes the place of what an earlier OCR hid on
them. A PDF that was encrypted stays so, with the same passwords and permissions. Pictures become pages of the size
their resolution tells. Of an archive all members are put together (`pdf_archive`). The same as PDF/A-2b is a format of
its own.
"""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from legenda import sandbox
from legenda.document import Line, Page, Word
from legenda.errors import OutputError
from legenda.exports.base import Exporter, Origin
from legenda.options import Limits
from legenda.sources.layers import Layer, pack
from legenda.sources.layers import Word as LayerWord
from legenda.sources.sniff import HEAD_BYTES, OFFICE, sniff

_TEXT_LAYER = "text-layer"
_MADE = frozenset(("zip", "eml")) | OFFICE
_JOB = "legenda.sources.pdf_layer:write"


class SearchablePdf(Exporter):
    """Collects each page's layer in a file, then has the sandbox write the PDF."""

    format = "pdf"
    suffix = ".pdf"
    binary = True
    keeps_original = True
    archival: ClassVar[bool] = False

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        super().__init__(out, origin)
        if origin.data is None:
            raise OutputError("No searchable PDF can be written", "the original is not at hand", "read it from a file")
        self._layers = tempfile.TemporaryFile()  # noqa: SIM115

    def _add(self, page: Page) -> None:
        lines = [words for line in _read(page) if (words := _words(line))]
        whole, added = page.source == "ocr", len(lines)
        if self.archival:  # a page that cannot be kept becomes a picture, which has no text of its own
            lines += [words for line in page.lines if not _is_read(page, line) and (words := _words(line))]
        part = (page.part.picture, *page.part.box) if page.part else None
        layer = Layer(
            number=page.number,
            width=page.width,
            height=page.height,
            whole=whole,
            added=added,
            part=part,
            lines=lines,
        )
        self._layers.write(pack(layer))

    def close(self) -> None:
        """Write the PDF.

        Raises:
            LegendaError: the original cannot be parsed again; see `legenda.sandbox.call`.
        """
        assert self._origin.data is not None  # noqa: S101  (checked on entry)
        title = self._metadata.get("title") or self._name
        args = {"password": self._origin.password, "title": title, "archival": self.archival}
        self._layers.flush()
        with self._layers:
            # mapped, not read: a thousand pages of text stay outside memory
            records = memoryview(mmap.mmap(self._layers.fileno(), 0, access=mmap.ACCESS_READ)) if self._count else b""
        if _is_made_of_others(self._origin.data):
            self._write_made(records, args)
            return
        sandbox.call(_JOB, args, [records], source=self._origin.data, output=self._out, limits=self._limits())

    def _write_made(self, records: bytes | memoryview, args: dict[str, Any]) -> None:
        """Of an archive its members, of an office file the PDF that was made of it."""
        from legenda.exports import pdf_archive
        from legenda.sources.archive import Archive
        from legenda.sources.source import open_source

        origin = self._origin
        assert origin.data is not None  # noqa: S101  (checked on entry)
        limits = replace(self._limits(), pages=max(Limits().pages, self._count))
        with open_source(origin.data, name=self._name, password=origin.password, limits=limits) as source:
            if isinstance(source, Archive):
                pdf_archive.write(source, records, self._out, origin, args["title"], archival=self.archival)
                return
            if not source.shown:
                why = "LibreOffice, which makes its pages, is not here or cannot be confined"
                raise OutputError("No searchable PDF can be written", why, "install LibreOffice, or ask for text")
            with open(source.descriptor, "rb", closefd=False) as made:
                data = mmap.mmap(made.fileno(), 0, access=mmap.ACCESS_READ)
            sandbox.call(_JOB, args | {"password": None}, [records], source=data[:], output=self._out, limits=limits)

    def _limits(self) -> Limits:
        """The input was let in before, so its size is no question here; each page may take its time to be packed."""
        data, usual = self._origin.data, Limits()
        size = 0 if isinstance(data, Path) else len(data or b"")
        with suppress(OSError):  # the sandbox says in its own words what is wrong with the file
            size = data.stat().st_size if isinstance(data, Path) else size
        return replace(usual, bytes=max(usual.bytes, size), pages=100 * max(self._count, 1))


class ArchivalPdf(SearchablePdf):
    """Searchable PDF as PDF/A-2b. Pages become pictures where fonts are missing or colours are meant for inks.

    Encrypted PDFs are refused: archives do not allow that, and protection is not taken off silently.
    """

    format = "pdf-a"
    archival = True


def _is_made_of_others(data: Path | bytes) -> bool:
    if isinstance(data, bytes):
        return sniff(data[:HEAD_BYTES]) in _MADE
    with suppress(OSError), data.open("rb") as file:  # the sandbox says in its own words what is wrong with it
        return sniff(file.read(HEAD_BYTES)) in _MADE
    return False


def _read(page: Page) -> Iterator[Line]:
    """The lines that are not in the file's own text layer."""
    return (line for line in page.lines if _is_read(page, line))


def _is_read(page: Page, line: Line) -> bool:
    return page.source != "text_layer" and line.engine != _TEXT_LAYER


def _words(line: Line) -> list[LayerWord]:
    words = line.words or (Word(line.content, line.polygon, line.confidence, line.span),)
    ends = [word.span.offset for word in words[1:]]
    spaces = [end > word.span.offset + word.span.length for word, end in zip(words, [*ends, 0], strict=True)]
    return [
        (word.content, space, word.polygon)
        for word, space in zip(words, spaces, strict=True)
        if word.content.strip() and isfinite(sum(word.polygon))
    ]
