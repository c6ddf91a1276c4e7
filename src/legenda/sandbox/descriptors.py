"""Open descriptors to hand to a child, so that it needs no path and no right to open files."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from legenda.errors import EmptySourceError, NotFoundError, SourceError, TooLargeError
from legenda.options import Limits

_CHUNK = 2**20


def open_source(data: Path | bytes, limits: Limits) -> int:
    """A seekable descriptor of the input, to be closed by the caller.

    Args:
        data: a file (pipes and devices are read until their end), or the bytes themselves.
        limits: `bytes` is enforced here.

    Raises:
        NotFoundError: there is no such file, or it may not be read.
        EmptySourceError: it has no bytes.
        TooLargeError: it has more than `limits.bytes`.
    """
    descriptor = _spool(data) if isinstance(data, bytes) else _open_file(data, limits)
    size = os.fstat(descriptor).st_size
    if 0 < size <= limits.bytes:
        return descriptor
    os.close(descriptor)
    name = str(data) if isinstance(data, Path) else "the input"
    if not size:
        raise EmptySourceError(f"{name} is empty", "it has no bytes", "check how it was saved or sent")
    raise _too_large(name, limits)


def open_target() -> int:
    """A new file without a name, for reading and writing."""
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _open_file(path: Path, limits: Limits) -> int:
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise SourceError(f"{path} is a folder", "", "give the files in it, or let the command search it")
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise NotFoundError(f"{path} does not exist", "", "check the name") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise NotFoundError(f"{path} cannot be opened", why, "check its name and permissions") from error
    if stat.S_ISREG(kind):
        return descriptor
    with os.fdopen(descriptor, "rb") as stream:
        parts, size = [], 0
        while chunk := stream.read(_CHUNK):
            parts.append(chunk)
            size += len(chunk)
            if size > limits.bytes:
                raise _too_large(str(path), limits)
    return _spool(b"".join(parts))


def _spool(data: bytes) -> int:
    descriptor = -1
    with contextlib.suppress(AttributeError, OSError):  # Linux only; memory may be short
        descriptor = os.memfd_create("source")
    if descriptor < 0:
        descriptor = open_target()
    view = memoryview(data)
    while view.nbytes:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _too_large(name: str, limits: Limits) -> TooLargeError:
    return TooLargeError(f"{name} is larger than {limits.bytes // 2**20} MiB", "", "split it, or raise the limit")
