"""What an exporter is: pages go in one by one, bytes come out; nothing piles up in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, ClassVar

from legenda.document import Page
from legenda.document.text import printable_map, printable_page
from legenda.exports.names import plain_name
from legenda.exports.table_breaks import JoinedTables


@dataclass(frozen=True, slots=True)
class Origin:
    """What the pages were read from.

    Attributes:
        name: file name of the input, or empty.
        data: the input itself, for formats that keep its pages (`pdf`) or show pictures of them (`pptx`, `docx`).
        password: what opened it.
        metadata: title, author and the like.
        pages: how many pages will come, 0 when not known.
        bare: each page is one crop (`ReadOptions.content`): its content is written without a document around it.
    """

    name: str = ""
    data: Path | bytes | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    metadata: Mapping[str, str] = field(default_factory=dict)
    pages: int = 0
    bare: bool = False


class Exporter(ABC):
    """Writes the pages of one input in one format.

    Text handed to formats is printable: no control characters and no lone surrogates ever leave.

    Args:
        out: takes the bytes; stays open after `close`.
        origin: what the pages were read from.

    Attributes:
        format: name on the command line.
        suffix: of the file names, with the dot.
        binary: whether the format is unfit for a terminal.
        keeps_original: whether it is made of the input's own pages, which must be at hand (`Origin.data`).
        joins_tables: whether a table over several pages is written whole; `close` must then begin with `_rest`.
        uses_original: whether it shows pictures of the input's pages where they are at hand.
    """

    format: ClassVar[str]
    suffix: ClassVar[str]
    binary: ClassVar[bool] = False
    keeps_original: ClassVar[bool] = False
    joins_tables: ClassVar[bool] = False
    uses_original: ClassVar[bool] = False

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        self._out = out
        self._origin = origin
        self._name = plain_name(origin.name)
        self._metadata = printable_map(origin.metadata)
        self._count = 0
        self._joined = JoinedTables()

    def add(self, page: Page) -> None:
        """Write a page; pages come in order, with spans in the document's text."""
        page = printable_page(page)
        for done in self._joined.add(page) if self.joins_tables else (page,):
            self._add(done)
            self._count += 1

    def _rest(self) -> None:
        """Write the pages that wait for the end of a table."""
        for page in self._joined.rest():
            self._add(page)
            self._count += 1

    @abstractmethod
    def close(self) -> None:
        """Write what comes after the last page."""

    @abstractmethod
    def _add(self, page: Page) -> None: ...

    def _write(self, text: str) -> None:
        self._out.write(text.encode())
