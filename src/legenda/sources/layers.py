"""Text layers on their way into the sandbox: one record a page, one after the other.

Numbers travel as they are in memory: written as JSON and compressed they took as much room, and most of the time.
"""

from __future__ import annotations

import json
import struct
from array import array
from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeAlias, TypedDict

if TYPE_CHECKING:  # the child that reads these needs nothing of a document
    from legenda.document.geometry import Polygon

Part: TypeAlias = "tuple[int, float, float, float, float]"
Word: TypeAlias = "tuple[str, bool, Polygon]"
"""Text, whether a space follows, and the polygon in page units."""

_LENGTHS = struct.Struct("<II")
_POLYGON = struct.Struct("=8d")


class Layer(TypedDict):
    """The text of one page; `width` and `height` in the units of its words' polygons.

    `whole`: it is all the page's text, so what an earlier OCR left on the page is wrong or said twice. `added`: so many
    lines, the first ones, are not in the file's own text layer; others are there in case the page becomes a picture.
    `part`: of a page that is a part of a picture the picture's number, and left, top, right and bottom in pixels of it.
    """

    number: int
    width: float
    height: float
    whole: bool
    added: int
    part: Part | None
    lines: list[list[Word]]


def pack(layer: Layer) -> bytes:
    """One record."""
    lines = layer["lines"]
    texts, spaces, polygons = list(zip(*chain.from_iterable(lines), strict=True)) or ((), (), ())
    page = (layer["number"], layer["width"], layer["height"], layer["whole"], layer["added"], layer["part"])
    head = json.dumps([*page, list(map(len, lines)), texts, spaces], ensure_ascii=False, separators=(",", ":")).encode()
    numbers = array("d", chain.from_iterable(polygons)).tobytes()
    return _LENGTHS.pack(len(head), len(numbers)) + head + numbers


def unpack(records: bytes | bytearray | memoryview) -> Iterator[Layer]:
    """The layers of all records, one at a time."""
    view, at = memoryview(records), 0
    while at < len(view):
        head, numbers = _LENGTHS.unpack_from(view, at)
        at += _LENGTHS.size
        number, width, height, whole, added, part, lengths, texts, spaces = json.loads(bytes(view[at : at + head]))
        at += head
        words = zip(texts, spaces, _POLYGON.iter_unpack(view[at : at + numbers]), strict=True)
        at += numbers
        lines = [list(islice(words, n)) for n in lengths]
        yield Layer(
            number=number,
            width=width,
            height=height,
            whole=whole,
            added=added,
            part=part and tuple(part),
            lines=lines,
        )
