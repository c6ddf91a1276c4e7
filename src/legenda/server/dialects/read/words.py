"""Words as Read has them: between spaces, but in scripts without spaces every character is one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

import regex

from legenda.document import Line, Polygon, Span, Word
from legenda.exports.grid import cells
from legenda.server.dialects.read.rulers import continued

_ANY = re.compile("[\u0300-\u036f\u0483-\u0489\u0590-\U0010ffff]")  # else there is nothing to do
_SPACELESS = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Yi}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
    r"\u3001-\u303f\u30fb\u30fc\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
)


def read_words(line: Line) -> Sequence[Word]:
    """The words of a line. Each begins and ends where characters do, so that every index type can tell its span."""
    if not line.words and line.content.strip():
        line = _filled(line)
    if not _ANY.search(line.content):
        return [word for word in line.words if word.content]
    inside = frozenset(continued(line.content))
    return [piece for word in _whole(line, inside) for piece in _split(word)]


def _filled(line: Line) -> Line:
    """A line of which only the whole is known: one word, without the spaces around it."""
    begin = len(line.content) - len(line.content.lstrip())
    text = line.content.strip()
    word = Word(text, line.polygon, line.confidence, Span(line.span.offset + begin, len(text)))
    return Line(line.content, line.polygon, line.confidence, (word,), line.span)


def _whole(line: Line, inside: frozenset[int]) -> Iterator[Word]:
    """The words without broken characters; two that share one are one word."""
    base, last = line.span.offset, None
    for word in line.words:
        start = word.span.offset - base
        end = start + len(word.content)
        while start in inside:
            start -= 1
        while end in inside:
            end += 1
        if start == end:
            continue
        made = Word(line.content[start:end], word.polygon, word.confidence, Span(base + start, end - start))
        if last and made.span.offset < last.span.offset + last.span.length:
            last = _joined(line, last, made)
            continue
        if last:
            yield last
        last = made
    if last:
        yield last


def _joined(line: Line, one: Word, other: Word) -> Word:
    start = min(one.span.offset, other.span.offset)
    end = max(sum(one.span), sum(other.span))
    polygon = (*one.polygon[:2], *other.polygon[2:6], *one.polygon[6:])
    content = line.content[start - line.span.offset : end - line.span.offset]
    return Word(content, polygon, min(one.confidence, other.confidence), Span(start, end - start))


def _split(word: Word) -> Iterator[Word]:
    """The word, cut before and after every character of a script without spaces."""
    texts = _pieces(word.content)
    if len(texts) == 1:
        yield word
        return
    widths = [max(1, cells(text)) for text in texts]
    ends = list(accumulate(widths))
    offset = word.span.offset
    for text, width, end in zip(texts, widths, ends, strict=True):
        polygon = _part(word.polygon, (end - width) / ends[-1], end / ends[-1])
        yield Word(text, polygon, word.confidence, Span(offset, len(text)))
        offset += len(text)


def _pieces(text: str) -> list[str]:
    if not _SPACELESS.search(text):
        return [text]
    found: list[str] = []
    open_ = False
    for character in regex.findall(r"\X", text):
        alone = _SPACELESS.match(character) is not None
        if open_ and not alone:
            found[-1] += character
        else:
            found.append(character)
        open_ = not alone
    return found


def _part(polygon: Polygon, start: float, end: float) -> Polygon:
    """A stretch of a quadrilateral along its text."""
    x1, y1, x2, y2, x3, y3, x4, y4 = polygon
    return (
        *(x1 + (x2 - x1) * start, y1 + (y2 - y1) * start, x1 + (x2 - x1) * end, y1 + (y2 - y1) * end),
        *(x4 + (x3 - x4) * end, y4 + (y3 - y4) * end, x4 + (x3 - x4) * start, y4 + (y3 - y4) * start),
    )
