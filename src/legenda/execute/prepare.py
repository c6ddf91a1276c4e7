"""The first stage of a job: get its input and look at it."""

from __future__ import annotations

import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, BinaryIO, cast

from legenda.errors import LegendaError, TooLargeError
from legenda.jobs.record import Claim, Input, Member, Prepared
from legenda.options import page_numbers

if TYPE_CHECKING:
    from legenda.blobs import BlobStore
    from legenda.net.fetch import Fetched
    from legenda.sources import Source

_AT_ONCE = 8
"""URLs of one job that are fetched at once."""


def fetched(given: Input, key: str, blobs: BlobStore, megabytes: float, allow: Iterable[str]) -> Input:
    """Fetch an input from its URL into the blob store; of several inputs those that are missing, and put all together.

    Args:
        given: with `url`; its name stands if it has one. Or with `urls`.
        key: where it goes.
        blobs: the store.
        megabytes: most it may have; of several, all together.
        allow: own hosts that may be spoken to though they are private.

    Raises:
        LegendaError: as `net.fetch.fetch`, and `StorageError`; `place` tells which of several inputs it is about.
    """
    if given.urls:
        return _together(given, key, blobs, int(megabytes * 2**20), tuple(allow))
    from legenda.net.fetch import fetch

    with tempfile.NamedTemporaryFile(prefix="legenda-") as file:
        found = fetch(given.url, cast(BinaryIO, file), megabytes=megabytes, allow=allow)
        file.flush()
        blobs.put(key, Path(file.name))
    return replace(given, name=given.name or found.name, key=key, sha256=found.sha256, size=found.size, url="")


def _together(given: Input, key: str, blobs: BlobStore, most: int, allow: tuple[str, ...]) -> Input:
    from legenda.sources import archive_parts

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="legenda-", ignore_cleanup_errors=True)))
        pieces = []
        if given.key:
            pieces = stack.enter_context(archive_parts.split(stack.enter_context(blobs.path(given.key))))
        there = sum(piece.size for piece in pieces)
        for place, found in _Fetching(given.urls, folder, most - there, allow).all().items():
            pieces.append(archive_parts.Piece(place, found.name, found.size, folder / str(place)))
        with tempfile.NamedTemporaryFile(prefix="legenda-") as file:
            archive_parts.join(pieces, cast(BinaryIO, file))
            file.flush()
            stored = blobs.put(key, Path(file.name))
    size = sum(piece.size for piece in pieces)
    return replace(given, key=key, sha256=stored.sha256, size=size, urls={})


class _Fetching:
    """Several URLs into files of a folder, named by their places, some at once.

    Its threads are not waited for when one fails: the servers they speak to may be slow.
    """

    def __init__(self, urls: Mapping[int, str], folder: Path, most: int, allow: tuple[str, ...]) -> None:
        self._folder, self._left, self._allow = folder, most, allow
        self._count, self._most = len(urls), most / 2**20
        self._todo = deque(sorted(urls.items()))
        self._done: SimpleQueue[tuple[int, Fetched | Exception]] = SimpleQueue()
        self._lock = threading.Lock()

    def all(self) -> dict[int, Fetched]:
        """What came, by place. Raises the first error there is."""
        for _ in range(min(_AT_ONCE, self._count)):
            threading.Thread(target=self._run, name="fetch-part", daemon=True).start()
        found: dict[int, Fetched] = {}
        while len(found) < self._count:
            place, got = self._done.get()
            if isinstance(got, Exception):
                self._todo.clear()
                if isinstance(got, LegendaError):
                    got.place = place
                raise got
            found[place] = got
        return found

    def take(self, size: int) -> None:
        """So many bytes came. Raises `TooLargeError`: all that came is too much."""
        with self._lock:
            self._left -= size
            if self._left < 0:
                raise TooLargeError("The inputs are too large", f"more than {self._most:g} MiB together")

    def _run(self) -> None:
        from legenda.net.fetch import fetch

        while True:
            try:
                place, url = self._todo.popleft()
            except IndexError:
                return
            try:
                with (self._folder / str(place)).open("wb") as file:
                    out = cast(BinaryIO, _Metered(file, self))
                    found = fetch(url, out, megabytes=max(self._most, 0), allow=self._allow)
                self._done.put((place, found))  # closed, so that all of it is in the file
            except Exception as error:
                self._done.put((place, error))


class _Metered:
    """A file whose bytes count together with those of others."""

    def __init__(self, file: BinaryIO, fetching: _Fetching) -> None:
        self._file, self._fetching = file, fetching

    def write(self, data: bytes) -> int:
        self._fetching.take(len(data))
        return self._file.write(data)


def looked_at(claim: Claim, source: Source) -> Prepared:
    """What an open input is, and the pages of it that are wanted.

    Raises:
        InvalidOptionError: none of the pages asked for is there.
    """
    request = claim.job.request
    wanted = tuple(page_numbers(request.pages, source.page_count))
    members = tuple(Member(*member) for member in getattr(source, "members", ()))
    return Prepared(source.format, wanted, dict(source.metadata), request.source, members)
