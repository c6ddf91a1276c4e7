"""Strategies for whole documents, composed and assembled as the pipeline does it."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from legenda.document import (
    Block,
    BlockKind,
    Document,
    Line,
    Page,
    Problem,
    Style,
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
    )


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    kind = draw(st.sampled_from(BlockKind.__args__))  # type: ignore[attr-defined]
    return Block(kind, draw(POLYGONS), tuple(draw(st.lists(lines(), max_size=3))), confidence=draw(PROBABILITIES))


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
    )
    return compose(page, draw(st.lists(blocks(), max_size=3)))


@pytest.fixture(scope="session")
def documents() -> st.SearchStrategy[Document]:
    metadata = st.dictionaries(st.sampled_from(["title", "author"]), WORDS, max_size=2)
    return st.builds(assemble, st.lists(pages(), max_size=3), st.just("") | WORDS, metadata)
