"""What offsets and lengths count: code points, UTF-16 code units, or what a reader takes for a character."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Literal, get_args

import regex

IndexType = Literal["unicodeCodePoint", "utf16CodeUnit", "textElements"]
INDEX_TYPES: tuple[IndexType, ...] = get_args(IndexType)

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
# below, every code point is an extended grapheme cluster of its own
_COMBINING = re.compile("[\u0300-\u036f\u0483-\u0489\u0590-\U0010ffff]")
_CLUSTER = regex.compile(r"\X")


def continued(text: str) -> list[int]:
    """Where in a text a code point goes on with a character (extended grapheme cluster, UAX #29), ascending."""
    if not _COMBINING.search(text):
        return []
    return [place for found in _CLUSTER.finditer(text) for place in range(found.start() + 1, found.end())]


class Ruler:
    """Measures spans of a text.

    Args:
        text: all of it.
        index: what is counted.
    """

    def __init__(self, text: str, index: IndexType) -> None:
        self._places: list[int] = []
        self._weight = 0
        if index == "utf16CodeUnit":
            self._places, self._weight = [found.start() for found in _ASTRAL.finditer(text)], 1
        elif index == "textElements":
            self._places, self._weight = continued(text), -1

    def span(self, offset: int, length: int) -> dict[str, int]:
        """A span in code points that begins and ends where characters do, as JSON has it."""
        if not self._places:
            return {"offset": offset, "length": length}
        start, end = self._of(offset), self._of(offset + length)
        return {"offset": start, "length": end - start}

    def _of(self, place: int) -> int:
        return place + self._weight * bisect_left(self._places, place)
