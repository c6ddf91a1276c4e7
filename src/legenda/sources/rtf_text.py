"""Text of RTF (Rich Text Format 1.9.1), in the sandbox. Cells of a row are parted by tabs."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.S
)
_UNSEEN = frozenset(
    (
        *(b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"listtable", b"listoverridetable"),
        *(b"rsidtbl", b"generator", b"themedata", b"colorschememapping", b"datastore", b"latentstyles", b"fldinst"),
        *(b"xmlnstbl",),
    )
)
_CHARACTERS = {
    **dict.fromkeys((b"par", b"line", b"row", b"sect"), "\n"),
    **dict.fromkeys((b"tab", b"cell"), "\t"),
    b"page": "\n\f\n",
    b"emdash": "—",
    b"endash": "–",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"bullet": "•",
}
_SYMBOLS = {b"~": "\u00a0", b"_": "\u2011", b"\n": "\n", b"\r": "\n", b"\\": "\\", b"{": "{", b"}": "}"}


def lines_of(data: bytes) -> Iterator[str]:
    """Lines; a form feed alone begins a page."""
    yield from "".join(_pieces(data)).split("\n")


def _pieces(data: bytes) -> Iterator[str]:
    encoding, bytes_left = "cp1252", bytearray()
    stack, unseen, skipped, instead, first = list[tuple[bool, int]](), False, 0, 1, False
    for match in _TOKEN.finditer(data):
        word, number, code, symbol, brace, plain = match.groups()
        if code and not skipped:
            if not unseen:
                bytes_left.append(int(code, 16))
            continue
        if bytes_left:  # letters of some scripts take two
            yield bytes_left.decode(encoding, "replace")
            bytes_left.clear()
        if brace == b"{":
            stack.append((unseen, instead))
            skipped, first = 0, True
            continue
        if brace == b"}":
            unseen, instead = stack.pop() if stack else (unseen, instead)
            skipped = 0
        elif code:
            skipped -= 1
        elif word:
            unseen = unseen or word in _UNSEEN
            if word == b"ansicpg" and number:
                encoding = _code_page(number)
            elif word == b"uc":
                instead = min(int(number or 1), 8)
            elif word == b"u" and number and not unseen:
                yield _character(int(number))
            if word == b"u":
                skipped = instead
            elif not unseen:
                yield _CHARACTERS.get(word, "")
        elif symbol:
            unseen = unseen or (symbol == b"*" and first)
            if not unseen:
                yield _SYMBOLS.get(symbol, "")
        elif plain:
            kept = plain[skipped:]
            skipped = max(0, skipped - len(plain))
            if not unseen:
                yield kept.decode(encoding, "replace")
        first = False


def _code_page(number: bytes) -> str:
    try:
        return codecs.lookup(f"cp{int(number)}").name
    except LookupError:
        return "cp1252"


def _character(number: int) -> str:
    number %= 0x10000
    return "" if 0xD800 <= number < 0xE000 else chr(number)
