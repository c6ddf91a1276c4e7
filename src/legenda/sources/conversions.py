"""PDFs that LibreOffice made a moment ago, so that reading a file and writing results of it takes one conversion.

They lie in files without a name, in this process only, a few at a time and not for long.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from typing import NamedTuple

_MOST, _SECONDS = 2, 300.0
_MOST_BYTES = 64 * 2**20
_CHUNK = 2**20


class Made(NamedTuple):
    """A PDF, and the format of the file it was made of."""

    descriptor: int
    format: str


class _Kept(NamedTuple):
    made: Made
    until: float


_kept: dict[bytes, _Kept] = {}
_lock = threading.Lock()


def key_of(descriptor: int, password: str | None) -> bytes:
    """Of a file and the password that opens it."""
    digest = hashlib.sha256((password or "").encode() + bytes(1))
    at = 0
    while chunk := os.pread(descriptor, _CHUNK, at):
        digest.update(chunk)
        at += len(chunk)
    return digest.digest()


def made(key: bytes) -> Made | None:
    """The PDF, if it is still there; the descriptor is the caller's."""
    with _lock:
        _expire()
        found = _kept.get(key)
        return Made(os.dup(found.made.descriptor), found.made.format) if found else None


def keep(key: bytes, descriptor: int, format: str) -> None:
    """Keep a PDF for a while; the descriptor stays the caller's."""
    if os.fstat(descriptor).st_size > _MOST_BYTES:
        return
    with _lock:
        if key in _kept:
            return
        _expire()
        while len(_kept) >= _MOST:
            _drop(next(iter(_kept)))
        _kept[key] = _Kept(Made(os.dup(descriptor), format), time.monotonic() + _SECONDS)


def forget() -> None:
    """Let go of all."""
    with _lock:
        for key in list(_kept):
            _drop(key)


def _expire() -> None:
    now = time.monotonic()
    for key in [key for key, kept in _kept.items() if kept.until < now]:
        _drop(key)


def _drop(key: bytes) -> None:
    os.close(_kept.pop(key).made.descriptor)
