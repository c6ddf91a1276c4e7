"""Takes the invisible text of an earlier OCR from a page that was read anew. Runs in the sandbox.

Only where that can be done without a doubt: all text that the page itself shows is invisible (rendering mode 3), and no
font is of type 3, whose glyphs are painted in any mode. What stands in forms stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

_INVISIBLE = 3
_SHOWING = frozenset(("Tj", "TJ", "'", '"'))
_MODE = re.compile(rb"\b3\s+Tr\b")


def without_earlier_text(page: pikepdf.Page, resources: Any) -> bytes | None:
    """The page's content without its invisible text.

    Args:
        page: whose content is looked at; it is not changed.
        resources: its own or inherited ones.

    Returns:
        New content, or `None` where the old one must stay: it has no such text, or more than such text.
    """
    try:
        if not any(_MODE.search(stream.read_bytes()) for stream in _streams(page)) or _has_type3(resources):
            return None
        kept = _kept(pikepdf.parse_content_stream(page))
        return pikepdf.unparse_content_stream(kept) if kept is not None else None
    except (pikepdf.PdfError, ValueError, TypeError, IndexError):  # damaged: it is shown as far as it goes
        return None


def _streams(page: pikepdf.Page) -> Iterator[Stream]:
    contents: Any = page.obj.get("/Contents")
    for stream in contents if isinstance(contents, Array) else [contents]:
        if isinstance(stream, Stream):
            yield stream


def _has_type3(resources: Any) -> bool:
    fonts = resources.get("/Font") if isinstance(resources, Dictionary) else None
    found = fonts.values() if isinstance(fonts, Dictionary) else ()
    return any(isinstance(font, Dictionary) and font.get("/Subtype") == Name.Type3 for font in found)


def _kept(instructions: Any) -> list[Any] | None:
    """The instructions that show no text; `None` if any text is visible."""
    kept, mode, outer = [], 0, []
    for instruction in instructions:
        operator = str(instruction.operator)
        if operator in _SHOWING:
            if mode != _INVISIBLE:
                return None
            continue
        if operator == "q":
            outer.append(mode)
        elif operator == "Q":
            mode = outer.pop() if outer else mode
        elif operator == "Tr":
            mode = int(instruction.operands[0])
        kept.append(instruction)
    return kept
