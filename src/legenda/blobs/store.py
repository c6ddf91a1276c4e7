"""One object store behind every kind of URL; a blob is there whole or not at all."""

from __future__ import annotations

import hashlib
import math
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, from_url

from legenda.blobs.keys import checked, checked_prefix
from legenda.errors import NotFoundError, StorageError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

CHUNK = 2**20
PART = 5 * 2**20  # the smallest S3 takes; what is no larger goes in one request
_PARTS_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Content:
    """What was stored: bytes, and the sha256 of them in hexadecimal."""

    size: int
    sha256: str


class BlobStore:
    """Blobs by key. Thread safe; holds nothing that has to be closed.

    Args:
        url: `file:///folder` (made if need be, for its owner only), `memory:///`, `s3://bucket/prefix`, `gs://…`, `az://…`.
            Credentials and endpoints of the clouds come from their usual environment variables.

    Attributes:
        url: as given; another process opens the same store with it.
        folder: where the blobs lie as files, `None` where they do not.

    Raises:
        StorageError: the URL is of no store, or the folder cannot be made.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.folder: Path | None = None
        try:
            self._store = self._opened(url)
        except (BaseError, OSError, ValueError) as error:
            raise StorageError("The blob store cannot be opened", _reason(error), "check LEGENDA_BLOBS_URL") from None

    def _opened(self, url: str) -> ObjectStore:
        if urlsplit(url).scheme != "file":
            return from_url(url)
        self.folder = Path(unquote(urlsplit(url).path))
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(self.folder, automatic_cleanup=True)

    def put(self, key: str, data: bytes | BinaryIO | Path) -> Content:
        """Store bytes, or what a file holds from where it stands, in place of what the key held before.

        A file is read in pieces; no more than some 15 MB of it are in memory.

        Raises:
            StorageError: it cannot be stored; the key holds what it held before.
            OSError: the file given cannot be opened.
        """
        if isinstance(data, Path):
            with data.open("rb") as opened:
                return self.put(key, opened)
        file: BinaryIO = BytesIO(data) if isinstance(data, bytes) else data
        digest, size = hashlib.sha256(), 0

        def pieces() -> Iterator[bytes]:
            nonlocal size
            while piece := file.read(CHUNK):
                digest.update(piece)
                size += len(piece)
                yield piece

        with _typed(key):
            self._put(checked(key), pieces())
        return Content(size, digest.hexdigest())

    def _put(self, key: str, pieces: Iterator[bytes]) -> None:
        first, small = [], True
        while small and (piece := next(pieces, b"")):
            first.append(piece)
            small = sum(map(len, first)) < PART
        if small:
            self._put_small(key, b"".join(first))
        else:
            obstore.put(self._store, key, chain(first, pieces), chunk_size=PART, max_concurrency=_PARTS_AT_ONCE)

    def _put_small(self, key: str, data: bytes) -> None:
        for more in reversed(range(6)):
            try:
                obstore.put(self._store, key, data, use_multipart=False)
                return
            except BaseError as error:  # its folder emptied and went while obstore was making it
                if not more or self.folder is None or "File exists" not in str(error):
                    raise

    def create(self, key: str, data: bytes) -> bool:
        """Store a small blob if there is none under the key; of several who try at once one succeeds.

        Returns:
            Whether it was stored by this call.

        Raises:
            StorageError: it cannot be stored, or the store cannot tell.
        """
        with _typed(key):
            try:
                obstore.put(self._store, checked(key), data, mode="create")
            except AlreadyExistsError:
                return False
        return True

    def get(self, key: str) -> bytes:
        """The bytes of a small blob.

        Raises:
            NotFoundError: there is none.
            StorageError: it cannot be read.
        """
        with _typed(key):
            return obstore.get(self._store, checked(key)).bytes().to_bytes()

    def size(self, key: str) -> int:
        """Bytes of a blob; raises like `get`."""
        with _typed(key):
            return obstore.head(self._store, checked(key))["size"]

    def chunks(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes [start, end) of a blob in pieces of about 1 MB; raises like `get`, before the first piece.

        Args:
            key: of the blob.
            start: at most its size.
            end: `None` or beyond the end for all there is.
        """
        size = self.size(key)
        stop = size if end is None else min(size, end)
        return self._pieces(key, start, stop) if start < stop else iter(())

    def _pieces(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        with _typed(key):
            got = obstore.get(self._store, key, options={"range": (start, stop)})
            for piece in got.stream(CHUNK):
                yield bytes(piece)

    @contextmanager
    def path(self, key: str) -> Iterator[Path]:
        """A file with the bytes of a blob: the blob itself where the store is a folder (not to be written to), else a
        copy that is gone afterwards. Raises like `get`.
        """  # noqa: D205
        if self.folder is not None:
            if not (file := self.folder / checked(key)).is_file():
                raise _missing(key)
            yield file
            return
        with tempfile.NamedTemporaryFile(prefix="legenda-") as copy:
            for piece in self.chunks(key):
                copy.write(piece)
            copy.flush()
            yield Path(copy.name)

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        """A blob as a file to read from and seek in; raises like `get`."""
        with self.path(key) as path, path.open("rb") as file:
            yield file

    def exists(self, key: str) -> bool:
        """Whether there is such a blob."""
        try:
            self.size(key)
        except NotFoundError:
            return False
        return True

    def delete(self, keys: Iterable[str]) -> None:
        """Delete blobs, and what a writer that was killed left of them. One that is not there is none the worse.

        Raises:
            StorageError: one cannot be deleted; others may be.
        """
        gone = [checked(key) for key in keys]
        for key in gone:
            with suppress(NotFoundError), _typed(key):
                obstore.delete(self._store, key)
        if self.folder is not None:
            self._sweep(self.folder, gone)

    @staticmethod
    def _sweep(root: Path, keys: Iterable[str]) -> None:
        # obstore writes beside the file, under its name and "#1"; every folder is looked through once
        names: dict[Path, set[str]] = {}
        for file in map(root.joinpath, keys):
            names.setdefault(file.parent, set()).add(file.name)
        for folder, gone in names.items():
            with suppress(FileNotFoundError):  # the folder went with its last blob
                for part in folder.glob("*#*"):
                    if part.name.rpartition("#")[0] in gone:
                        part.unlink(missing_ok=True)

    def list(self, prefix: str = "", before: float = math.inf) -> Iterator[str]:
        """Keys that lie under a prefix of whole names, written before a time (seconds since 1970), in no order."""
        with _typed(prefix):
            for batch in obstore.list(self._store, checked_prefix(prefix) or None):
                yield from (found["path"] for found in batch if found["last_modified"].timestamp() < before)


@contextmanager
def _typed(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise _missing(key) from None
    except (BaseError, OSError) as error:
        remedy = "check the disk, the credentials and LEGENDA_BLOBS_URL"
        raise StorageError(f"Blob {key} cannot be read or written", _reason(error), remedy) from None


def _missing(key: str) -> NotFoundError:
    return NotFoundError(f"There is no blob {key}", "it was never stored, or is deleted")


def _reason(error: Exception) -> str:
    # further lines are a dump of the library's own values, which may hold credentials
    return str(error).partition("\n")[0]
