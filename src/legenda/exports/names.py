"""Names made safe: of files, sheets and titles, which people see beside names they trust."""

from __future__ import annotations

import re
from collections.abc import Container

from legenda.document.text import printable

# marks that turn or hide what follows them (UAX #9; `invoice\u202egpj.exe` is shown as `invoiceexe.jpg`)
_TURNING = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]")
_NO_SHEET = re.compile(r"[\[\]:*?/\\]")
_LONGEST_SHEET = 31  # characters Excel allows


def plain_name(text: str) -> str:
    """A name in one line, without control characters and without marks that change the direction of writing."""
    return " ".join(_TURNING.sub("", printable(text).replace("\ufffd", "_")).split())


def sheet_name(text: str, taken: Container[str]) -> str:
    """A name Excel takes for a sheet, unlike all of `taken` (which are in lower case)."""
    name = _cut(_NO_SHEET.sub(" ", plain_name(text)), _LONGEST_SHEET) or "Sheet"
    name = f"{name}_"[-_LONGEST_SHEET:] if name.casefold() == "history" else name
    stem, number = name, 1
    while name.casefold() in taken:
        number += 1
        tail = f" ({number})"
        name = _cut(stem, _LONGEST_SHEET - len(tail)) + tail
    return name


def _cut(text: str, longest: int) -> str:
    """As Excel counts, in UTF-16; neither end may be an apostrophe."""
    cut = text.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore")
    return " ".join(cut.split()).strip("'").strip()
