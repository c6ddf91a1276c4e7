"""An input on its way to a server: a form read from the file as it is sent, or JSON that names a URL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from legenda.client.transport import Build
from legenda.document.jsonio import dumps
from legenda.errors import NotFoundError

Data = str | Path | bytes
Sent = Callable[[int, int], None]
"""Called with the bytes of the input that are sent, and all there are; begins anew with every try."""


@contextmanager
def body(data: Data, name: str, options: Mapping[str, Any], sent: Sent | None) -> Iterator[Build]:
    """What makes the request's body, anew for every try.

    Args:
        data: a path, the bytes of a file, or a URL (http, https).
        name: of the file; by default its own.
        options: of the job; those that are `None` are left out.
        sent: told how far the upload is.

    Raises:
        NotFoundError: the file cannot be opened.
    """
    given = {key: value for key, value in options.items() if value is not None}
    if isinstance(data, str) and data.lower().startswith(("http://", "https://")):
        yield lambda: {"json": {"url": data, **given}}
        return
    fields = {key: _field(value) for key, value in given.items()}
    name = name or ("input" if isinstance(data, bytes) else PurePath(data).name)
    with BytesIO(data) if isinstance(data, bytes) else _opened(Path(data)) as file:
        yield lambda: {"data": fields, "files": {"file": (name, _Counted(file, sent))}}


class _Counted:
    """A file, from its beginning, that tells how much of it was read."""

    def __init__(self, file: BinaryIO, sent: Sent | None) -> None:
        self._file, self._sent = file, sent
        self._size = file.seek(0, os.SEEK_END)
        file.seek(0)

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        if self._sent:
            self._sent(self._file.tell(), self._size)
        return piece

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise NotFoundError(f"{path} cannot be opened", error.strerror or "", "check the name") from None


def _field(value: Any) -> str:
    """As the server takes it in a form: lists with commas between, objects as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    return dumps(value)
