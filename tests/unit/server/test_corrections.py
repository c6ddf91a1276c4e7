from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legenda.document import Block, Line, Page, Word
from legenda.document.jsonio import page_from_dict, page_to_dict
from legenda.document.model import compose
from legenda.document.structure import Mark
from legenda.server.corrections import Correction, OutdatedError, corrected

BOX = (0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0)


def line(text: str, *marks: Mark) -> Line:
    words = tuple(Word(word, BOX, 0.5) for word in text.split())
    return Line(text, BOX, 0.5, words, marks=marks)


def page(*lines: Line) -> Page:
    return compose(Page(1, 100, 100, "pixel"), [Block("text", BOX, lines[:1]), Block("text", BOX, lines[1:])])


def test_words_are_put_right_where_they_stand() -> None:
    before = page(line("Dear Ms Lindqvst,"), line("the 1amps left"))
    after = corrected(before, {2: Correction("Lindqvst,", "Lindqvist,"), 4: Correction("1amps", "lamps")})
    assert after.text == "Dear Ms Lindqvist,\nthe lamps left"
    for word in after.words:
        assert word.span.of(after.text) == word.content
    assert [word.confidence for word in after.words] == [0.5, 0.5, 1, 0.5, 1, 0.5]
    assert page_to_dict(page_from_dict(page_to_dict(after))) == page_to_dict(after)
    assert after.blocks[0].lines[0].confidence == pytest.approx(2 / 3)


def test_a_word_is_taken_out_and_another_becomes_two() -> None:
    before = page(line("a b c"), line("x"))
    assert corrected(before, {1: Correction("b", "")}).text == "a c\nx"
    assert corrected(before, {0: Correction("a", "")}).text == "b c\nx"
    assert corrected(before, {2: Correction("c", "")}).text == "a b\nx"
    assert corrected(before, {3: Correction("x", "")}).text == "a b c"
    assert corrected(before, {1: Correction("b", "b and d")}).text == "a b and d c\nx"


def test_marks_stay_with_their_words() -> None:
    before = page(line("one two three", Mark("bold", 4, 3), Mark("italic", 8, 5), Mark("link", 0, 3, "x")), line("x"))
    marks = corrected(before, {0: Correction("one", "seven"), 1: Correction("two", "")}).blocks[0].lines[0].marks
    assert [(mark.kind, mark.start, mark.length) for mark in marks] == [("italic", 6, 5), ("link", 0, 5)]


def test_what_was_not_seen_is_not_changed() -> None:
    before = page(line("a b"), line("x"))
    for place, was in ((0, "b"), (3, "x"), (9, "")):
        with pytest.raises(OutdatedError):
            corrected(before, {place: Correction(was, "c")})


WORDS = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=5)


@given(st.lists(WORDS, min_size=1, max_size=6), st.dictionaries(st.integers(0, 5), WORDS | st.just("")))
def test_any_words(words: list[str], changes: dict[int, str]) -> None:
    before = page(line(" ".join(words)), line("end"))
    given = {n: Correction(words[n], content) for n, content in changes.items() if n < len(words)}
    after = corrected(before, given)
    wanted = [changes.get(n, word) for n, word in enumerate(words)]
    assert after.text.split("\n")[0 if any(wanted) else -1].split() == ([w for w in wanted if w] or ["end"])
    assert all(word.span.of(after.text) == word.content for word in after.words)
