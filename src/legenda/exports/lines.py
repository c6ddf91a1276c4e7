"""What lines tell besides their text: language, and how they look."""

from __future__ import annotations

import re
from collections.abc import Iterable
from statistics import mode

from legenda.document import Line

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def language_of(lines: Iterable[Line]) -> str:
    """The commonest language of some lines, or empty."""
    found = [line.language for line in lines if _LANGUAGE.fullmatch(line.language)]
    return mode(found) if found else ""


def look(line: Line) -> tuple[bool, bool]:
    """Whether a line is bold, and whether it is italic, as far as somebody saw that."""
    return (bool(line.style and line.style.bold), bool(line.style and line.style.italic))
