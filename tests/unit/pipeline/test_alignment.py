from __future__ import annotations

import pytest

from legenda.document import Line, Word, bounds, from_box, transform
from legenda.pipeline.alignment import MODEL, aligned, with_words


def line(text: str, row: int = 0, confidence: float = 0.9, left: float = 0) -> Line:
    """A line of 10 units a character, its words where they stand."""
    words, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        box = from_box(left + 10 * at, 40 * row, left + 10 * (at + len(word)), 40 * row + 20)
        words.append(Word(word, box, confidence))
        at += len(word)
    around = from_box(left, 40 * row, left + 10 * len(text), 40 * row + 20)
    return Line(text, around, confidence, tuple(words), engine="cpu")


def contents(lines: list[Line], text: str) -> tuple[dict[int, str], list[str]]:
    made = aligned(lines, text)
    return {i: made.content(own) for i, own in made.owned.items()}, [made.content(run.tokens) for run in made.runs]


def test_lines_get_the_models_words_whatever_its_line_ends() -> None:
    lines = [line("The harb0ur of the"), line("old twn lies open", 1)]
    owned, left = contents(lines, "The harbour of the old town lies open")
    assert owned == {0: "The harbour of the", 1: "old town lies open"} and not left


def test_the_models_order_may_be_another() -> None:
    lines = [line("left column first"), line("right column too", 0, left=400), line("left column next", 1)]
    owned, left = contents(lines, "left column first\nleft column next\nright column too")
    assert owned == {0: "left column first", 1: "right column too", 2: "left column next"} and not left


def test_lines_that_are_alike_keep_their_order() -> None:
    lines = [line("Total 5"), line("Tax 1", 1), line("Total 5", 2), line("Tax 2", 3)]
    owned, left = contents(lines, "Total 5\nTax 1\nTotal 5\nTax 2")
    assert owned == {0: "Total 5", 1: "Tax 1", 2: "Total 5", 3: "Tax 2"} and not left


def test_words_of_no_line_are_left_over_between_their_neighbours() -> None:
    made = aligned(
        [line("first of the lines"), line("last of the lines", 1)],
        "first of the lines\nmade up words\nlast of the lines",
    )
    (run,) = made.runs
    assert made.content(run.tokens) == "made up words" and (run.before, run.after) == (0, 1)


def test_signs_without_letters_belong_to_the_line_around_them() -> None:
    owned, left = contents(
        [line("a sum of five"), line("is rather little", 1)], "a sum of — five !\nis rather little …"
    )
    assert owned == {0: "a sum of — five !", 1: "is rather little …"} and not left


def test_signs_of_scripts_without_spaces_are_words() -> None:
    lines = [line("日本国民は"), line("正当に選挙", 1)]
    owned, left = contents(lines, "日本国民は正当に選挙")
    assert owned == {0: "日本国民は", 1: "正当に選挙"} and not left


def test_nothing_is_found_in_nothing() -> None:
    assert contents([], "some words") == ({}, ["some words"])
    assert contents([line("some words")], "") == ({}, [])


def test_words_lie_where_their_letters_were_read() -> None:
    made = with_words(line("old twn lies open"), "old town lies open", "model")
    boxes = {word.content: bounds(word.polygon) for word in made.words}
    assert list(boxes) == ["old", "town", "lies", "open"]
    places = {"old": (0, 30), "town": (40, 70), "lies": (80, 120), "open": (130, 170)}
    for word, (left, right) in places.items():
        assert boxes[word] == pytest.approx((left, 0, right, 20))
    assert made.engine == "model" and made.content == "old town lies open"


def test_a_word_nobody_else_read_lies_between_its_neighbours() -> None:
    made = with_words(line("one        three"), "one two three", "model")
    boxes = [bounds(word.polygon) for word in made.words]
    assert boxes[0][2] <= boxes[1][0] < boxes[1][2] <= boxes[2][0]


def test_turned_lines_keep_their_turn() -> None:
    turned = transform(from_box(0, 0, 180, 20), (0, -1, 100, 1, 0, 0))
    read = Line("old town lies open", turned, 0.9, engine="cpu")
    first, *_, last = with_words(read, "old town lies open", "model").words
    assert first.polygon[1] < last.polygon[1]  # downwards
    assert all(word.polygon[0] == 100 for word in (first, last))


def test_two_readers_who_agree_are_surer_than_one_and_less_sure_where_they_differ() -> None:
    read = line("old twn lies", confidence=0.8)
    made = {word.content: word.confidence for word in with_words(read, "old town lies", "model").words}
    assert made["old"] == made["lies"] > MODEL > 0.8
    assert made["town"] == pytest.approx(MODEL * 0.2 / (MODEL * 0.2 + (1 - MODEL) * 0.8))
    doubtful = with_words(line("old twn lies", confidence=0.2), "old town lies", "model").words[1]
    assert doubtful.confidence == MODEL  # that another cannot read it makes nobody surer


def test_where_nothing_was_read_the_model_stands_alone() -> None:
    blind = Line("", from_box(0, 0, 200, 20), 0.0, engine="cpu", unreadable=True)
    made = with_words(blind, "written by hand", "model")
    assert [word.confidence for word in made.words] == [MODEL] * 3
    assert not made.unreadable and bounds(made.words[-1].polygon)[2] == pytest.approx(200)
