from __future__ import annotations

import numpy as np
import pytest

from legenda.document import Block, Line, Word, from_box
from legenda.pipeline.frame import onto_page, quarter_of, turn_back, turn_upright
from legenda.sources import Rendering

BOX = from_box(10, 20, 110, 40)
LINE = Line("one two", BOX, 0.9, (Word("one", from_box(10, 20, 50, 40), 0.9), Word("two", BOX, 0.9)))


@pytest.mark.parametrize("quarter", range(4))
def test_there_and_back(quarter: int) -> None:
    turned = turn_upright([LINE], quarter, 300, 500)
    assert turn_back([Block("text", turned[0].polygon, tuple(turned))], quarter, 300, 500) == [
        Block("text", BOX, (LINE,))
    ]


@pytest.mark.parametrize(("quarter", "corner"), [(0, (10, 20)), (1, (20, 290)), (2, (290, 480)), (3, (480, 10))])
def test_upright_is_turned_back_by_as_many_quarters(quarter: int, corner: tuple[float, float]) -> None:
    # a page of 300 x 500, turned clockwise, is turned back counterclockwise to find its order
    (line,) = turn_upright([LINE], quarter, 300, 500)
    assert line.polygon[:2] == corner
    assert line.words[1].polygon == line.polygon


@pytest.mark.parametrize(
    ("angle", "quarter"), [(0, 0), (44, 0), (-44, 0), (46, 1), (90, 1), (-90, 3), (180, 2), (-179, 2), (-136, 2)]
)
def test_nearest_quarter(angle: float, quarter: int) -> None:
    assert quarter_of(angle) == quarter


def test_pixels_become_page_units() -> None:
    rendering = Rendering(np.zeros((1, 1), np.uint8), 2.0, 4.0, 100.0, 50.0)
    (line,) = onto_page([LINE], rendering)
    assert line.polygon == from_box(105, 55, 155, 60)
    assert line.words[1].polygon == line.polygon


def test_a_raster_in_page_units_is_left_alone() -> None:
    assert onto_page([LINE], Rendering(np.zeros((1, 1), np.uint8), 1.0, 1.0))[0] is LINE
