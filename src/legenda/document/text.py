"""Text that every file format can carry: no control characters, no halves of surrogate pairs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from legenda.document.model import Block, Line, Page, Word

# What XML 1.0 forbids, the C1 controls it discourages, and noncharacters. Tab and line feed may stay.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
_WHITESPACE = frozenset("\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")


def printable(text: str) -> str:
    """The text with every character that cannot be written replaced one for one, so that spans stay right.

    White space that would break lines becomes a space, all else U+FFFD.
    """
    return _UNPRINTABLE.sub(lambda match: " " if match[0] in _WHITESPACE else "\ufffd", text)


def printable_map(texts: Mapping[str, str]) -> dict[str, str]:
    """The mapping with keys and values made printable."""
    return {printable(key): printable(value) for key, value in texts.items()}


def printable_page(page: Page) -> Page:
    """The page with all its text made printable; the same object where nothing had to change."""
    if not _UNPRINTABLE.search(page.text):
        return page  # contents of lines and words are slices of the page's text
    return replace(page, text=printable(page.text), blocks=tuple(_block(block) for block in page.blocks))


def _block(block: Block) -> Block:
    return replace(block, lines=tuple(_line(line) for line in block.lines))


def _line(line: Line) -> Line:
    words = tuple(Word(printable(w.content), w.polygon, w.confidence, w.span) for w in line.words)
    return replace(line, content=printable(line.content), words=words)
