"""The measures say what they claim to."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks import metrics
from rapidfuzz.distance import Levenshtein


def test_error_rates_count_edits() -> None:
    assert metrics.character_error_rate("abcd efgh", "abxd efgh") == pytest.approx(1 / 9)
    assert metrics.word_error_rate("one two three four", "one too three") == pytest.approx(2 / 4)
    assert metrics.character_error_rate("“so” — it", '"so" - it') == 0


def test_word_f1_ignores_order_and_punctuation_around_words() -> None:
    assert metrics.word_f1("one two, three", "three one two") == 1
    assert metrics.word_f1("one two three", "one two") == pytest.approx(2 * 2 / 5)
    assert metrics.word_f1("Total", "TOTAL") == 0
    assert metrics.word_f1("Total", "TOTAL", fold=True) == 1
    assert metrics.word_f1("one one", "one") == pytest.approx(2 / 3)
    assert metrics.word_f1("漢字", "字漢") == 1  # characters are words where there are no spaces


def test_line_errors_are_free_of_order_and_spaces() -> None:
    truth = "first line here\nsecond line there"
    assert metrics.line_error_rate(truth, "second line there first li ne here") == 0
    assert metrics.line_error_rate(truth, "noise second lime there noise firstlinehere noise") == pytest.approx(1 / 28)
    assert metrics.line_error_rate(truth, "") == 1
    assert metrics.line_error_rate("", "anything") == 0


def test_stretch_distance_is_the_least_over_all_stretches() -> None:
    chance = np.random.default_rng(5)
    for _ in range(40):
        needle, text = ("".join(chance.choice(list("abc"), size)) for size in (6, 14))
        stretches = [text[a:b] for a in range(len(text) + 1) for b in range(a, len(text) + 1)]
        assert metrics.stretch_distance(needle, text) == min(Levenshtein.distance(needle, s) for s in stretches)


def test_words_are_judged_against_the_nearest_stretch() -> None:
    truth = "the quick brown fox\njumps over the lazy dog"
    lines = [
        [("jumps", 0.9), ("ovor", 0.4), ("the", 0.8)],
        [("the", 0.7), ("quick", 0.9)],
        [("zzzz", 0.2), ("xxxx", 0.2)],
    ]
    judged = metrics.judge(truth, lines)
    assert judged.right.tolist() == [True, False, True, True, True]
    assert judged.confidence.tolist() == [0.9, 0.4, 0.8, 0.7, 0.9]
    assert judged.skipped == 2


def test_part_of_a_word_is_not_right() -> None:
    assert metrics.judge("understanding it all", [[("standing", 0.9), ("it", 0.9), ("all", 0.9)]]).right.tolist() == [
        False,
        True,
        True,
    ]


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    sure = np.full(100, 0.9)
    right = np.arange(100) < 90
    assert metrics.calibration_error(metrics.reliability(sure, right)) == pytest.approx(0)
    assert metrics.calibration_error(metrics.reliability(sure, np.arange(100) < 60)) == pytest.approx(0.3)
    halves = np.concatenate((np.full(50, 0.05), np.full(50, 1.0)))
    bins = metrics.reliability(halves, np.arange(100) >= 50)
    assert [b.count for b in bins] == [50, 50]
    assert metrics.calibration_error(bins) == pytest.approx(0.025)
