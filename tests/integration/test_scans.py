"""Pictures of pages, upright and turned, in files and in PDFs; and pictures of nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from benchmarks.textless import KINDS
from pdf_maker import scanned
from PIL import Image, ImageDraw
from soundness import sound
from written import written

import legenda
from legenda import Page, Reader, ReadOptions
from legenda.document import bounds
from legenda.engines.base import Raster

LINES = (
    "Minutes of the harbour board",
    "were read and approved at the",
    "meeting of 20 November 2026",
    "without a dissenting voice.",
)
Save = Callable[[Raster], bytes]


@pytest.fixture(scope="module")
def picture() -> Raster:
    return written(*LINES, size=32)


def assert_on_ink(page: Page, picture: Raster, scale: float) -> None:
    """Words cover their ink; `scale` is pixels per page unit."""
    for word in page.words:
        left, top, right, bottom = (max(0, round(v * scale)) for v in bounds(word.polygon))
        assert (picture[top : bottom + 1, left : right + 1] < 128).mean() > 0.05


@pytest.mark.parametrize("quarter", range(4))
@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_turned_pages_are_read_in_order_and_keep_their_frame(
    picture: Raster, png: Save, quarter: int, kind: str
) -> None:
    turned = np.ascontiguousarray(np.rot90(picture, -quarter))
    data, scale = (png(turned), 1.0) if kind == "png" else (scanned(turned), 2.0)
    document = sound(legenda.read(data, effort="fast"))
    (page,) = document.pages
    assert (page.width, page.height) == (turned.shape[1] / scale, turned.shape[0] / scale)
    assert page.unit == ("pixel" if kind == "png" else "point")
    assert page.text == "\n".join(LINES)
    assert abs((page.angle - 90 * quarter + 180) % 360 - 180) < 1
    assert_on_ink(page, turned, scale)
    x1, y1, x2, y2, *_ = next(page.lines).polygon
    assert {0: x2 - x1, 1: y2 - y1, 2: x1 - x2, 3: y1 - y2}[quarter] > 300 / scale


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_pdfs_own_rotation_is_undone_first(picture: Raster, rotate: int) -> None:
    (page,) = sound(legenda.read(scanned(picture, Rotate=rotate), effort="fast")).pages
    assert page.text == "\n".join(LINES)
    assert_on_ink(page, np.rot90(picture, -rotate // 90), 2.0)


def test_scans_name_their_engine_and_stages(picture: Raster, png: Save) -> None:
    (page,) = legenda.read(png(picture)).pages
    assert (page.source, page.engine, page.problems) == ("ocr", "ppocrv6-tiny", ())
    assert set(page.timings) >= {"render", "detection", "recognition", "layout"}


def _ruled(size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    """Paper ruled for writing."""
    page = Image.new("L", size, 250)
    for y in range(60, size[1] - 40, 28):
        ImageDraw.Draw(page).line((40, y, size[0] - 40, y), 170, 1)
    return page


def _grid(size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    """An empty form."""
    page = Image.new("L", size, 255)
    for y in range(60, size[1] - 60, 48):
        for x, width in ((40, 120), (160, 300), (460, 110)):
            ImageDraw.Draw(page).rectangle((x, y, x + width, y + 48), outline=0, width=2)
    return page


def _plain(value: int) -> Callable[[tuple[int, int], np.random.Generator], Image.Image]:
    return lambda size, chance: Image.new("L", size, value)


TEXTLESS = KINDS | {"ruled": _ruled, "form": _grid, "white": _plain(255), "black": _plain(0)}


@pytest.mark.parametrize("kind", TEXTLESS)
def test_nothing_is_read_where_nothing_is_written(png: Save, kind: str) -> None:
    picture = TEXTLESS[kind]((620, 877), np.random.default_rng((7, len(kind))))
    with Reader(ReadOptions(), jobs=1) as reader:
        document = sound(reader.read(png(np.asarray(picture))))
    assert document.text == ""
    assert document.pages[0].problems == ()
