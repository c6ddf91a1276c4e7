"""Strategies for whole documents, composed and assembled as the pipeline does it."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from legenda.document import (
    Block,
    BlockKind,
    Cell,
    Document,
    Line,
    Mark,
    MarkKind,
    Notation,
    NotationKind,
    Page,
    Part,
    Problem,
    Style,
    Table,
    Unit,
    Word,
    assemble,
    compose,
)

COORDINATES = st.integers(-20_000, 2_000_000).map(lambda hundredths: hundredths / 100)
POLYGONS = st.tuples(*[COORDINATES] * 8)
PROBABILITIES = st.integers(0, 10_000).map(lambda n: n / 10_000)
# all planes, combining marks, emoji; what cannot be written is left to test_text.py
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cn"))
WORDS = st.text(LETTERS, min_size=1, max_size=6) | st.sampled_from(["👩‍👩‍👧", "𠮷野", "é́", "a", "a b"])
STYLES = st.none() | st.builds(
    Style,
    bold=st.none() | st.booleans(),
    italic=st.none() | st.booleans(),
    handwritten=st.none() | st.booleans(),
    handwritten_confidence=st.none() | PROBABILITIES,
)


NOTATIONS = st.none() | st.builds(
    Notation,
    kind=st.sampled_from(NotationKind.__args__),  # type: ignore[attr-defined]
    forms=st.dictionaries(st.sampled_from(["latex", "smiles"]), WORDS, max_size=2),
    confidence=PROBABILITIES,
    engine=st.sampled_from(["", "formula"]),
    problem=st.sampled_from(["", "a brace is open"]),
)


@st.composite
def marks(draw: st.DrawFn, content: str) -> Mark:
    start = draw(st.integers(0, len(content) - 1))
    kind = draw(st.sampled_from(MarkKind.__args__))  # type: ignore[attr-defined]
    return Mark(kind, start, draw(st.integers(1, len(content) - start)), draw(st.just("") | WORDS), draw(PROBABILITIES))


@st.composite
def tables(draw: st.DrawFn, lines: int) -> Table:
    """Two cells, one below the other, that share the lines."""
    first = Cell(0, 0, draw(POLYGONS), 0, lines // 2, columns=draw(st.integers(1, 3)), header=draw(st.booleans()))
    second = Cell(1, 0, draw(POLYGONS), lines // 2, lines - lines // 2, rows=draw(st.integers(1, 2)))
    return Table(3, 3, (first, second), draw(PROBABILITIES), draw(st.booleans()))


@st.composite
def lines(draw: st.DrawFn) -> Line:
    if draw(st.integers(0, 4)) == 0:
        return Line("", draw(POLYGONS), draw(PROBABILITIES), unreadable=True)
    words = tuple(
        Word(content, draw(POLYGONS), draw(PROBABILITIES)) for content in draw(st.lists(WORDS, min_size=1, max_size=4))
    )
    content = draw(st.sampled_from([" ", "", "  "])).join(word.content for word in words)
    return Line(
        content,
        draw(POLYGONS),
        draw(PROBABILITIES),
        words if draw(st.booleans()) else (),
        language=draw(st.sampled_from(["", "en", "zh-Hant"])),
        script=draw(st.sampled_from(["", "Latn"])),
        engine=draw(st.sampled_from(["", "tesseract"])),
        style=draw(STYLES),
        marks=tuple(draw(st.lists(marks(content), max_size=2))),
    )


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    kind = draw(st.sampled_from(BlockKind.__args__))  # type: ignore[attr-defined]
    given = tuple(draw(st.lists(lines(), max_size=3)))
    return Block(
        kind,
        draw(POLYGONS),
        given,
        confidence=draw(PROBABILITIES),
        level=draw(st.integers(0, 6)),
        table=draw(st.none() | tables(len(given))),
        notation=draw(NOTATIONS),
    )


@st.composite
def pages(draw: st.DrawFn) -> Page:
    page = Page(
        draw(st.integers(1, 5000)),
        draw(st.integers(1, 10_000)),
        draw(st.integers(1, 10_000)),
        draw(st.sampled_from(Unit.__args__)),  # type: ignore[attr-defined]
        angle=draw(st.sampled_from([0.0, 90.0, 180.0, -3.25])),
        source=draw(st.sampled_from(["ocr", "mixed", "text_layer"])),
        engine=draw(st.sampled_from(["", "cpu"])),
        timings=draw(st.dictionaries(st.sampled_from(["detect", "recognise"]), PROBABILITIES, max_size=2)),
        problems=tuple(draw(st.lists(st.builds(Problem, st.just("timed_out"), WORDS), max_size=1))),
        part=draw(st.sampled_from((None, Part(2, (0.0, 0.0, 500.5, 700.0))))),
    )
    return compose(page, draw(st.lists(blocks(), max_size=3)))


@pytest.fixture(scope="session")
def documents() -> st.SearchStrategy[Document]:
    metadata = st.dictionaries(st.sampled_from(["title", "author"]), WORDS, max_size=2)
    return st.builds(assemble, st.lists(pages(), max_size=3), st.just("") | WORDS, metadata)
