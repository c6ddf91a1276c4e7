"""OLE compound files ([MS-CFB]), as old Office documents and encrypted new ones are: the names in their root."""

from __future__ import annotations

import struct
from collections.abc import Callable

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY, _NOTHING, _MOST_SECTORS = 128, 0xFFFFFFFF, 4096
_MAIN = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("__properties_version1.0", "msg"),
)
"""What the file is that has a stream of this name, and is not a part of another."""


def format_of(read: Callable[[int, int], bytes]) -> str:
    """`doc`, `xls`, `ppt`, `msg`; `encrypted` for a docx, xlsx or pptx with a password; else an empty string.

    Args:
        read: gives so many bytes (second) from an offset (first); may give fewer at the end.
    """
    try:
        names = _root_names(read)
    except (struct.error, IndexError):
        return ""
    return next((format for name, format in _MAIN if name in names), "")


def _root_names(read: Callable[[int, int], bytes]) -> set[str]:
    header = read(0, 512)
    size = 1 << min(struct.unpack_from("<H", header, 30)[0], 12)
    first = struct.unpack_from("<I", header, 48)[0]
    tables = [number for number in struct.unpack_from("<109I", header, 76) if number < _NOTHING - 3]
    directory, sector, per_table = b"", first, size // 4
    for _ in range(_MOST_SECTORS):
        if sector >= _NOTHING - 3:
            break
        directory += read((sector + 1) * size, size)
        at = (tables[sector // per_table] + 1) * size + sector % per_table * 4
        sector = struct.unpack("<I", read(at, 4))[0]
    entries = [directory[i : i + _ENTRY] for i in range(0, len(directory) - _ENTRY + 1, _ENTRY)]
    names, seen, todo = set(), set[int](), [struct.unpack_from("<I", entries[0], 76)[0]]
    while todo:
        index = todo.pop()
        if index in seen or index >= len(entries):
            continue
        seen.add(index)
        entry = entries[index]
        length = min(struct.unpack_from("<H", entry, 64)[0], 64)
        names.add(entry[: max(0, length - 2)].decode("utf-16-le", "replace"))
        todo += struct.unpack_from("<II", entry, 68)
    return names
