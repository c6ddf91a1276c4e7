"""Text layers on their way into the sandbox: one compressed record a page, one after the other."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from typing import TypedDict

Word = tuple[str, bool, float, float, float, float, float, float, float, float]
"""Text, whether a space follows, and the polygon in page units."""

_LENGTH = struct.Struct("<I")


class Layer(TypedDict):
    """The text of one page; `width` and `height` in the units of its words' polygons."""

    number: int
    width: float
    height: float
    lines: list[list[Word]]


def pack(layer: Layer) -> bytes:
    """One record."""
    data = zlib.compress(json.dumps(layer, ensure_ascii=False, separators=(",", ":")).encode(), 1)
    return _LENGTH.pack(len(data)) + data


def unpack(records: bytes | bytearray | memoryview) -> Iterator[Layer]:
    """The layers of all records, one at a time."""
    view, at = memoryview(records), 0
    while at < len(view):
        (length,) = _LENGTH.unpack_from(view, at)
        at += _LENGTH.size
        yield json.loads(zlib.decompress(view[at : at + length]))
        at += length
