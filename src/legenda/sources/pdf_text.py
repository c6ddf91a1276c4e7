"""Characters of a PDF page and their boxes, packed for the parent. Runs in the child only."""

from __future__ import annotations

import ctypes
import math
import re
from bisect import bisect_right
from collections import deque
from itertools import repeat
from typing import Any, NamedTuple

import pypdfium2_raw.bindings as pdfium

from legenda.sources.pdf_objects import Contents, is_level
from legenda.sources.pdf_tags import NOTHING, Owned, owned
from legenda.sources.pdfium import address, fast

_MAX_CHARACTERS = 500_000
_SAMPLE = 250
"""Characters asked for a mapping to Unicode: enough to tell 20 % from 0."""

_MAX_SHARE_LEFT_OUT = 0.02
"""Of the characters; where more are missing in the text, asking for each is as fast as finding the gaps."""

_CHARACTERS_AN_OBJECT = 4
"""From so many on, asking each text object how it is turned is faster than asking each word."""

_UPRIGHT = 1e-3
"""Radians."""

_loose_box = fast("FPDFText_GetLooseCharBox")
_tight_box = fast("FPDFText_GetCharBox")
_angle = fast("FPDFText_GetCharAngle", ctypes.c_float)
_unicode = fast("FPDFText_GetUnicode", ctypes.c_uint)
_object = fast("FPDFText_GetTextObject", ctypes.c_void_p)
_index = fast("FPDFText_GetCharIndexFromTextIndex")
_unmapped = fast("FPDFText_HasUnicodeMapError")

_CHUNK = 4096
_BOX_BYTES = 16
_chunk = (ctypes.c_float * (4 * _CHUNK))()
_targets = [ctypes.byref(_chunk, _BOX_BYTES * i) for i in range(_CHUNK)]
"""Where boxes are written to, made once: making such a reference takes half as long as getting a box."""

_WORD = re.compile(r"[^\s\x00]+")


class Characters(NamedTuple):
    """Characters of a page in the file's order.

    Attributes:
        text: one code unit per character of PDFium (UTF-16, so a pair of surrogates is two characters).
        boxes: float32, four per character: left, top, right, bottom in PDF coordinates (y up).
        turned: (first character, end, radians clockwise) of words that do not stand upright.
        hidden: one byte per character, 1 where it is not painted; empty when all or none are.
        unmapped: share of the characters without a mapping to Unicode.
        owned: what the file says they are.
    """

    text: str
    boxes: bytearray
    turned: list[tuple[int, int, float]]
    hidden: bytes
    unmapped: float
    owned: Owned = NOTHING


def characters_of(page: Any, contents: Contents, tight: bool) -> Characters:
    """Read the characters of a page.

    Args:
        page: handle.
        contents: what is on the page.
        tight: boxes round the ink instead of the font's height and advance.
    """
    handle = pdfium.FPDFText_LoadPage(page)
    if not handle:
        return Characters("", bytearray(), [], b"", 0.0)
    try:
        where = address(handle)
        count = min(max(pdfium.FPDFText_CountChars(handle), 0), _MAX_CHARACTERS)
        text = _text(handle, where, count)
        boxes = _tight(where, count) if tight else _loose(where, count)
        few = contents.texts * _CHARACTERS_AN_OBJECT < count
        turned = [] if few and is_level(contents) else _turned(handle, where, text)
        hidden = b""
        if contents.invisible and len(contents.invisible) < contents.texts:
            hidden = bytes(map(contents.invisible.__contains__, map(_object, repeat(where), range(count))))
        asked = range(0, count, max(1, count // _SAMPLE))
        unmapped = list(map(_unmapped, repeat(where), asked)).count(1) / max(1, len(asked))
        return Characters(text, boxes, turned, hidden, unmapped, owned(page, handle, text))
    finally:
        pdfium.FPDFText_ClosePage(handle)


def _turned(handle: Any, where: Any, text: str) -> list[tuple[int, int, float]]:
    """Words that do not stand upright. PDFium's own angle takes the slant of italics for one, so it only hints."""
    words = list(_WORD.finditer(text))
    hints = list(map(_angle, repeat(where), map(re.Match.start, words)))
    turned: list[tuple[int, int, float]] = []
    if max(hints, default=0.0) <= _UPRIGHT:
        return turned
    matrix = pdfium.FS_MATRIX()
    for word, hint in zip(words, hints, strict=True):
        if hint > _UPRIGHT:
            start, end = word.span()
            pdfium.FPDFText_GetMatrix(handle, start, matrix)
            angle = math.atan2(-matrix.b, matrix.a) % math.tau
            if _UPRIGHT < angle < math.tau - _UPRIGHT:
                turned.append((start, end, round(angle, 4)))
    return turned


def _text(handle: Any, where: Any, count: int) -> str:
    """One code unit per character, so that text and boxes have the same indexes."""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = max(pdfium.FPDFText_GetText(handle, 0, count, buffer) - 1, 0)
    text = bytes(buffer)[: 2 * written].decode("utf-16-le", "surrogatepass")
    if written == len(text) and count - written < count * _MAX_SHARE_LEFT_OUT:
        text = _completed(text, where, count)
    return text if len(text) == count else _asked(where, range(count))


def _completed(text: str, where: Any, count: int) -> str:
    """The text with the characters that PDFium leaves out of it (controls), each in its place."""
    parts, start, done = [], 0, 0
    while start < len(text):
        shift = _index(where, start) - start
        end = bisect_right(range(len(text)), shift, start, key=lambda i: _index(where, i) - i)
        parts += [_asked(where, range(done, start + shift)), text[start:end]]
        start, done = end, end + shift
    return "".join([*parts, _asked(where, range(done, count))])


def _asked(where: Any, indexes: range) -> str:
    return "".join(map(chr, map(_unicode, repeat(where), indexes)))


def _loose(where: Any, count: int) -> bytearray:
    boxes = bytearray()
    for start in range(0, count, _CHUNK):
        indexes = range(start, min(start + _CHUNK, count))
        deque(map(_loose_box, repeat(where), indexes, _targets), 0)  # a loop without a line of Python
        boxes += memoryview(_chunk).cast("B")[: _BOX_BYTES * len(indexes)]
    return boxes


def _tight(where: Any, count: int) -> bytearray:
    box = (ctypes.c_double * 4)()
    left, right, bottom, top = (ctypes.byref(box, 8 * i) for i in range(4))
    boxes = bytearray()
    rect = pdfium.FS_RECTF()
    for index in range(count):
        _tight_box(where, index, left, right, bottom, top)
        rect.left, rect.right, rect.bottom, rect.top = box
        boxes += rect
    return boxes
