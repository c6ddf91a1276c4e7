from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from legenda.notation.score.staves import find, levels, spacing, strip
from legenda.notation.score.systems import systems


def lined(tops: list[int], space: int, *, slope: float = 0.0, width: int = 600) -> NDArray[np.uint8]:
    """Bare staves, lines two pixels thick, from 30 px on."""
    paper = np.full((max(tops) + 8 * space, width), 255, np.uint8)
    for top in tops:
        for line in range(5):
            for x in range(30, width - 20):
                y = round(top + line * space + slope * x)
                paper[y : y + 2, x] = 0
    return paper


@pytest.mark.parametrize("space", [6, 10, 17, 30])
def test_where_staves_are(space: int) -> None:
    dark = levels(lined([3 * space, 12 * space], space))
    found = find(dark)
    assert [round(staff.at(300) / space, 1) for staff in found] == pytest.approx([5.0, 14.0], abs=0.15)
    for staff in found:
        assert staff.space == pytest.approx(space, rel=0.04)
        assert staff.left == pytest.approx(30, abs=space)
        assert staff.right == pytest.approx(580, abs=space)


def test_aslant_staves_are_pulled_straight() -> None:
    dark = levels(lined([60], 10, slope=0.03))
    (staff,) = find(dark)
    cut, begin = strip(dark, staff, 8, 176, 89.5, 2.0)
    rows = cut[:, 40:-40].mean(1)
    assert sorted(np.argsort(rows)[-5:]) == pytest.approx([73.5, 81.5, 89.5, 97.5, 105.5], abs=1.0)
    assert begin == pytest.approx(10, abs=12)


def test_staves_a_line_joins_are_a_system() -> None:
    paper = lined([40, 140, 300], 10)
    paper[40:182, 30:32] = 0
    dark = levels(paper)
    assert [len(group) for group in systems(dark, find(dark))] == [2, 1]


def test_text_has_no_staves() -> None:
    dice = np.random.default_rng(5)
    paper = np.full((300, 500), 255, np.uint8)
    for top in range(20, 280, 20):
        paper[top : top + 9, 20:480] = np.where(dice.random((9, 460)) < 0.3, 0, 255)
    assert find(levels(paper)) == []


def test_nothing_has_no_spacing() -> None:
    assert spacing(np.zeros((40, 40), np.bool_)) == 0.0
