"""A document cut into passages: sentences, rows of tables and of forms, each with the words it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from legenda.desk.labels import pairs
from legenda.document import Block, Line, Page, Polygon, Word, from_box
from legenda.exports.paragraphs import grouped, is_table, pieces
from legenda.exports.rows import rows
from legenda.exports.tables import table

_END = re.compile(r"(?<=[.!?؟।…])[\"'”’»)]*\s+|(?<=[。！？])[”’」』）]*")
# After these a full stop ends no sentence; initials and numbers are told by their form
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:\w|\d{1,3}|Mr|Mrs|Ms|Dr|Prof|Gen|Hr|Fr|Frl|St|No|Nr|Bd|Co|Inc|Ltd|Md|Fig|vgl|bzw|etc|usw|ca|art|resp"
    r"|al|cf|vol|id|reg|rfg|tel|pp|dne|dňa|okr|stat|stát|četn|polic|nar|hod|tzv|např|napr|min|sect|dept|approx|e\.g|i\.e|z\.B|d\.h)\.$",
    re.IGNORECASE,
)
_STOPPED = re.compile(r"[.!?:;…。！？][\"'”’»)]*$")
_FIGURE = re.compile(r"\d")
_LONG = 40  # characters of a line that may be broken by the paper's edge
_GAP = "  "  # between the cells of a row


@dataclass(frozen=True)
class Passage:
    """A sentence, or a row of a table.

    Attributes:
        page: its number, 1-based.
        text: as it is written, lines joined, hyphens at their ends taken out.
        places: where each line's share of `text` begins and ends (code points), the line, and how many characters of
            the line are left out before.
        row: it is a row: cells of a table, or a label with its value.
        heads: of a row of a table, what heads the column of each place; empty for other passages.
        caption: of a row of a table, the sentence before the table.
        label: of a label with its value, the label.
    """

    page: int
    text: str
    places: tuple[tuple[int, int, Line, int], ...]
    row: bool = False
    heads: tuple[str, ...] = ()
    caption: str = ""
    label: str = ""

    def words(self, start: int = 0, end: int | None = None) -> list[Word]:
        """Words that have a part in a stretch of `text`; those of all of it by default."""
        end = len(self.text) if end is None else end
        found = []
        for first, last, line, dropped in self.places:
            for word in line.words:
                at = first + word.span.offset - line.span.offset - dropped
                if at < min(end, last) and at + len(word.content) > max(start, first):
                    found.append(word)
        return found

    def boxes(self, start: int = 0, end: int | None = None) -> list[Polygon]:
        """A rectangle around the words of a stretch on each line, in page units, clockwise from the top left."""
        end = len(self.text) if end is None else end
        found = []
        for first, last, line, _ in self.places:
            if first < end and last > start:
                words = self.words(max(first, start), min(last, end))
                found.append(_around([word.polygon for word in words] or [line.polygon]))
        return found

    @cached_property
    def key(self) -> str:
        """The same for passages that say the same."""
        return " ".join(self.text.casefold().split())


def cut(pages: Iterable[Page]) -> list[Passage]:
    """The passages of pages, in reading order."""
    return [passage for page in pages for passage in _of(page)]


def _of(page: Page) -> Iterator[Passage]:
    yield from _written(page)
    for pair in pairs(page):
        yield replace(_row(page.number, pair.lines), label=pair.label)


def _written(page: Page) -> Iterator[Passage]:
    running: list[Line] = []  # a sentence goes on from paragraph to paragraph where typewriters end lines early
    caption = ""
    for block in page.blocks:
        lines = [line for line in block.lines if line.content.strip()]
        if is_table(block) and lines:
            for passage in _sentences(page.number, running, page.text):
                caption = passage.text
                yield passage
            running = []
            yield from _rows(page.number, block, caption)
            continue
        for group in _groups(lines):
            if running and not _goes_on(running, group):
                for passage in _sentences(page.number, running, page.text):
                    caption = passage.text
                    yield passage
                running = []
            running += group
    yield from _sentences(page.number, running, page.text)


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """Paragraphs; one row of lines is one, too."""
    return [list(lines)] if len(rows(lines)) == 1 and lines else grouped(lines)


def _goes_on(lines: Sequence[Line], after: Sequence[Line]) -> bool:
    """Whether a paragraph is the middle of a sentence rather than its end."""
    end, start = lines[-1].content.rstrip(), after[0].content.lstrip()
    if _STOPPED.search(end) or not start:
        return False
    return start[0].islower() or (len(end) >= _LONG and len(lines) > 1 and start[0].isalnum() and end[-1].isalnum())


def _rows(page: int, block: Block, caption: str) -> Iterator[Passage]:
    """Rows of a table, each with what heads its columns."""
    found = table(block)
    heads: dict[int, str] = {}
    body = False
    for index, row in enumerate(found.rows):
        lines = [(cell, line) for cell in row for line in cell.lines]
        if not lines:
            continue
        figures = len(row) > 1 and row[0].column == 0 and any(_FIGURE.search(cell.text) for cell in row[1:])
        body = body or (index >= found.heads if found.heads else figures and index > 0)
        if not body:
            for cell in row:
                for column in range(cell.column, cell.column + cell.columns):
                    heads[column] = f"{heads.get(column, '')} {cell.text}".strip()
        passage = _row(page, [line for _, line in lines])
        yield replace(
            passage, heads=tuple(heads.get(cell.column, "") for cell, _ in lines) if body else (), caption=caption
        )


def _row(page: int, row: Sequence[Line]) -> Passage:
    texts = [line.content.strip() for line in row]
    return Passage(page, _GAP.join(texts), tuple(_places(row, texts, len(_GAP))), row=True)


def _sentences(page: int, lines: Sequence[Line], page_text: str) -> Iterator[Passage]:
    if not lines:
        return
    parts = pieces([line.content for line in lines], page_text)
    text, places = "".join(parts), list(_places(lines, parts, 0))
    for start, end in sentences(text):
        inside = tuple(
            (max(first - start, 0), min(last, end) - start, line, dropped + max(start - first, 0))
            for first, last, line, dropped in places
            if first < end and last > start
        )
        yield Passage(page, text[start:end], inside)


def _places(lines: Sequence[Line], parts: Sequence[str], gap: int) -> Iterator[tuple[int, int, Line, int]]:
    at = 0
    for line, part in zip(lines, parts, strict=True):
        yield at, at + len(part), line, len(line.content) - len(line.content.lstrip())
        at += len(part) + gap


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a text begin and end (code points), without the space around them."""
    start = 0
    for match in _END.finditer(text):
        if _ABBREVIATED.search(text[max(start, match.start() - 16) : match.start()]):
            continue
        if match.end() < len(text) and text[match.end()].islower():
            continue
        if text[start : match.start()].strip():
            yield start, match.start()
        start = match.end()
    if text[start:].strip():
        yield start, len(text.rstrip())


def _around(polygons: Sequence[Polygon]) -> Polygon:
    xs = [x for polygon in polygons for x in polygon[0::2]]
    ys = [y for polygon in polygons for y in polygon[1::2]]
    return from_box(min(xs), min(ys), max(xs), max(ys))
