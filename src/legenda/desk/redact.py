"""Takes words out of a document: out of its text, and out of the pictures of its pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from legenda.desk import pictured
from legenda.desk.passages import cut
from legenda.desk.patterns import Pattern
from legenda.desk.values import ValueKind, values
from legenda.document import Block, Box, Document, Line, Page, Word, assemble, bounds, compose
from legenda.errors import InvalidOptionError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

BLANK = "█"
_KINDS: Mapping[str, ValueKind] = {
    "dates": "date",
    "amounts": "amount",
    "emails": "email",
    "urls": "url",
    "phones": "phone",
    "identifiers": "identifier",
    "names": "name",
}
_PATTERNS = {
    "ibans": r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b",
    "cards": r"(?<!\d)(?:\d[ -]?){13,19}(?!\d)",
}
# without a currency beside it, what has two decimals is taken for an amount: too much gone is better than too little
_ALSO = {
    "amounts": r"(?<![\d.,])\d{1,3}(?:[ ,.']?\d{3})*[.,]\d{2}(?![\d.,])",
    "phones": r"(?<!\d)\+?\d{2,4}[-/ ]\d{6,9}(?!\d)",
}
NAMED = (*_KINDS, *_PATTERNS)
"""What can be taken out by name."""
_TOUCHED = 0.1  # part of a word that lies in a box for the word to go
_MARGIN = 0.12  # of a word's height, painted over around it: letters reach over boxes


@dataclass(frozen=True, slots=True)
class Mark:
    """What is to go.

    Attributes:
        page: its number.
        box: left, top, right, bottom, in page units.
    """

    page: int
    box: Box


def marks(document: Document, patterns: Sequence[str], boxes: Iterable[Mark] = ()) -> list[Mark]:
    """The places of what patterns match, also over the ends of lines, and the boxes given.

    Args:
        document: that was read.
        patterns: regular expressions (Python's, case is not told apart), or names of `NAMED`.
        boxes: given.

    Raises:
        InvalidOptionError: a pattern is none, or nothing is to go.
    """
    found = list(boxes)
    compiled = [Pattern(_PATTERNS.get(pattern, pattern)) for pattern in patterns if pattern not in _KINDS]
    compiled += [Pattern(_ALSO[pattern]) for pattern in patterns if pattern in _ALSO]
    kinds = [_KINDS[pattern] for pattern in patterns if pattern in _KINDS]
    if not found and not patterns:
        raise InvalidOptionError(
            "Nothing is to be taken out", "", f"give patterns or boxes; by name: {', '.join(NAMED)}"
        )
    for passage in cut(document.pages):
        spans = [span for pattern in compiled for span in pattern.spans(passage.text)]
        spans += [(value.start, value.end) for value in values(passage.text, *kinds)] if kinds else []
        found += [Mark(passage.page, bounds(w.polygon)) for start, end in spans for w in passage.words(start, end)]
    return list(dict.fromkeys(found))


def redacted(document: Document, found: Sequence[Mark]) -> Document:
    """The document with `BLANK` in place of every character of the words that go."""
    by_page: dict[int, list[Box]] = {}
    for mark in found:
        by_page.setdefault(mark.page, []).append(mark.box)
    pages = [_page(page, by_page.get(page.number, [])) for page in document.pages]
    return assemble(pages, document.name)


def write(
    document: Document, found: Sequence[Mark], data: Path | bytes, out: BinaryIO, *, password: str | None = None
) -> int:
    """Write a PDF of pictures with what goes painted black; how many words went.

    Args:
        document: that was read from `data`.
        found: what goes.
        data: the original, of which nothing is kept but what its pages look like.
        out: takes the PDF.
        password: opens the original.

    Raises:
        LegendaError: the original cannot be opened or drawn.
    """
    blank = redacted(document, found)
    by_page = {page.number: [mark.box for mark in found if mark.page == page.number] for page in document.pages}
    numbers = [page.number for page in blank.pages]

    def paint(page: Page, pixels: Pixels) -> Pixels:
        # boxes are in units of the page as it was read, which the picture shows at another scale
        original = next(one for one in document.pages if one.number == numbers[page.number - 1])
        scale = page.width / original.width, page.height / original.height
        return _black(
            pixels,
            [
                (x0 * scale[0], y0 * scale[1], x1 * scale[0], y1 * scale[1])
                for x0, y0, x1, y1 in by_page[original.number]
            ],
        )

    pictured.write(_without(blank), data, out, paint, password=password)
    return sum(word.content == BLANK * len(word.content) for page in blank.pages for word in page.words)


def _page(page: Page, boxes: Sequence[Box]) -> Page:
    if not boxes:
        return page
    return compose(page, [_block(block, boxes) for block in page.blocks])


def _block(block: Block, boxes: Sequence[Box]) -> Block:
    lines = tuple(_line(line, boxes) for line in block.lines)
    if all(new is old for new, old in zip(lines, block.lines, strict=True)):
        return block
    return replace(block, lines=lines, notation=None)  # what a notation says of it may be what goes


def _line(line: Line, boxes: Sequence[Box]) -> Line:
    hit = [word for word in line.words if _touched(word, boxes)]
    if not line.words and _touched(Word(line.content, line.polygon, 1.0), boxes):
        return replace(line, content=BLANK * len(line.content), marks=())
    if not hit:
        return line
    content = line.content
    for word in hit:
        start = word.span.offset - line.span.offset
        content = content[:start] + BLANK * len(word.content) + content[start + len(word.content) :]
    words = tuple(replace(w, content=BLANK * len(w.content)) if w in hit else w for w in line.words)
    return replace(line, content=content, words=words, marks=())


def _touched(word: Word, boxes: Sequence[Box]) -> bool:
    x0, y0, x1, y1 = bounds(word.polygon)
    area = max((x1 - x0) * (y1 - y0), 1e-9)
    return any(
        max(0.0, min(x1, right) - max(x0, left)) * max(0.0, min(y1, bottom) - max(y0, top)) > _TOUCHED * area
        for left, top, right, bottom in boxes
    )


def _without(document: Document) -> Document:
    """The document without the words that are blank: not even their length is told."""
    pages = []
    for page in document.pages:
        blocks = [replace(block, lines=tuple(map(_spared, block.lines)), table=None) for block in page.blocks]
        pages.append(compose(page, blocks))
    return assemble(pages, "")


def _spared(line: Line) -> Line:
    words = tuple(word for word in line.words if BLANK not in word.content)
    if len(words) == len(line.words):
        return line
    return replace(line, content=" ".join(word.content for word in words), words=words, marks=())


def _black(pixels: Pixels, boxes: Sequence[Box]) -> Pixels:
    painted = pixels.copy()
    for left, top, right, bottom in boxes:
        margin = _MARGIN * (bottom - top)
        rows = slice(max(0, int(top - margin)), max(0, int(bottom + margin) + 1))
        columns = slice(max(0, int(left - margin)), max(0, int(right + margin) + 1))
        painted[rows, columns] = 0
    return painted
