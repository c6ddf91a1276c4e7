from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legenda.document import bounds
from legenda.engines.ppocr.recognise import Reading
from legenda.engines.ppocr.words import to_line, unreadable_line, word_ranges

QUAD = np.array([[100, 50], [500, 50], [500, 90], [100, 90]], np.float32)
Made = Callable[..., Reading]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("two words", ["two", "words"]),
        ("  spaces   everywhere ", ["spaces", "everywhere"]),
        ("漢字kana", ["漢", "字", "kana"]),
        ("a漢 b", ["a", "漢", "b"]),
        ("𠮷野", ["𠮷", "野"]),
    ],
)
def test_words_end_at_spaces_and_around_han(reading: Made, text: str, words: list[str]) -> None:
    made = reading(text)
    assert ["".join(made.characters[a:b]) for a, b in word_ranges(made)] == words
    line = to_line(made, QUAD, "x")
    assert [word.content for word in line.words] == words
    assert line.content == " ".join(text.split())


@given(st.text("ab 漢,", min_size=1, max_size=40).filter(str.strip))
def test_words_lie_in_order_inside_their_line(reading: Made, text: str) -> None:
    line = to_line(reading(text), QUAD, "x")
    left, top, right, bottom = bounds(line.polygon)
    assert 100 <= left <= right <= 500 and 50 <= top <= bottom <= 90
    edges = [(bounds(word.polygon)[0], bounds(word.polygon)[2]) for word in line.words]
    for (a, b), (c, d) in itertools.pairwise(edges):
        assert a < b <= c + 0.02 < d + 0.02
    at = 0
    for word in line.words:
        at = line.content.index(word.content, at) + len(word.content)


def test_words_cover_their_characters(reading: Made) -> None:
    line = to_line(reading("aaaa bbbb"), QUAD, "x")
    first, second = (bounds(word.polygon) for word in line.words)
    # nine characters in 400 pixels: the first four end at 178, the last four begin at 322
    assert first[0] == pytest.approx(100, abs=25) and first[2] == pytest.approx(278, abs=25)
    assert second[0] == pytest.approx(322, abs=25) and second[2] == pytest.approx(500, abs=25)


def test_han_leave_no_gaps_in_which_readers_would_see_spaces(reading: Made) -> None:
    words = to_line(reading("日本国民は正当"), QUAD, "x").words
    edges = [(bounds(word.polygon)[0], bounds(word.polygon)[2]) for word in words]
    assert all(right == left for (_, right), (left, _) in itertools.pairwise(edges))
    assert edges[-1][1] - edges[0][0] > 330


def test_turned_boxes_give_turned_polygons(reading: Made) -> None:
    line = to_line(reading("down"), np.roll(np.array([[0, 0], [40, 0], [40, 400], [0, 400]], np.float32), -1, 0), "x")
    x1, y1, x2, y2, *_ = line.polygon
    assert x1 == pytest.approx(x2) and y2 > y1 + 300  # from the top right downwards


def test_confidence_falls_with_every_doubtful_character(reading: Made) -> None:
    line = to_line(reading("sure mayb", [1.0] * 5 + [0.5] * 4), QUAD, "x")
    assert line.words[0].confidence > 0.9 > 0.3 > line.words[1].confidence
    assert line.words[1].confidence < line.confidence < line.words[0].confidence


@pytest.mark.parametrize(
    ("text", "script"),
    [("plain", "Latn"), ("Ελληνικά", "Grek"), ("漢字", "Hani"), ("漢字かな", "Jpan"), ("カナ", "Jpan"), ("12.50", "")],
)
def test_scripts(reading: Made, text: str, script: str) -> None:
    assert to_line(reading(text), QUAD, "x").script == script


def test_unreadable_lines_have_a_place_and_nothing_else() -> None:
    line = unreadable_line(QUAD, "x")
    assert line.unreadable and (line.content, line.words, line.confidence) == ("", (), 0.0)
    assert bounds(line.polygon)[0::2] == (100, 500)
