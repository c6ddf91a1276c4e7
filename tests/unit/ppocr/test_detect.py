from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from written import written

from legenda.engines.base import Raster
from legenda.engines.ppocr import models
from legenda.engines.ppocr.detect import DetectorOptions, detect

LINES = ("Minutes of the harbour board", "were read and approved", "without a dissenting voice")


@pytest.fixture(scope="module")
def page() -> Raster:
    return written(*LINES, size=32)


def rows_of_ink(page: Raster) -> list[tuple[int, int]]:
    """Top and bottom of every written line."""
    changes = np.flatnonzero(np.diff((page < 128).any(1).astype(np.int8), prepend=0, append=0))
    return [(int(a), int(b)) for a, b in zip(changes[::2], changes[1::2], strict=True) if b - a > 8]


def test_every_line_has_a_box_round_its_ink(page: Raster) -> None:
    boxes = detect(models.detector(), page)
    assert boxes.quads.shape == (3, 4, 2) and boxes.quads.dtype == np.float32
    assert ((boxes.scores > 0.5) & (boxes.scores <= 1)).all()
    for quad, (top, bottom) in zip(sorted(boxes.quads, key=lambda q: q[0, 1]), rows_of_ink(page), strict=True):
        ink = np.flatnonzero((page[top:bottom] < 128).any(0))
        assert quad[:, 0].min() < ink[0] + 3 and quad[:, 0].max() > ink[-1] - 3
        assert quad[0, 1] < top + 4 and quad[3, 1] > bottom - 4
        assert quad[3, 1] - quad[0, 1] < 2 * (bottom - top)


def test_corners_go_clockwise_from_the_top_left_also_on_a_tilted_page(page: Raster) -> None:
    tilted = np.asarray(Image.fromarray(page).rotate(-8, expand=True, fillcolor=255))  # clockwise
    for quad in detect(models.detector(), tilted).quads:
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
        assert ax < bx and dx < cx and ay < dy and by < cy
        assert np.degrees(np.arctan2(by - ay, bx - ax)) == pytest.approx(8, abs=2)


def test_boxes_are_in_pixels_of_the_raster_however_far_it_is_reduced(page: Raster) -> None:
    large = np.asarray(Image.fromarray(page).resize((page.shape[1] * 4, page.shape[0] * 4)))
    small = detect(models.detector(), page).quads
    quads = detect(models.detector(), large, DetectorOptions(longest=max(page.shape))).quads
    assert sorted(q[0, 1] for q in quads / 4) == pytest.approx(sorted(q[0, 1] for q in small), abs=4)


def test_grey_and_colour_are_found_alike(page: Raster) -> None:
    grey, colour = (detect(models.detector(), x) for x in (page, np.stack([page] * 3, 2)))
    assert np.abs(grey.quads - colour.quads).max() < 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (400, 300), (400, 300, 3)])
def test_nothing_is_found_on_empty_paper_of_any_shape(shape: tuple[int, ...]) -> None:
    boxes = detect(models.detector(), np.full(shape, 255, np.uint8))
    assert boxes.quads.shape == (0, 4, 2) and boxes.scores.shape == (0,)
