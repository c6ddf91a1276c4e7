"""Spans: the slice of the document's text equals the content, always."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legenda.document import Block, Document, Line, Page, Span, Word, assemble, compose, from_box, from_json, to_json

BOX = from_box(0, 0, 10, 10)


def check_spans(document: Document) -> None:
    for page in document.pages:
        assert page.span.of(document.text) == page.text
        inside = range(page.span.offset, page.span.offset + page.span.length + 1)
        for block in page.blocks:
            assert block.span.offset in inside
            assert block.span.of(document.text) == "\n".join(line.content for line in block.lines if line.content)
            for line in block.lines:
                assert line.span.offset in inside
                assert line.span.length == len(line.content)
                assert line.span.of(document.text) == line.content
                for word in line.words:
                    assert word.span.length == len(word.content)
                    assert word.span.of(document.text) == word.content
    assert document.text == "\n".join(page.text for page in document.pages)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_spans_hold_after_assembling_moving_and_json(
    data: st.DataObject, documents: st.SearchStrategy[Document]
) -> None:
    document = data.draw(documents)
    check_spans(document)
    check_spans(from_json(to_json(document)))
    offset = data.draw(st.integers(0, 1000))
    moved = [page.at(offset + page.span.offset) for page in document.pages]
    shifted = "\0" * offset + document.text
    assert all(line.span.of(shifted) == line.content for page in moved for line in page.lines)
    assert all(word.span.of(shifted) == word.content for page in moved for word in page.words)
    check_spans(assemble(moved))


def line(content: str, *words: str) -> Line:
    return Line(content, BOX, 0.9, tuple(Word(word, BOX, 0.9) for word in words))


def composed(*blocks: tuple[Line, ...]) -> Page:
    return compose(Page(1, 10, 10, "pixel"), [Block("text", BOX, lines) for lines in blocks])


def test_offsets_are_code_points() -> None:
    document = assemble([composed((line("👍🏽 𠮷野 ok", "👍🏽", "𠮷野", "ok"),)), composed((line("b", "b"),))])
    assert [word.span for page in document.pages for word in page.words] == [
        Span(0, 2),
        Span(3, 2),
        Span(6, 2),
        Span(9, 1),
    ]
    check_spans(document)


def test_equal_words_are_found_in_order() -> None:
    words = list(composed((line("a ba a", "a", "ba", "a"),)).words)
    assert [word.span.offset for word in words] == [0, 2, 5]


def test_unreadable_lines_add_nothing_and_stay_inside_the_text() -> None:
    gap = Line("", BOX, 0.1, unreadable=True)
    document = assemble([composed((gap,), (line("one"), gap), (gap, gap)), composed((gap,)), composed((line("two"),))])
    assert document.text == "one\n\ntwo"
    check_spans(document)


def test_empty_pages_keep_their_place() -> None:
    document = assemble([composed(), composed((line("x"),)), composed()])
    assert document.text == "\nx\n"
    assert [page.span for page in document.pages] == [Span(0, 0), Span(1, 1), Span(3, 0)]


def test_a_word_that_is_not_in_its_line_is_an_error() -> None:
    with pytest.raises(ValueError, match="not found"):
        composed((line("a b", "b", "a"),))


def test_lines_that_are_placed_stay_and_those_that_moved_are_placed_anew() -> None:
    page = composed((line("a b", "a", "b"), line("c c", "c", "c")))
    first, second = page.lines
    assert list(compose(page, page.blocks).lines) == [first, second]
    assert next(compose(page, page.blocks).lines) is first
    turned = compose(page, [Block("text", BOX, (second, first))])
    assert [word.span.offset for word in turned.words] == [0, 2, 4, 6]
    check_spans(assemble([turned]))


def test_new_words_in_a_line_that_is_placed_are_placed() -> None:
    page = composed((line("a b", "a", "b"),))
    (placed,) = page.lines
    (again,) = compose(page, [Block("text", BOX, (replace(placed, words=line("a b", "a", "b").words),))]).lines
    assert again == placed
