from __future__ import annotations

import numpy as np
import pytest
from written import written

from legenda.engines.base import Raster
from legenda.engines.ppocr import models
from legenda.engines.ppocr.orientation import orientation_probabilities, turned_upright


@pytest.fixture(scope="module")
def page() -> Raster:
    return written(*[f"Line {n} of a page that has to be read" for n in range(9)], size=24)


@pytest.mark.parametrize("quarter", range(4))
def test_quarters_clockwise(page: Raster, quarter: int) -> None:
    found = turned_upright(np.ascontiguousarray(np.rot90(page, -quarter)))
    assert found.quarter == quarter
    assert np.array_equal(found.raster, page)
    assert len(found.boxes.quads) == 9
    assert all(quad[1, 0] - quad[0, 0] > quad[3, 1] - quad[0, 1] for quad in found.boxes.quads)


@pytest.mark.parametrize("value", [0, 255])
def test_a_page_without_text_is_left_as_it_is(value: int) -> None:
    blank = np.full((400, 300), value, np.uint8)
    found = turned_upright(blank)
    assert found.quarter == 0 and found.raster is blank and not len(found.boxes.quads)


@pytest.mark.parametrize("shape", [(1, 1), (1_000_000, 3), (224, 224, 3)])
def test_probabilities_for_any_shape(shape: tuple[int, ...]) -> None:
    found = orientation_probabilities(models.orienter(), np.full(shape, 200, np.uint8))
    assert found.shape == (4,) and found.sum() == pytest.approx(1, abs=0.02)
