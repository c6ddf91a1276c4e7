"""CTC decoding and cuts of the head, on logits made by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legenda.engines.ppocr.charset import is_foreign, latin_classes
from legenda.engines.ppocr.recognise import Reading, cut_head, decode
from legenda.engines.ppocr.weights import Head

ALPHABET = ("", "a", "b", "é", "漢", "Ω", " ")
IDENTITY = Head(np.eye(7, dtype=np.float32), np.zeros(7, np.float32), ALPHABET)


def steps(*classes: int, certainty: float = 10.0) -> np.ndarray:
    """Features that choose these classes, one a step."""
    return certainty * np.eye(len(ALPHABET), dtype=np.float32)[list(classes)]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60))
def test_repeats_collapse_and_blanks_part(classes: list[int]) -> None:
    reading = decode(steps(*classes), IDENTITY)
    runs = [k for k, _ in itertools.groupby(classes)]
    assert reading.text == "".join(ALPHABET[k] for k in runs)
    assert len(reading.characters) == len(reading.probabilities) == len(reading.starts) == len(reading.ends)
    assert (reading.starts < reading.ends).all() and (reading.ends[:-1] <= reading.starts[1:]).all()
    assert ((reading.starts >= 0) & (reading.ends <= 1)).all()


def test_doubled_letters_need_a_blank_between() -> None:
    assert decode(steps(1, 1, 0, 1, 2), IDENTITY).text == "aab"


def test_probability_is_the_softmax_at_the_best_step() -> None:
    features = np.concatenate([steps(1, certainty=1.0), steps(1, certainty=3.0), steps(1, certainty=2.0)])
    best = np.exp(3.0) / (np.exp(3.0) + 6)
    assert decode(features, IDENTITY).probabilities == pytest.approx([best], rel=1e-6)


def test_places_are_shares_of_the_strip_and_not_of_its_padding() -> None:
    features = steps(0, 1, 1, 0)
    for stretch, lead, place in ((1.0, 0.0, (0.25, 0.75)), (2.0, 0.0, (0.5, 1.0)), (1.0, 0.25, (0.0, 0.5))):
        reading = decode(features, IDENTITY, stretch, lead)
        assert (reading.starts[0], reading.ends[0]) == place


def test_only_blanks_read_as_nothing() -> None:
    reading = decode(steps(0, 0, 0), IDENTITY)
    assert (reading.text, reading.mean) == ("", 0.0)


def test_the_bias_counts() -> None:
    bias = np.zeros(7, np.float32)
    bias[2] = 20
    assert decode(steps(1, 1), Head(IDENTITY.matrix, bias, ALPHABET)).text == "b"


def test_a_cut_head_answers_only_with_what_was_kept() -> None:
    latin = cut_head(IDENTITY, latin_classes(ALPHABET))
    assert latin.alphabet == ("", "a", "b", "é", " ")
    assert latin.matrix.shape == (7, 5) and latin.bias.shape == (5,)
    undecided = steps(4) + steps(3, certainty=9.0)  # first Han, then é
    assert (decode(undecided, IDENTITY).text, decode(undecided, latin).text) == ("漢", "é")


def test_the_blank_stays_in_every_head() -> None:
    assert cut_head(IDENTITY, np.zeros(7, np.bool_)).alphabet == ("",)


def test_scripts() -> None:
    assert [c for c in "aß漢かカΩ.€9 ж" if is_foreign(c)] == list("漢かカΩ")
    kept = latin_classes(["", "a", "ß", "漢", "Ω", "€", "9", " ", "ж", "ab"])
    assert kept.tolist() == [False, True, True, False, False, True, True, True, False, False]


def test_mean_of_nothing() -> None:
    empty = np.zeros(0, np.float32)
    assert Reading((), empty, empty, empty).mean == 0.0
