"""Markdown (CommonMark): paragraphs, headings and lists by kind of block; what would be misread is escaped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from math import hypot

from legenda.document import Block, Line, Page
from legenda.exports.base import Exporter
from legenda.exports.grid import layout
from legenda.exports.rows import rows

_HEADINGS = {"title": "# ", "heading": "## "}
_BULLET = re.compile(r"([-+*•‣▪●○◦·–—]|\d{1,9}[.)])\s+(?=\S)")
_INLINE = re.compile(
    r"""\\(?=[!-/:-@\[-`{-~]|$) | ` | (?<!\s)\*|\*(?!\s) | (?<!\w)_|_(?!\w) | \](?=[(\[:]) | \[(?=[ xX]\]\s|\^)
    | <(?=[A-Za-z/!?]) | &(?=\#?\w+;) | ~(?=~)|(?<=\S)~""",
    re.VERBOSE,
)
_START = re.compile(r"(?=\#{1,6}(?:\s|$)|>|[-+*](?:\s|$)|[-=_:|*][-=_:|*\s]*$|\|)")
_ORDERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_BROKEN_WORD = re.compile(r"(\w*[^\W\d_]{2})[-\u2010]$")
# a line that ends short of the block's width by more than this times the next word and an em was ended on purpose
_ROOM = 1.2


class Markdown(Exporter):
    """One paragraph per block, one blank line between blocks and pages."""

    format = "md"
    suffix = ".md"

    def __init__(self, *args: object, page_breaks: bool = False) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._page_breaks = page_breaks
        self._begun = False

    def _add(self, page: Page) -> None:
        blocks = [text for block in page.blocks if (text := _block(block, page.text))]
        if self._page_breaks and self._count:
            blocks.insert(0, "---")
        for text in blocks:
            self._write(("\n" if self._begun else "") + text + "\n")
            self._begun = True

    def close(self) -> None:
        """Nothing comes after the last page."""


def _block(block: Block, page_text: str) -> str:
    lines = [line for line in block.lines if line.content.strip()]
    if not lines:
        return ""
    if block.kind in ("table", "code") or (block.kind == "text" and _is_table(lines)):
        return _fenced(layout(lines))
    if block.kind == "list":
        return _list(lines, page_text)
    if block.kind in _HEADINGS:
        return _HEADINGS[block.kind] + escape(_joined([line.content for line in lines], page_text)).rstrip("#")
    return "\\\n".join(escape(text) for text in _sentences(lines, page_text))


def _is_table(lines: Sequence[Line]) -> bool:
    """Whether at least two rows, and at least half of all, have several cells."""
    found = rows(lines)
    several = sum(len(row) > 1 for row in found)
    return several >= 2 and 2 * several >= len(found)


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _list(lines: Sequence[Line], page_text: str) -> str:
    items: list[tuple[str, list[str]]] = []
    for line in lines:
        marker = _BULLET.match(line.content)
        if marker or not items:
            name = marker[1] if marker and marker[1][0].isdigit() else "-"
            items.append((name, [line.content[marker.end() if marker else 0 :]]))
        else:
            items[-1][1].append(line.content)
    return "\n".join(f"{name} {escape(_joined(parts, page_text))}" for name, parts in items)


def _sentences(lines: Sequence[Line], page_text: str) -> list[str]:
    """Join lines that only the paper's edge has broken; lines ended on purpose stay apart."""
    width = max(_width(line) for line in lines)
    ended = [_ended_on_purpose(line, after, width) for line, after in pairwise(lines)]
    if 2 * sum(ended) >= len(ended):  # a receipt or an address, where the longest line ends on purpose too
        ended = [not _broken_word(line.content) for line in lines[:-1]]
    groups: list[list[str]] = [[lines[0].content]]
    for line, apart in zip(lines[1:], ended, strict=True):
        if apart:
            groups.append([])
        groups[-1].append(line.content)
    return [_joined(group, page_text) for group in groups]


def _ended_on_purpose(line: Line, after: Line, width: float) -> bool:
    """Whether the next line's first word would have fitted."""
    first = after.words[0].polygon if after.words else None
    needed = hypot(first[2] - first[0], first[3] - first[1]) if first else _width(after) / max(len(after.content), 1)
    x1, y1, *_, x4, y4 = line.polygon
    em = hypot(x4 - x1, y4 - y1)
    return width - _width(line) > _ROOM * needed + em and not _broken_word(line.content)


def _width(line: Line) -> float:
    x1, y1, x2, y2 = line.polygon[:4]
    return hypot(x2 - x1, y2 - y1)


def _joined(parts: Sequence[str], page_text: str) -> str:
    text = parts[0].strip()
    for part in parts[1:]:
        text = _join(text, part.strip(), page_text)
    return text


def _join(left: str, right: str, page_text: str) -> str:
    if not left or not right:
        return left + right
    if left.endswith("\u00ad"):
        return left[:-1] + right
    if right[0].islower() and (broken := _broken_word(left)):
        rest = re.match(r"\w+", right)
        compound = f"{broken[1]}-{rest[0] if rest else ''}"
        return left + right if compound in page_text else left[:-1] + right
    return left + ("" if _is_cjk(left[-1]) and _is_cjk(right[0]) else " ") + right


def _broken_word(text: str) -> re.Match[str] | None:
    return _BROKEN_WORD.search(text[-64:]) if text.endswith(("-", "\u2010")) else None


def _is_cjk(character: str) -> bool:
    """Han, kana and their punctuation; Korean separates words by spaces."""
    return unicodedata.east_asian_width(character) in "WF" and not "\uac00" <= character <= "\ud7a3"


def escape(text: str) -> str:
    """One line of text with a backslash before everything CommonMark or GitHub would read as markup."""
    text = _INLINE.sub(lambda match: "\\" + match[0], " ".join(text.split()))
    text = _ORDERED.sub(r"\1\\\2", text, count=1) if _ORDERED.match(text) else text
    return "\\" + text if _START.match(text) else text
