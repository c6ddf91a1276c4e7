"""Rings in colour with signs in them are seals; their text comes out as a row."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from legenda.document import bounds, from_box
from legenda.layout.seals import rolled, seals, unrolled

RED, BLUE, BLACK = (200, 30, 40), (30, 50, 190), (20, 20, 20)


def stamped(colour: tuple[int, int, int], axes: tuple[int, int] = (120, 120)) -> np.ndarray:
    page = np.full((1000, 800, 3), 250, np.uint8)
    cv2.ellipse(page, (500, 600), axes, 0, 0, 360, colour, 6)
    for k in range(12):  # letters along the ring
        x, y = (
            round(c + 0.72 * a * f(k * np.pi / 6)) for c, a, f in zip((500, 600), axes, (np.cos, np.sin), strict=True)
        )
        cv2.rectangle(page, (x - 8, y - 8), (x + 8, y + 8), colour, -1)
    return page


@pytest.mark.parametrize("colour", [RED, BLUE])
@pytest.mark.parametrize("axes", [(120, 120), (150, 100)])
def test_a_stamp_is_found(colour: tuple[int, int, int], axes: tuple[int, int]) -> None:
    (seal,) = seals(stamped(colour, axes))
    wanted = (500 - axes[0], 600 - axes[1], 500 + axes[0], 600 + axes[1])
    assert np.allclose(seal.box, wanted, atol=8)


def test_what_is_none() -> None:
    page = np.full((1000, 800, 3), 250, np.uint8)
    assert seals(page) == []
    assert seals(page[..., 0]) == []  # grey
    assert seals(stamped(BLACK)) == []
    cv2.circle(page, (300, 300), 90, RED, -1)  # a disc
    cv2.circle(page, (300, 700), 90, RED, 3)  # a ring around nothing
    cv2.rectangle(page, (500, 500), (700, 700), RED, 6)  # a frame
    assert seals(page) == []


def test_text_along_the_ring_is_unrolled_and_finds_its_way_back() -> None:
    page = stamped(RED)
    (seal,) = seals(page)
    row = unrolled(page, seal)
    assert row.shape[1] > 5 * row.shape[0]
    ink = (row[..., 1] < 128).any(axis=0)
    assert 10 <= np.count_nonzero(np.diff(ink.astype(int)) == 1) <= 13  # the twelve signs
    # the top of the ring is in the middle of the row
    top = bounds(rolled(from_box(row.shape[1] / 2 - 5, 0, row.shape[1] / 2 + 5, row.shape[0]), row.shape, seal))
    assert abs((top[0] + top[2]) / 2 - 500) < 5
    assert top[3] < 600
