"""Labels with their values on forms and receipts: in one line, side by side, or one under the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from legenda.desk.values import ValueKind, values
from legenda.document import Line, Page, Polygon, Word, bounds

_LONGEST = 48  # characters of a label
_INLINE = re.compile(r"^\s*(?P<label>[^\W\d][^:：]{0,47}?)\s*[:：]\s*(?P<value>\S.*?)\s*$")
_BARE = re.compile(
    r"^\s*(?P<label>[^\W\d_][^:：\d]{1,46}?[^\W\d_.)#])[\s.#]+"
    r"(?P<value>(?:RM|EUR|USD|[$€£¥])?\s?-?\d[\d.,]*(?:\s?[A-Z%])?)\s*$"
)
_FACTS: tuple[ValueKind, ...] = ("amount", "number", "date", "time", "percent", "phone", "identifier", "email", "url")
_SAME_ROW = 0.5  # of the smaller height, which lines beside each other share
_APART = 0.6  # of the page's width, which may lie between a label and its value


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value.

    Attributes:
        page: its number.
        label, value: as they are written; the label without its colon.
        lines: the label's line, and the value's where that is another.
        start: where the value begins in the last line's content (code points).
    """

    page: int
    label: str
    value: str
    lines: tuple[Line, ...]
    start: int = 0

    @property
    def words(self) -> list[Word]:
        """Words of the value."""
        line = self.lines[-1]
        end = self.start + len(self.value)
        at = [(word.span.offset - line.span.offset, word) for word in line.words]
        return [word for offset, word in at if offset < end and offset + len(word.content) > self.start]

    @property
    def boxes(self) -> list[Polygon]:
        """Of the value's words, in page units; of its line, where it has no words."""
        return [word.polygon for word in self.words] or [self.lines[-1].polygon]

    @property
    def confidence(self) -> float:
        """The least of the value's words (0..1)."""
        return min([word.confidence for word in self.words] or [self.lines[-1].confidence])


def pairs(page: Page) -> list[Pair]:
    """Labels with their values on a page, in reading order."""
    lines = [line for line in page.lines if line.content.strip()]
    found: list[Pair] = []
    for index, line in enumerate(lines):
        found += _inline(page, line) or _beside(page, line, lines) or _below(page, line, lines, index)
    return found


def _inline(page: Page, line: Line) -> list[Pair]:
    match = _INLINE.match(line.content) or _BARE.match(line.content)
    if not match or not _is_label(match["label"]) or match["value"].endswith((":", "：")):
        return []  # what ends with a colon is a label itself
    return [Pair(page.number, match["label"].strip(), match["value"], (line,), match.start("value"))]


def _beside(page: Page, line: Line, lines: Sequence[Line]) -> list[Pair]:
    label = line.content.strip().rstrip(":：").strip()
    if not _is_label(label):
        return []
    right = [(gap, other) for gap, other in _to_the_right(line, lines) if gap < _APART * page.width]
    said = line.content.rstrip().endswith((":", "："))
    for _, other in sorted(right, key=lambda found: found[0])[:2]:  # between them may stand a currency
        text = other.content.strip()
        value = text.lstrip(":： ").strip()
        if value and (said or text != value or _is_fact(value)):
            return [Pair(page.number, label, value, (line, other), other.content.index(value))]
    return []


def _below(page: Page, line: Line, lines: Sequence[Line], index: int) -> list[Pair]:
    """A label that says it is one by its colon, or by the next line's beginning with one."""
    after = lines[index + 1] if index + 1 < len(lines) else None
    if after is None or not _is_label(line.content.strip().rstrip(":：").strip()):
        return []
    value = after.content.strip().lstrip(":： ").strip()
    said = line.content.rstrip().endswith((":", "：")) or after.content.lstrip().startswith((":", "："))
    if not value or not said or not _under(line, after):
        return []
    label = line.content.strip().rstrip(":：").strip()
    return [Pair(page.number, label, value, (line, after), after.content.index(value))]


def _to_the_right(line: Line, lines: Sequence[Line]) -> Iterator[tuple[float, Line]]:
    _, top, right, bottom = bounds(line.polygon)
    for other in lines:
        x0, y0, _, y1 = bounds(other.polygon)
        shared = min(bottom, y1) - max(top, y0)
        if other is not line and shared > _SAME_ROW * min(bottom - top, y1 - y0) and x0 >= right - 0.3 * (bottom - top):
            yield x0 - right, other


def _under(line: Line, after: Line) -> bool:
    x0, y0, x1, y1 = bounds(line.polygon)
    left, top, right, _ = bounds(after.polygon)
    return top >= (y0 + y1) / 2 and top - y1 < 2 * (y1 - y0) and min(right, x1) > max(left, x0)


def _is_label(text: str) -> bool:
    """Short, and of letters more than of anything else."""
    letters = sum(c.isalpha() for c in text)
    return (
        1 < len(text) <= _LONGEST
        and letters >= 2
        and letters >= 0.5 * len(text.replace(" ", ""))
        and len(text.split()) <= 7
    )


def _is_fact(text: str) -> bool:
    """Whether a text is a value and little besides."""
    found = values(text, *_FACTS)
    return bool(found) and sum(value.end - value.start for value in found) >= 0.5 * len(text)
