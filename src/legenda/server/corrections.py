"""Words of a page that a person put right."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from legenda.document.model import Block, Line, Page, Word, compose
from legenda.document.structure import Mark


class Correction(NamedTuple):
    """A word of a page: what it was read as, and what it is (empty: there is no word)."""

    was: str
    content: str


class OutdatedError(Exception):
    """A word is not what somebody thinks it was."""


def corrected(page: Page, given: Mapping[int, Correction]) -> Page:
    """The page with words put right; they are certain from then on.

    Args:
        page: as it was read, or corrected before.
        given: by place among the words of the page in reading order, 0-based.

    Raises:
        OutdatedError: there is no such word, or it is another one by now.
    """
    counted, blocks = 0, []
    for block in page.blocks:
        lines = []
        for line in block.lines:
            mine = {n: given[counted + n] for n in range(len(line.words)) if counted + n in given}
            lines.append(_line(line, mine) if mine else line)
            counted += len(line.words)
        blocks.append(_block(block, lines))
    if any(n >= counted for n in given):
        raise OutdatedError
    return compose(page, blocks)


def _block(block: Block, lines: Sequence[Line]) -> Block:
    same = all(new is old for new, old in zip(lines, block.lines, strict=True))
    return block if same else replace(block, lines=tuple(lines))


@dataclass(slots=True)
class _Edit:
    """A stretch of a line's old content, and how many characters its new one has more."""

    end: int
    more: int


def _line(line: Line, given: Mapping[int, Correction]) -> Line:
    content, at, words, edits = "", 0, list[Word](), list[_Edit]()
    for place, word in enumerate(line.words):
        start = word.span.offset - line.span.offset
        end = start + len(word.content)
        correction = given.get(place)
        if correction is None:
            content, at = content + line.content[at:end], end
            words.append(word)
            continue
        if unicodedata.normalize("NFC", word.content) != unicodedata.normalize("NFC", correction.was):
            raise OutdatedError
        content += line.content[at:start]
        if correction.content:
            content += correction.content
            words.append(Word(correction.content, word.polygon, 1.0))
        elif content.endswith(" ") and line.content[end : end + 1] in ("", " "):
            content = content[:-1]
            edits.append(_Edit(start, -1))
        edits.append(_Edit(end, len(correction.content) - len(word.content)))
        at = end
    content += line.content[at:]
    sure = sum(word.confidence for word in words) / len(words) if words else line.confidence
    stripped = len(content) - len(content.lstrip())
    edits[:0] = [_Edit(0, -stripped)] if stripped else []
    return replace(
        line,
        content=content.strip(),
        words=tuple(words),
        confidence=sure,
        marks=tuple(mark for old in line.marks if (mark := _moved(old, edits, len(content.strip())))),
    )


def _moved(mark: Mark, edits: Sequence[_Edit], length: int) -> Mark | None:
    """Where a mark stands after the edits; nowhere, if nothing is left of what it marked."""
    start = mark.start + sum(edit.more for edit in edits if edit.end <= mark.start)
    end = mark.start + mark.length
    end += sum(edit.more for edit in edits if edit.end <= end)
    start, end = max(start, 0), min(end, length)
    return replace(mark, start=start, length=end - start) if end > start else None
