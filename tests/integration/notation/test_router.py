from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from legenda.notation import kind_of
from legenda.notation.router import KINDS, features


def sheet(width: int = 420, height: int = 260) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (width, height), "white")
    return picture, ImageDraw.Draw(picture)


def text() -> Image.Image:
    text = "Prices rose in spring while wages kept no pace with them and most of the towns on the coast lost people"
    words = text.split()
    picture, pen = sheet()
    for n in range(9):
        line = " ".join(words[(5 * n + m) % len(words)] for m in range(8 - n % 2))
        pen.text((12, 8 + 26 * n), line, "black", ImageFont.load_default(15))
    return picture


def staves() -> Image.Image:
    picture, pen = sheet(700, 200)
    for n in range(5):
        pen.line((10, 70 + 9 * n, 690, 70 + 9 * n), "black", 1)
    for x in range(40, 650, 30):
        y = 70 + (x * 7 % 45)
        pen.ellipse((x, y - 4, x + 11, y + 4), "black")
        pen.line((x + 11, y, x + 11, y - 30), "black", 1)
    return picture


def triangle() -> Image.Image:
    picture, pen = sheet()
    pen.line((50, 220, 370, 220, 200, 30, 50, 220), "black", 2)
    for name, x, y in (("A", 30, 215), ("B", 378, 215), ("C", 195, 4)):
        pen.text((x, y), name, "black", ImageFont.load_default(20))
    return picture


def table() -> Image.Image:
    picture, pen = sheet(420, 280)
    for n in range(8):
        pen.line((10, 10 + 36 * n, 410, 10 + 36 * n), "black", 1)
    for n in range(5):
        pen.line((10 + 100 * n, 10, 10 + 100 * n, 262), "black", 1)
    for n in range(28):
        pen.text((20 + 100 * (n % 4), 20 + 36 * (n // 4)), f"{n * 731 % 9973}", "black", ImageFont.load_default(15))
    return picture


@pytest.mark.parametrize(
    ("picture", "kind"), [(text(), "text"), (staves(), "score"), (triangle(), "geometry"), (table(), "table")]
)
def test_tells_what_is_drawn(picture: Image.Image, kind: str) -> None:
    found, sure = kind_of(np.asarray(picture))
    assert found == kind
    assert sure > 0.5


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (40, 40), (40, 40, 3)])
def test_any_picture_has_some_kind(shape: tuple[int, ...]) -> None:
    for value in (0, 255):
        found, sure = kind_of(np.full(shape, value, np.uint8))
        assert found in KINDS
        assert 0 < sure <= 1


def test_what_is_measured_is_finite() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (90, 120, 3), np.uint8)
    assert np.isfinite(features(noise)).all()
