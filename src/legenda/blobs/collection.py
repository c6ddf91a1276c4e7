"""Files of others, which are read and never written: a folder or a bucket, with names of any kind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url

from legenda.errors import NotFoundError, StorageError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_CHUNK = 2**20


class Collection:
    """What lies under a URL, at any depth; names that begin with a dot are passed over.

    Args:
        url: `file:///folder`, `s3://bucket/prefix`, `gs://…`, `az://…`.

    Raises:
        StorageError: the URL is of no store.
        NotFoundError: there is no such folder.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._folder: Path | None = None
        self._store: ObjectStore | None = None
        if urlsplit(url).scheme == "file":
            self._folder = Path(unquote(urlsplit(url).path))
            if not self._folder.is_dir():
                raise NotFoundError(
                    f"{self._folder} is no folder", "", "name a folder, or a URL such as s3://bucket/prefix"
                )
            return
        try:
            self._store = from_url(url)
        except (BaseError, ValueError) as error:
            raise StorageError(f"{url} cannot be opened", _first_line(error), "check the URL") from None

    def objects(self) -> Iterator[tuple[str, int]]:
        """Key and size in bytes of everything there is; a folder's in order, a bucket's in that of its server.

        Raises:
            StorageError: it cannot be listed.
        """
        found = self._files(self._folder) if self._folder else self._listed()
        return (each for each in found if not any(part.startswith(".") for part in each[0].split("/")))

    def _files(self, root: Path) -> Iterator[tuple[str, int]]:
        for folder, folders, files in os.walk(root):
            folders.sort()
            for name in sorted(files):
                path = Path(folder, name)
                if path.is_file():
                    yield path.relative_to(root).as_posix(), path.stat().st_size

    def _listed(self) -> Iterator[tuple[str, int]]:
        assert self._store  # noqa: S101
        try:
            for batch in obstore.list(self._store):
                yield from ((found["path"], found["size"]) for found in batch if not found["path"].endswith("/"))
        except (BaseError, OSError) as error:
            raise StorageError(f"{self.url} cannot be listed", _first_line(error), "check the credentials") from None

    @contextmanager
    def path(self, key: str) -> Iterator[Path]:
        """A file with the bytes of an object: itself in a folder, else a copy that is gone afterwards.

        Raises:
            NotFoundError: it is not there any more.
            StorageError: it cannot be read.
        """
        if self._folder:
            yield self._folder / key
            return
        with tempfile.NamedTemporaryFile(prefix="legenda-") as copy:
            try:
                assert self._store  # noqa: S101
                for piece in obstore.get(self._store, key).stream(_CHUNK):
                    copy.write(piece)
                copy.flush()
            except FileNotFoundError:
                raise NotFoundError(f"{key} is not there", "it was deleted since it was listed") from None
            except (BaseError, OSError) as error:
                raise StorageError(f"{key} cannot be read", _first_line(error), "check the credentials") from None
            yield Path(copy.name)


def _first_line(error: Exception) -> str:
    # further lines are a dump of the library's own values, which may hold credentials
    return str(error).partition("\n")[0]
