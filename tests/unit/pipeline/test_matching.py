from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from legenda.pipeline.matching import TAKEN, find, letters, pairs

TEXT = "The quick brown fox jumps over the lazy dog. Total 5.00 Total 6.00"
words = st.text("abcd", min_size=1, max_size=12)


def found(sought: str, near: float = 0.0) -> tuple[str, int]:
    among = letters(TEXT).codes
    match = find(letters(sought).codes, among, near)
    return "".join(map(chr, among[match.start : match.end])), match.distance


def test_letters_are_folded_and_know_their_places() -> None:
    made = letters("ﬁ Ä-9")
    assert "".join(map(chr, made.codes)) == "fiä9"
    assert made.places.tolist() == [0, 0, 2, 4]


@pytest.mark.parametrize(
    ("sought", "text", "distance"),
    [("quick brown", "quickbrown", 0), ("qu1ck brwn fox", "quickbrownfox", 2), ("lazy  DOG!", "lazydog", 0)],
)
def test_a_text_is_found_with_errors(sought: str, text: str, distance: int) -> None:
    assert found(sought) == (text, distance)


def test_of_equals_the_nearest_is_taken() -> None:
    among, sought = letters(TEXT).codes, letters("total").codes
    assert [find(sought, among, near).start for near in (35, 60)] == [35, 43]


def test_what_is_taken_is_not_found_again() -> None:
    among = letters("total total").codes.copy()
    among[:5] = TAKEN
    assert find(letters("total").codes, among, 0).start == 5


@given(words, words)
def test_the_distance_is_the_least_over_all_stretches(sought: str, among: str) -> None:
    match = find(letters(sought).codes, letters(among).codes, 0)
    stretches = [among[a:b] for a in range(len(among) + 1) for b in range(a, len(among) + 1)]
    assert match.distance == min(Levenshtein.distance(sought, part) for part in stretches)
    assert match.distance == Levenshtein.distance(sought, among[match.start : match.end])


@given(words, words)
def test_pairs_rise_and_are_equal_and_as_many_as_the_edits_leave(one: str, other: str) -> None:
    a, b = letters(one).codes, letters(other).codes
    made = pairs(a, b)
    assert all(a[i] == b[j] for i, j in made)
    assert all(np.diff([i for i, _ in made]) > 0) and all(np.diff([j for _, j in made]) > 0)
    assert len(made) >= max(len(a), len(b)) - Levenshtein.distance(one, other)
