from __future__ import annotations

import numpy as np
import pytest

from legenda.engines.ppocr.strip import HEIGHT, WIDEST, cut, downwards, size, upwards


def quad(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


@pytest.fixture(scope="module")
def halves() -> np.ndarray:
    """Black on the left, white on the right, a grey bar at the bottom."""
    raster = np.zeros((300, 400), np.uint8)
    raster[:, 200:] = 255
    raster[250:] = 128
    return raster


@pytest.mark.parametrize("height", [10, 48, 60, 200])
def test_every_height_becomes_the_recognisers(halves: np.ndarray, height: int) -> None:
    strip = cut(halves, quad(100, 20, 300, 20 + height))
    assert strip.pixels.shape[0] == HEIGHT
    assert 0.8 <= strip.width / (HEIGHT * 200 / height) <= 1  # lines may be set narrower than they are
    middle, blur = strip.width // 2, 3 + strip.width // 100
    assert strip.pixels[:, : middle - blur].max() < 30 and strip.pixels[:, middle + blur :].min() > 225


def test_colour_stays_colour(halves: np.ndarray) -> None:
    strip = cut(np.stack([halves, halves, 255 - halves], 2), quad(0, 0, 400, 100))
    assert strip.pixels.shape == (48, strip.width, 3)
    assert strip.pixels[20, 10].tolist() == [0, 0, 255]


def test_turned_boxes_come_upright(halves: np.ndarray) -> None:
    # a column 40 wide: the dark start of text that runs down is at its top
    column = np.ascontiguousarray(np.rot90(halves, -1))
    box = quad(200, 100, 240, 300)
    down, up = cut(column, downwards(box)), cut(column, upwards(box))
    assert down.pixels.shape == up.pixels.shape and down.width > 3 * HEIGHT
    third = down.width // 3
    assert down.pixels[24, :third].max() < 30 and down.pixels[24, -third:].min() > 225
    assert up.pixels[24, :third].min() > 225 and up.pixels[24, -third:].max() < 30


def test_boxes_over_the_edge_go_on_with_the_edge(halves: np.ndarray) -> None:
    strip = cut(halves, quad(350, -20, 450, 28))
    assert strip.pixels.min() > 225


def test_fine_texture_does_not_alias() -> None:
    raster = np.zeros((480, 2000), np.uint8)
    raster[:, ::2] = 255
    assert cut(raster, quad(0, 0, 2000, 480)).pixels.std() < 30


def test_extremes_are_bounded() -> None:
    raster = np.zeros((50, 50_000), np.uint8)
    assert cut(raster, quad(0, 0, 50_000, 4)).width == WIDEST
    assert cut(raster, quad(10, 0, 10, 40)).width == 16  # no width at all
    assert cut(raster[:1, :1], quad(0, 0, 1, 1)).pixels.shape[0] == HEIGHT


def test_sides() -> None:
    assert size(quad(10, 20, 110, 50)) == (100, 30)
    assert size(downwards(quad(10, 20, 40, 120))) == (100, 30)


def test_parts(halves: np.ndarray) -> None:
    strip = cut(halves, quad(0, 0, 400, 48))
    assert strip.part(0.0, 1.0) is strip
    right = strip.part(0.5, 1.0)
    assert right.width == strip.width - int(strip.width / 2) and right.pixels[:, 5:].min() > 225
    assert (right.quad == strip.quad).all()
