"""Letters after letters: what they weigh, what they may not do, and where a text's characters are."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from legenda.engines.ppocr import models
from legenda.engines.ppocr.handwriting_letters import Letters, aligned, letters, search

ALPHABET = ("", " ", "a", "b", "c")


def steps(*rows: dict[str, float]) -> NDArray[np.float32]:
    """Probabilities of characters at each step; the blank ("") has what is left."""
    found = np.zeros((len(rows), len(ALPHABET)), np.float32)
    for row, told in zip(found, rows, strict=True):
        for character, chance in told.items():
            row[ALPHABET.index(character)] = chance
        row[0] = 1 - row[1:].sum()
    return found


def after_a_comes_b() -> Letters:
    contexts = np.array([0, 2], np.uint64)  # nothing, and the character of place 2
    return Letters(
        contexts, np.array([3, 1], np.uint8), np.array([2, 3, 4, 3], np.uint8),
        np.array([140, 140, 140, 250], np.uint8), ALPHABET[1:],
    )  # fmt: skip


def test_a_longer_context_leaves_the_shorter_one_what_it_has_not_seen() -> None:
    known = after_a_comes_b()
    alone, after = known.chances(0), known.chances(2)
    assert alone.sum() == pytest.approx(1, abs=0.01) and after.sum() == pytest.approx(1, abs=0.01)
    assert alone[2] == pytest.approx(alone[3])  # b and c
    assert after[2] > 0.9 and 0 < after[3] < 0.05


def test_doubtful_letters_are_told_by_those_before() -> None:
    chances = steps({"a": 0.97}, {}, {"b": 0.44, "c": 0.5})
    assert search(chances, ALPHABET, after_a_comes_b()) == "ab"


def test_a_letter_that_is_clearly_seen_stands() -> None:
    chances = steps({"a": 0.97}, {}, {"b": 0.002, "c": 0.99})
    assert search(chances, ALPHABET, after_a_comes_b()) == "ac"


def test_nothing_seen_is_nothing_read() -> None:
    assert search(steps({}, {"b": 0.01}, {}), ALPHABET, after_a_comes_b()) == ""
    assert aligned(steps({}, {}), "", ALPHABET, 1.0).characters == ()


def test_characters_are_where_the_network_saw_them_and_as_sure_as_it_was() -> None:
    chances = steps({"a": 0.9}, {"a": 0.7}, {}, {"a": 0.6}, {"b": 0.3, "c": 0.5}, {})
    reading = aligned(chances, "aab", ALPHABET, 1.0)
    assert reading.text == "aab"
    assert reading.probabilities.tolist() == pytest.approx([0.9, 0.6, 0.3])
    assert (reading.starts * 6).tolist() == pytest.approx([0, 3, 4])
    assert (reading.ends * 6).tolist() == pytest.approx([2, 4, 5])


def test_the_letters_of_the_package_know_english_and_french() -> None:
    alphabet = models.handwriting().head.alphabet[1:]
    known = letters(alphabet)
    for text, following in (("becaus", "e"), ("tout d'abor", "d"), ("q", "u")):
        weights = known.weights(text)
        assert alphabet[int(np.argmax(weights))] == following
