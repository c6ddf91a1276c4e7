"""Opens an archive: its members are inputs of their own, taken out one at a time, and their pages count on."""

from __future__ import annotations

import os
import threading
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any, NamedTuple

from legenda.document.geometry import Box
from legenda.errors import LegendaError, ParserCrashError, TooLargeError
from legenda.options import Limits
from legenda.sandbox.descriptors import open_target
from legenda.sandbox.process import Child, Reply
from legenda.sources.page import Rendering, SourcePage
from legenda.sources.sniff import HEAD_BYTES, OFFICE, sniff
from legenda.sources.source import Source, opened

SINGLE = frozenset(("png", "jpeg", "bmp"))
"""Formats that are one page, unless they are so wide that two may be on them."""

_JOBS = {
    "zip": "legenda.sources.archive_members",
    "eml": "legenda.sources.mail",
    "pdf": "legenda.sources.pdf_attachments",
}
_CHUNK = 2**20


class Member(NamedTuple):
    """A file in an archive: its name, its format (empty where it is none that can be read), its pages (1 then)."""

    name: str
    format: str
    pages: int


class _Listed(NamedTuple):
    """A file as the child tells it; `wide` if it may be a picture of two pages."""

    name: str
    format: str
    wide: bool


class Archive(Source):
    """An open ZIP, or a message or a PDF with its attachments.

    Page numbers go on from one member to the next, in the order the archive has them.

    A member that cannot be opened is one page, and that raises why. Archives within archives are not opened.

    Args:
        descriptor: of the archive.
        name: for messages.
        password: opens members that are encrypted themselves, such as PDFs.
        limits: caps; `bytes` holds for what is unpacked, too, and `pages` for the number of members.
        counts: pages of each member, if somebody has counted them before.

    Attributes:
        members: in order.
    """

    def __init__(
        self, descriptor: int, *, name: str, password: str | None, limits: Limits, counts: Sequence[int] = ()
    ) -> None:
        self.name, self._password, self._limits, self._descriptor = name, password, limits, descriptor
        kind = sniff(os.pread(descriptor, HEAD_BYTES, 0))
        self.format = kind if kind in _JOBS else "zip"
        self.metadata = {}
        self.unit = "point"  # of a page that cannot be opened
        self._lock = threading.RLock()
        self._at, self._member = -1, None
        try:
            self._target = open_target()
        except OSError:
            os.close(descriptor)
            raise
        self._child = Child(descriptor, self._target, limits=limits, name=name)
        try:
            listed = _listed(self._open(), limits)
            self._names = [told.name for told in listed]
            if len(counts) != len(listed):
                found = [self._looked_at(index, told) for index, told in enumerate(listed)]
                counts = [count for _, count in found]
                listed = [told._replace(format=format) for told, (format, _) in zip(listed, found, strict=True)]
            pairs = zip(listed, counts, strict=True)
            self.members = tuple(Member(told.name, told.format, count) for told, count in pairs)
            self._ends = list(accumulate(counts))
            self.page_count = self._ends[-1]
            if self.page_count > limits.pages:
                raise TooLargeError(f"{name} has too many pages", f"{self.page_count}, of {limits.pages}", "split it")
        except BaseException:
            self.close()
            raise

    _member: Source | None

    def page(self, number: int) -> SourcePage:
        """As `Source.page`; the number of the page is that within the archive."""
        with self._lock:
            index, inner = self.place(number)
            return replace(self._taken(index).page(inner), number=number)

    def raster(self, number: int, dpi: int, box: Box | None = None) -> Rendering:
        """As `Source.raster`."""
        with self._lock:
            index, inner = self.place(number)
            return self._taken(index).raster(inner, dpi, box)

    def close(self) -> None:
        """Stop the children and let go of the input."""
        with self._lock:
            self._leave()
            self._child.close()
            if self._descriptor >= 0:
                os.close(self._descriptor)
                os.close(self._target)
                self._descriptor = self._target = -1

    def _open(self) -> Reply:
        limits = self._limits
        args = {"name": self.name, "bytes": limits.bytes, "members": limits.pages, "password": self._password}
        return self._child.call(f"{_JOBS[self.format]}:open_file", args, seconds=limits.open_seconds)

    def place(self, number: int) -> tuple[int, int]:
        """Which member a page lies in (from 0), and its number there.

        Raises:
            IndexError: there is no such page.
        """
        if not 1 <= number <= self.page_count:
            raise IndexError(f"{self.name} has {self.page_count} pages, not page {number}")
        index = bisect_right(self._ends, number - 1)
        return index, number - (self._ends[index - 1] if index else 0)

    def _looked_at(self, index: int, told: _Listed) -> tuple[str, int]:
        """Format and pages of a member; what an Office file is, is told by opening it."""
        if not told.format or (told.format in SINGLE and not told.wide):
            return told.format, 1
        try:
            member = self._taken(index)
            return member.format, member.page_count
        except LegendaError:  # said again when its page is asked for
            return told.format, 1

    def _taken(self, index: int) -> Source:
        """A member, open; the one before it is closed."""
        if self._descriptor < 0:
            raise ValueError("the source is closed")
        if self._at == index and self._member:
            return self._member
        self._leave()
        name = self._names[index] or f"input {index + 1}"
        descriptor = self.taken_out(index)
        self._member = opened(descriptor, name=name, password=self._password, limits=self._limits)
        self._at = index
        return self._member

    def _leave(self) -> None:
        member, self._member, self._at = self._member, None, -1
        if member:
            member.close()

    def printable(self, index: int) -> int:
        """As `taken_out`, but of an office file the PDF that was made of it."""
        with self._lock:
            if self.members[index].format in OFFICE:
                return os.dup(self._taken(index).descriptor)
            return self.taken_out(index)

    def taken_out(self, index: int) -> int:
        """A member in a file without a name; the descriptor is the caller's.

        Raises:
            LegendaError: it cannot be unpacked.
        """
        with self._lock:
            if not self._child.alive:
                self._open()
            os.ftruncate(self._target, 0)
            os.lseek(self._target, 0, os.SEEK_SET)
            self._child.call(f"{_JOBS[self.format]}:take", {"index": index}, seconds=self._limits.open_seconds)
            return _copy(self._target)


def _copy(descriptor: int) -> int:
    copy = open_target()
    os.lseek(descriptor, 0, os.SEEK_SET)
    while chunk := os.read(descriptor, _CHUNK):
        view = memoryview(chunk)
        while view.nbytes:
            view = view[os.write(copy, view) :]
    return copy


def _listed(reply: Reply, limits: Limits) -> list[_Listed]:
    """What the child tells, checked: it may be compromised."""
    given = reply.args.get("members")
    members: list[Any] = given if isinstance(given, list) else []
    if not 1 <= len(members) <= limits.pages or not all(isinstance(member, dict) for member in members):
        raise ParserCrashError("the archive was not read", "its parser answered nonsense")
    return [
        _Listed(str(told.get("name", ""))[:1000], str(told.get("format", ""))[:16], bool(told.get("wide", True)))
        for told in members
    ]
