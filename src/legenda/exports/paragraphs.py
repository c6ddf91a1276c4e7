"""What a block's lines are together: paragraphs, items of a list, or rows of cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from math import hypot
from typing import NamedTuple

from legenda.document import Block, Line
from legenda.exports.rows import rows

_BULLET = re.compile(r"([-+*•‣▪●○◦·–—■□◆◇⁃➢➤✓✔❖]|\d{1,9}[.)])\s+(?=\S)|([•●○◦▪■□◆◇‣⁃➢➤✓✔❖])(?=\S)|(?=[☐☑☒])")
_ENDED = re.compile(r"[.!?:;…。！？：；][\"'»”’)\]]*$")
_FULL = 0.75  # share of a block's width that the last line of a paragraph has at least where it goes on
_SAME_SIZE = 1.25
_BROKEN_WORD = re.compile(r"(\w*[^\W\d_]{2})[-\u2010]$")
# a line that ends short of the block's width by more than this times the next word and an em was ended on purpose
_ROOM = 1.2


def is_table(block: Block) -> bool:
    """Whether a block says so, or looks like one: half of its rows, and at least two, have several cells."""
    if block.kind != "text":
        return block.kind == "table"
    found = rows([line for line in block.lines if line.content.strip()])
    several = sum(len(row) > 1 for row in found)
    return several >= 2 and 2 * several >= len(found)


class Item(NamedTuple):
    """An item of a list.

    Attributes:
        name: its mark: `-`, or a number as it is written.
        lines: of the item.
        label: how many characters of the first line are the mark.
    """

    name: str
    lines: list[Line]
    label: int


def listed(lines: Sequence[Line]) -> list[Item]:
    """The items of a list."""
    found: list[Item] = []
    for line in lines:
        marker = _BULLET.match(line.content)
        if marker or not found:
            name = marker[1] if marker and marker[1] and marker[1][0].isdigit() else "-"
            found.append(Item(name, [line], marker.end() if marker else 0))
        else:
            found[-1].lines.append(line)
    return found


def items(lines: Sequence[Line], page_text: str) -> list[tuple[str, str]]:
    """Items of a list: their mark (`-`, or a number as it is written), and their text."""
    return [
        (item.name, joined([item.lines[0].content[item.label :], *(x.content for x in item.lines[1:])], page_text))
        for item in listed(lines)
    ]


def continues(before: Block, after: Block) -> bool:
    """Whether a paragraph goes on in the next block, as at the end of a column or a page."""
    if before.kind != "text" or after.kind != "text" or is_table(before) or is_table(after):
        return False
    first, last = after.lines[0], before.lines[-1]
    content, starts = last.content.rstrip(), first.content.lstrip()[:1]
    if not content or not starts.islower() or _ENDED.search(content):
        return False
    alike = _height(first) < _SAME_SIZE * _height(last) and _height(last) < _SAME_SIZE * _height(first)
    return alike and _width(last) >= _FULL * max(_width(line) for line in before.lines) and len(content) > 20


def paragraphs(lines: Sequence[Line], page_text: str) -> list[str]:
    """Join lines that only the paper's edge has broken; lines ended on purpose stay apart.

    Args:
        lines: of a block, with text each.
        page_text: of the page, which tells whether a word has a hyphen of its own.
    """
    return [joined([line.content for line in group], page_text) for group in grouped(lines)]


def grouped(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of each paragraph (see `paragraphs`)."""
    if not lines:
        return []
    width = max(_width(line) for line in lines)
    ended = [_ended_on_purpose(line, after, width) for line, after in pairwise(lines)]
    if 2 * sum(ended) >= len(ended):  # a receipt or an address, where the longest line ends on purpose too
        ended = [not _broken_word(line.content) for line in lines[:-1]]
    groups = [[lines[0]]]
    for line, apart in zip(lines[1:], ended, strict=True):
        if apart:
            groups.append([])
        groups[-1].append(line)
    return groups


def joined(parts: Sequence[str], page_text: str) -> str:
    """Lines as one: hyphens at their ends are taken out where they are not the word's own."""
    return "".join(pieces(parts, page_text))


def pieces(parts: Sequence[str], page_text: str) -> list[str]:
    """What is left of each line, with the space behind it, when they are `joined`."""
    found = [parts[0].strip()]
    for part in map(str.strip, parts[1:]):
        together = _join(found[-1], part, page_text)
        found[-1] = together[: len(together) - len(part)]
        found.append(part)
    return found


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


def _height(line: Line) -> float:
    x1, y1, *_, x4, y4 = line.polygon
    return hypot(x4 - x1, y4 - y1)


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
