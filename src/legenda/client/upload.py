"""An input on its way to a server: a form read from the file as it is sent, or JSON that names a URL."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from legenda.client.transport import Build
from legenda.document.jsonio import dumps
from legenda.errors import NotFoundError

Data = str | Path | bytes
Sent = Callable[[int, int], None]
"""Called with the bytes of the input that are sent, and all there are; begins anew with every try."""


def body(data: Data, name: str, options: Mapping[str, Any], sent: Sent | None) -> Build:
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
        return lambda: {"json": {"url": data, **given}}
    fields = {key: _field(value) for key, value in given.items()}
    if isinstance(data, bytes):
        return lambda: {"data": fields, "files": {"file": (name or "input", _Counted(BytesIO(data), sent))}}
    path = Path(data)
    _opened(path).close()
    name = name or PurePath(path).name
    return lambda: {"data": fields, "files": {"file": (name, _Counted(_opened(path), sent))}}


class _Counted:
    """A file that tells how much of it was read; closed at its end."""

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
