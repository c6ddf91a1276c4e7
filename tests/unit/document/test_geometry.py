from __future__ import annotations

import pytest

from legenda.document import bounds, from_box, transform
from legenda.document.geometry import signed


def test_a_box_goes_round_clockwise_from_the_top_left() -> None:
    assert from_box(1, 2, 5, 9) == (1, 2, 5, 2, 5, 9, 1, 9)


def test_bounds_of_a_turned_polygon() -> None:
    assert bounds((5, 0, 10, 5, 5, 10, 0, 5)) == (0, 0, 10, 10)


def test_transform_by_a_quarter_turn_clockwise() -> None:
    page_height = 100.0
    turned = transform(from_box(10, 20, 30, 25), (0, -1, page_height, 1, 0, 0))
    assert turned == (80, 10, 80, 30, 75, 30, 75, 10)
    assert bounds(turned) == (75, 10, 80, 30)


@pytest.mark.parametrize(
    ("angle", "same"), [(0, 0), (90, 90), (180, 180), (270, -90), (-180, 180), (450.5, 90.5), (-190, 170)]
)
def test_angles_have_one_name(angle: float, same: float) -> None:
    assert signed(angle) == same
