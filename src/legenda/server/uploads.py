"""Inputs on their way in: hashed and held to their cap while they come, on disk beyond a quarter of a megabyte."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from anyio import fail_after
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from legenda.errors import TooLargeError
from legenda.server.problems import ProblemError

_IN_MEMORY = 256 * 2**10  # most single pages; 200 uploads at once are 50 MB
_SILENCE = 60.0  # seconds without a byte after which a body is given up
_HEAD = 4096


class Upload:
    """Bytes of an input being received. Close it; its file is gone then.

    Args:
        folder: of temporary files.
        cap: most bytes.

    Attributes:
        name: the caller's file name, cleaned.
        size: bytes so far.
        head: the first of them, to tell the format.
    """

    def __init__(self, folder: Path, cap: int) -> None:
        self.name, self.size, self.head = "", 0, b""
        self._folder, self._cap = folder, cap
        self._digest = hashlib.sha256()
        self._waiting = bytearray()
        self._file: BinaryIO | None = None
        self._path: Path | None = None

    async def write(self, data: bytes) -> None:
        """Take more bytes.

        Raises:
            TooLargeError: that is beyond the cap; nothing more was written.
        """
        self.size += len(data)
        if self.size > self._cap:
            raise too_large(self._cap)
        if len(self.head) < _HEAD:
            self.head += data[: _HEAD - len(self.head)]
        self._waiting += data
        if len(self._waiting) > _IN_MEMORY:
            await run_in_threadpool(self._spill)

    def finish(self) -> bytes | Path:
        """What came, as bytes or as a file that `close` removes. Blocks: not for the event loop."""
        if self._file is None:
            data = bytes(self._waiting)
            self._digest.update(data)
            self._waiting.clear()
            return data
        self._spill()
        self._file.close()
        assert self._path is not None  # noqa: S101  (there is a file)
        return self._path

    @property
    def sha256(self) -> str:
        """Of all bytes, hexadecimal; after `finish`."""
        return self._digest.hexdigest()

    def close(self) -> None:
        """Let go of everything."""
        self._waiting.clear()
        if self._file is not None:
            self._file.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def __enter__(self) -> Upload:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _spill(self) -> None:
        if self._file is None:
            descriptor, path = tempfile.mkstemp(dir=self._folder, prefix="upload-")
            self._file, self._path = os.fdopen(descriptor, "wb"), Path(path)
        self._digest.update(self._waiting)
        self._file.write(self._waiting)
        self._waiting.clear()


def too_large(cap: int) -> TooLargeError:
    """The body is beyond its cap, in bytes."""
    most = f"{cap // 2**20} MiB" if cap >= 2**20 else f"{cap} bytes"
    return TooLargeError("The input is too large", f"at most {most} are allowed", "split it, or send less")


def check_length(request: Request, cap: int) -> None:
    """Refuse at once what says itself that it is too large; what does not is stopped while it comes."""
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated[:19]) > cap:
        raise too_large(cap)


async def chunks(request: Request) -> AsyncIterator[bytes]:
    """The body in pieces.

    Raises:
        ProblemError: 408 when nothing came for a minute.
        ClientDisconnect: the caller is gone.
    """
    stream = request.stream()
    while True:
        try:
            with fail_after(_SILENCE):
                chunk = await anext(stream, None)
        except TimeoutError:
            raise ProblemError(408, "request_timeout", f"No byte came for {_SILENCE:.0f} seconds.") from None
        if chunk is None:
            return
        if chunk:
            yield chunk


async def whole(request: Request, cap: int) -> bytes:
    """A body small enough for memory, such as JSON."""
    check_length(request, cap)
    body = bytearray()
    async for chunk in chunks(request):
        body += chunk
        if len(body) > cap:
            raise too_large(cap)
    return bytes(body)
