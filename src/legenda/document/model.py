"""`Document -> Page -> Block -> Line -> Word`, all immutable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from legenda.document.geometry import Affine, Box, Polygon, transform
from legenda.document.structure import Mark, Notation, Table, mapped_table

Unit = Literal["pixel", "point", "inch"]
PageSource = Literal["ocr", "text_layer", "mixed"]
BlockKind = Literal[
    "text",
    "title",
    "heading",
    "list",
    "table",
    "figure",
    "chart",
    "formula",
    "caption",
    "header",
    "footer",
    "page_number",
    "footnote",
    "code",
    "seal",
    "handwriting",
    "molecule",
    "geometry",
    "score",
    "barcode",
]


class Span(NamedTuple):
    """A stretch of the document's text: offset and length in Unicode code points."""

    offset: int
    length: int

    def of(self, text: str) -> str:
        """The slice of `text` this span covers."""
        return text[self.offset : self.offset + self.length]


_UNPLACED = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks; `None` where nobody looked."""

    bold: bool | None = None
    italic: bool | None = None
    handwritten: bool | None = None
    handwritten_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word; in scripts without spaces, one character.

    Attributes:
        content: its text.
        polygon: in page units, clockwise from the text's own top left.
        confidence: probability (0..1) that `content` is exactly right.
        span: where it stands in the document's text.
    """

    content: str
    polygon: Polygon
    confidence: float
    span: Span = _UNPLACED


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text. An unreadable line has a polygon but no content, no words and a span of length 0.

    Attributes:
        content: its text; the words in order, joined as the script joins them.
        polygon: in page units, clockwise from the text's own top left.
        confidence: the mean of its words' probabilities (0..1).
        words: in order; their contents occur in `content` in that order.
        span: where it stands in the document's text.
        language: BCP-47 code, or empty when unknown.
        script: ISO 15924 code (`Latn`, `Hani`), or empty when unknown.
        engine: name of the engine or model that read it (`ppocrv6-tiny`, `tesseract`, `text-layer`).
        unreadable: something is written here but could not be read with any confidence.
        marks: stretches of it that are bold, links, formulas and the like.
    """

    content: str
    polygon: Polygon
    confidence: float
    words: tuple[Word, ...] = ()
    span: Span = _UNPLACED
    language: str = ""
    script: str = ""
    engine: str = ""
    style: Style | None = None
    unreadable: bool = False
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together, in reading order.

    Attributes:
        kind: what they are; one item of a list is a block of its own.
        polygon: around them, in page units.
        lines: in order; a figure may have none.
        span: where they stand in the document's text.
        confidence: probability (0..1) that `kind` is right.
        level: of a heading (1 is the highest) or of a list's item (1 is the outermost); 0 where nobody looked.
        table: rows and columns, where `kind` is `table` and they were found.
        notation: what a formula, chart, figure, molecule, score or barcode says.
    """

    kind: BlockKind
    polygon: Polygon
    lines: tuple[Line, ...]
    span: Span = _UNPLACED
    confidence: float = 1.0
    level: int = 0
    table: Table | None = None
    notation: Notation | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong with a page; the others went on.

    Attributes:
        code: stable code of the error (`parser_crash`, `timed_out`, `unreadable_lines`).
        message: what failed, why, and what to do.
    """

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Part:
    """Where a page was cut out of a picture that shows two.

    Attributes:
        picture: which of its file's pictures, from 1.
        box: left, top, right, bottom; pixels of the picture, upright. All of it where the picture shows one page, but
            others of its file show two.
    """

    picture: int
    box: Box


@dataclass(frozen=True, slots=True)
class Page:
    """One page, in its own frame: origin top left, x to the right, y down, after the file's own rotation flag.

    Attributes:
        number: 1-based, in the input document.
        width: in `unit`.
        height: in `unit`.
        unit: `pixel` for images, `point` (1/72 inch) for PDF.
        text: the page's text: its lines joined by line feeds, in reading order.
        blocks: in reading order.
        span: where `text` stands in the document's text.
        angle: degrees clockwise, (-180, 180], by which the text is turned on the page as given.
        source: whether the text came from the file's own text layer, from reading the picture, or both.
        engine: name of the engine that read the page.
        timings: seconds per stage.
        problems: what went wrong, if anything.
        part: where it was cut out of a picture; `None` where pages are as the file has them.
    """

    number: int
    width: float
    height: float
    unit: Unit
    text: str = ""
    blocks: tuple[Block, ...] = ()
    span: Span = _UNPLACED
    angle: float = 0.0
    source: PageSource = "ocr"
    engine: str = ""
    timings: Mapping[str, float] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    part: Part | None = None

    @property
    def lines(self) -> Iterator[Line]:
        """All lines in reading order."""
        return (line for block in self.blocks for line in block.lines)

    @property
    def words(self) -> Iterator[Word]:
        """All words in reading order."""
        return (word for line in self.lines for word in line.words)

    def at(self, offset: int) -> Page:
        """The same page with every span moved so that the page's text begins at `offset` of the document's text."""
        shift = offset - self.span.offset
        if not shift:
            return self
        return replace(
            self,
            span=Span(offset, self.span.length),
            blocks=tuple(
                replace(
                    b,
                    span=Span(b.span.offset + shift, b.span.length),
                    lines=tuple(_moved_line(x, shift) for x in b.lines),
                )
                for b in self.blocks
            ),
        )


@dataclass(frozen=True, slots=True)
class Document:
    """Everything read from one input.

    Attributes:
        pages: in order; page numbers are those of the input, so with page ranges they may skip.
        text: the pages' texts joined by line feeds. For every page, block, line and word,
            `span.of(document.text)` equals its text.
        name: file name of the input, or empty.
        metadata: title, author and the like, as the file states them.
    """

    pages: tuple[Page, ...]
    text: str = ""
    name: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


def assemble(pages: Iterable[Page], name: str = "", metadata: Mapping[str, str] | None = None) -> Document:
    """Join pages into a document; spans are moved to the document's text."""
    placed: list[Page] = []
    offset = 0
    for page in pages:
        placed.append(page.at(offset))
        offset += page.span.length + 1
    return Document(tuple(placed), "\n".join(p.text for p in placed), name, dict(metadata or {}))


def compose(page: Page, blocks: Sequence[Block]) -> Page:
    """Give `page` these blocks: text and all spans are computed here, and nowhere else.

    A line's words must occur in its content in order. Unreadable lines add nothing to the text. A line whose span is
    right already is taken as it is, with the spans of its words.

    Raises:
        ValueError: a word does not occur in its line.
    """
    parts: list[str] = []
    offset = 0
    done: list[Block] = []
    for block in blocks:
        start, lines = offset, []
        for line in block.lines:
            lines.append(_placed_line(line, offset))
            if line.content:
                parts.append(line.content)
                offset += len(line.content) + 1
        length = max(0, offset - start - 1)
        done.append(_relined(block, tuple(lines), Span(start, length)))
    text = "\n".join(parts)
    # what stands after the last line of text may not point behind its end
    done = [_clamped(b, len(text)) for b in done]
    return replace(page, text=text, blocks=tuple(done), span=Span(0, len(text)))


def _placed_line(line: Line, offset: int) -> Line:
    content = line.content
    # words that were never placed have spans without length
    if content and line.span == (offset, len(content)) and all([word.span[1] for word in line.words]):
        return line
    words, at = [], 0
    for word in line.words:
        length = len(word.content)
        at = content.index(word.content, at)
        words.append(Word(word.content, word.polygon, word.confidence, Span(offset + at, length)))
        at += length
    return _with(line, tuple(words), Span(offset, len(content)))


def _with(line: Line, words: tuple[Word, ...], span: Span, polygon: Polygon | None = None) -> Line:
    """The line with other words and another span; `replace` takes four times as long."""
    return Line(
        line.content,
        polygon or line.polygon,
        line.confidence,
        words,
        span,
        line.language,
        line.script,
        line.engine,
        line.style,
        line.unreadable,
        line.marks,
    )


def _relined(block: Block, lines: tuple[Line, ...], span: Span, polygon: Polygon | None = None) -> Block:
    """The block with other lines, as many, and another span."""
    around = polygon or block.polygon
    return Block(block.kind, around, lines, span, block.confidence, block.level, block.table, block.notation)


def _clamped(block: Block, end: int) -> Block:
    if block.span.offset <= end and (not block.lines or block.lines[-1].span.offset <= end):  # they only grow
        return block
    lines = tuple(replace(x, span=Span(min(x.span.offset, end), x.span.length)) for x in block.lines)
    return replace(block, lines=lines, span=Span(min(block.span.offset, end), block.span.length))


def mapped(line: Line, affine: Affine) -> Line:
    """A line with all its polygons mapped (see `transform`)."""
    words = tuple(Word(w.content, transform(w.polygon, affine), w.confidence, w.span) for w in line.words)
    return _with(line, words, line.span, transform(line.polygon, affine))


def mapped_block(block: Block, affine: Affine) -> Block:
    """A block with all its polygons mapped (see `transform`)."""
    lines = tuple(mapped(line, affine) for line in block.lines)
    done = _relined(block, lines, block.span, transform(block.polygon, affine))
    return replace(done, table=mapped_table(done.table, affine)) if done.table else done


def _moved_line(line: Line, shift: int) -> Line:
    words = []
    for word in line.words:
        offset, length = word.span
        words.append(Word(word.content, word.polygon, word.confidence, Span(offset + shift, length)))
    return _with(line, tuple(words), Span(line.span.offset + shift, line.span.length))
