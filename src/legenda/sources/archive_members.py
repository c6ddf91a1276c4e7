"""ZIP archives, parsed in the sandbox: what is in one, and each member taken out into a file of its own."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from typing import IO, Any, BinaryIO

from legenda.errors import (
    CorruptSourceError,
    EmptySourceError,
    LegendaError,
    PasswordRequiredError,
    TooLargeError,
    UnsupportedFormatError,
)
from legenda.sandbox.jobs import Answer, Task
from legenda.sources.archive_parts import own_names
from legenda.sources.shape import may_be_two
from legenda.sources.sniff import HEAD_BYTES, describe, office, sniff

_CHUNK = 2**20
_ENCRYPTED = 0x1
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OverflowError, ValueError, NotImplementedError)
_MOST_RATIO = 200
"""Times its size an archive may unpack to, beyond `_FREE_BYTES`: office scans as TIFF or BMP reach some 50."""
_FREE_BYTES = 64 * 2**20
_JUNK_FOLDERS = ("__MACOSX/",)
_JUNK = frozenset(("thumbs.db", "desktop.ini"))

_opened: dict[str, Any] = {}


def open_file(task: Task) -> Answer:
    """Job: open an archive.

    `task.args` holds `name`, `bytes` (most of a member and of all together, unpacked) and `members` (most of them).

    Returns:
        `members`: of each its `name`, its `format`, empty where it is none that can be read (`take` says why), and
        whether it may be a `wide` picture, with two pages.

    Raises:
        CorruptSourceError: it is no archive, or damaged.
        EmptySourceError: there is nothing in it.
        TooLargeError: there is too much in it.
        PasswordRequiredError: all of it is encrypted.
        UnsupportedFormatError: it is an Office document.
    """
    assert task.source is not None  # noqa: S101  (there is an input)
    _opened.update(task.args)
    file = os.fdopen(os.dup(task.source), "rb")
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGE as error:
        raise _corrupt(_opened["name"], error) from error
    found = archive.infolist()
    if what := office([info.filename.encode("utf-8", "replace") for info in found]):
        why = f"it is {what}, which cannot be read yet"
        raise UnsupportedFormatError(f"{_opened['name']} cannot be read", why, "save or print it as PDF")
    members = [info for info in found if not info.is_dir() and not _is_junk(info.filename)]
    _check(members, os.fstat(task.source).st_size)
    names = own_names([info.filename for info in members])
    _opened.update(archive=archive, members=members, names=[name or f"input {n}" for n, name in enumerate(names, 1)])
    return Answer({"members": [_told(index, name) for index, name in enumerate(names)]})


def take(task: Task) -> Answer:
    """Job: write the member `task.args["index"]` to the target.

    Raises:
        EmptySourceError: it has no bytes.
        PasswordRequiredError: it is encrypted.
        UnsupportedFormatError: it is packed in a way that is not unpacked here, or nothing that can be read.
        TooLargeError: it has more bytes than it may.
        CorruptSourceError: it is damaged.
    """
    assert task.target is not None  # noqa: S101  (there is an output)
    info, name = _member(task.args["index"])
    try:
        with _opened["archive"].open(info) as member, os.fdopen(os.dup(task.target), "wb") as out:
            head = member.read(HEAD_BYTES)
            _check_head(name, head)
            _copy(member, out, head)
    except _DAMAGE as error:
        raise _corrupt(name, error) from error
    return Answer({})


def _copy(member: IO[bytes], out: BinaryIO, chunk: bytes) -> None:
    size = 0
    while chunk:
        size += len(chunk)
        if size > _opened["bytes"]:
            raise _too_large()
        out.write(chunk)
        chunk = member.read(_CHUNK)


def _is_junk(name: str) -> bool:
    """What systems put beside the files somebody wanted to send."""
    last = name.rpartition("/")[2]
    return name.startswith(_JUNK_FOLDERS) or last.startswith(".") or last.lower() in _JUNK


def _check(members: list[zipfile.ZipInfo], size: int) -> None:
    name = _opened["name"]
    if not members:
        raise EmptySourceError(f"{name} is empty", "there are no files in it", "check how it was made")
    if len(members) > _opened["members"]:
        raise TooLargeError(f"{name} has too many files", f"{len(members)}, of {_opened['members']}", "split it")
    if all(info.flag_bits & _ENCRYPTED for info in members):
        raise _encrypted(name)
    unpacked = sum(info.file_size for info in members)
    if unpacked > _opened["bytes"] or unpacked > max(_FREE_BYTES, _MOST_RATIO * size):
        raise _too_large()


def _told(index: int, name: str) -> dict[str, Any]:
    told: dict[str, Any] = {"name": name[:1000], "format": ""}
    try:
        info, _ = _member(index)
        with _opened["archive"].open(info) as member:
            format = sniff(head := member.read(HEAD_BYTES))
            if format not in ("zip", "eml"):
                told["wide"] = may_be_two(head, format)
                told["format"] = format
    except (*_DAMAGE, LegendaError):
        pass
    return told


def _member(index: int) -> tuple[zipfile.ZipInfo, str]:
    """A member that can be unpacked, and its name."""
    info: zipfile.ZipInfo = _opened["members"][index]
    name: str = _opened["names"][index]
    if info.flag_bits & _ENCRYPTED:
        raise _encrypted(name)
    if info.compress_type not in _PACKED:
        method = zipfile.compressor_names.get(info.compress_type, f"method {info.compress_type}")  # type: ignore[attr-defined]
        raise UnsupportedFormatError(f"{name} cannot be unpacked", f"it is packed with {method}", "use deflate")
    if info.file_size > _opened["bytes"]:
        raise _too_large()
    return info, name


def _check_head(name: str, head: bytes) -> None:
    format = sniff(head)
    if not head:
        raise EmptySourceError(f"{name} is empty", "it has no bytes", "check how it was saved")
    if format == "eml":
        raise UnsupportedFormatError(f"{name} cannot be read", "it is mail in an archive", "unpack it first")
    if format == "zip":
        raise UnsupportedFormatError(f"{name} cannot be read", "it is an archive in an archive", "unpack it first")
    if not format:
        what = describe(head)
        why = f"it is {what}, which cannot be read yet" if what else "its bytes are of no known format"
        raise UnsupportedFormatError(f"{name} cannot be read", why, "give images, PDFs or office files")


def _encrypted(name: str) -> PasswordRequiredError:
    return PasswordRequiredError(f"{name} is encrypted", "archives with passwords are not unpacked", "unpack it first")


def _too_large() -> TooLargeError:
    what = f"{_opened['name']} is too large once it is unpacked"
    return TooLargeError(
        what, f"more than {_opened['bytes'] // 2**20} MiB, or {_MOST_RATIO} times its size", "split it"
    )


def _corrupt(name: str, error: Exception) -> CorruptSourceError:
    return CorruptSourceError(f"{name} is damaged", f"it cannot be unpacked ({str(error)[:200]})", "pack it again")
