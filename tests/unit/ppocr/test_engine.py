"""The whole engine on drawn pages, crops, turned and tilted pictures, and pictures without text."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import numpy as np
import pytest
from PIL import Image
from soundness import contents, likeness
from written import font, written

from legenda.document import Line, bounds
from legenda.engines.base import EngineOptions, Raster
from legenda.engines.ppocr import PPOCR
from legenda.engines.ppocr.engine import without_colour
from legenda.options import Effort

LINES = (
    "Minutes of the harbour board",
    "were read and approved at the",
    "meeting of 20 November 2026",
    "without a dissenting voice.",
)
TEXT = "\n".join(LINES)
FAST = EngineOptions("fast")
INK, PAPER = (20, 40, 140), (250, 220, 150)


@pytest.fixture(scope="module")
def engine() -> PPOCR:
    return PPOCR()


@pytest.fixture(scope="module")
def page() -> Raster:
    return written(*LINES, size=32)


def coloured(page: Raster, ink: tuple[int, int, int], paper: tuple[int, int, int]) -> Raster:
    share = page[:, :, None] / 255
    return np.asarray(share * paper + (1 - share) * ink, np.uint8)


def cut_to_ink(raster: Raster) -> Raster:
    ys, xs = np.nonzero(raster < 128)
    return raster[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]


def assert_on_ink(lines: Iterable[Line], raster: Raster) -> None:
    """Every word's box has its own ink inside and no taller neighbour's."""
    for word in (word for line in lines for word in line.words):
        left, top, right, bottom = (max(0, round(v)) for v in bounds(word.polygon))
        assert (raster[top : bottom + 1, left : right + 1] < 128).mean() > 0.05
        assert min(bottom - top, right - left) < 60


@pytest.mark.parametrize("effort", get_args(Effort))
def test_a_page_at_every_effort(engine: PPOCR, page: Raster, effort: Effort) -> None:
    reading = engine.read(page, EngineOptions(effort))
    assert contents(reading.lines) == list(LINES)
    assert all(line.confidence > 0.8 and not line.unreadable for line in reading.lines)
    assert all(line.engine.startswith("ppocrv6-") for line in reading.lines)
    assert abs(reading.angle) < 1 and set(reading.timings) >= {"detection", "recognition"}
    assert_on_ink(reading.lines, page)


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_turned_pages_keep_their_own_frame(engine: PPOCR, page: Raster, quarter: int) -> None:
    turned = np.ascontiguousarray(np.rot90(page, -quarter))
    reading = engine.read(turned, FAST)
    assert -180 < reading.angle <= 180 and abs((reading.angle - 90 * quarter + 180) % 360 - 180) < 1
    assert sorted(line.content for line in reading.lines) == sorted(LINES)
    assert_on_ink(reading.lines, turned)
    for line in reading.lines:
        x1, y1, x2, y2, *_ = line.polygon
        along = {1: y2 - y1, 2: x1 - x2, 3: y1 - y2}[quarter]
        assert along > 300  # from the first letter to the last


@pytest.mark.parametrize("angle", [-12, -4, 3, 10])
def test_tilted_pages(engine: PPOCR, page: Raster, angle: int) -> None:
    tilted = np.asarray(Image.fromarray(page).rotate(-angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255))
    reading = engine.read(tilted, FAST)
    assert likeness("\n".join(contents(reading.lines)), TEXT) > 0.97
    assert reading.angle == pytest.approx(angle, abs=1)


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ((255, 255, 255), (0, 0, 0)),
        (INK, PAPER),
        (PAPER, INK),
        ((200, 30, 30), (255, 255, 255)),
        ((150, 150, 150), (255, 255, 255)),
    ],
)
def test_colours_and_white_on_black(
    engine: PPOCR, page: Raster, ink: tuple[int, int, int], paper: tuple[int, int, int]
) -> None:
    assert contents(engine.read(coloured(page, ink, paper), FAST).lines) == list(LINES)


def test_colour_is_kept_only_where_there_is_some(page: Raster) -> None:
    grey = without_colour(coloured(page, (9, 9, 9), (250, 248, 245)))
    assert grey.ndim == 2 and grey.dtype == np.uint8
    assert without_colour(coloured(page, INK, PAPER)).ndim == 3
    assert without_colour(page) is page


@pytest.mark.parametrize("text", ["Invoice", "Total:", "12.50", "STOP", "a whole line of a letter, cut out"])
@pytest.mark.parametrize("margin", [0, 3, 20])
def test_crops_of_a_word_or_a_line(engine: PPOCR, text: str, margin: int) -> None:
    crop = np.pad(cut_to_ink(written(text, size=40)), margin, constant_values=255)
    (line,) = engine.read(crop, FAST).lines
    assert line.content == text
    left, top, right, bottom = bounds(line.polygon)
    assert left <= margin + 20 and right >= crop.shape[1] - margin - 20
    assert top >= -10 and bottom <= crop.shape[0] + 10


@pytest.mark.parametrize("text", ["Invoice", "a whole line of a letter, cut out"])
@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_turned_crops(engine: PPOCR, text: str, quarter: int) -> None:
    crop = np.pad(cut_to_ink(written(text, size=40)), 4, constant_values=255)
    (line,) = engine.read(np.ascontiguousarray(np.rot90(crop, -quarter)), FAST).lines
    assert line.content == text
    x1, y1, x2, y2, *_ = line.polygon
    assert {1: y2 - y1, 2: x1 - x2, 3: y1 - y2}[quarter] > 100


def test_a_low_picture_of_two_lines_is_no_crop_of_one(engine: PPOCR) -> None:
    assert contents(engine.read(written("first of two", "second of two", size=24), FAST).lines) == [
        "first of two",
        "second of two",
    ]


def test_words_lie_on_their_letters(engine: PPOCR) -> None:
    face, texts = font("DejaVuSans.ttf", 26), ("the harbour board", "all boats were safe", "one storm at night")
    lefts = {
        word: 26 + face.getlength(text[: text.index(word)]) + face.getbbox(word)[0]
        for text in texts
        for word in text.split()
    }
    lines = engine.read(written(*texts, size=26), FAST).lines
    found = {word.content: bounds(word.polygon)[0] for line in lines for word in line.words}
    assert found.keys() == lefts.keys()
    assert np.mean([abs(found[word] - lefts[word]) for word in lefts]) < 3


@pytest.mark.parametrize("effort", get_args(Effort))
def test_other_scripts_get_the_whole_alphabet(engine: PPOCR, effort: Effort) -> None:
    lines = ("日本国民は正当に選挙された", "国会における代表者を通じて")
    reading = engine.read(written(*lines, name="NotoSansCJK-Regular.ttc", size=36), EngineOptions(effort))
    assert contents(reading.lines) == list(lines)
    assert {line.engine for line in reading.lines} == {"ppocrv6-small"}
    assert all(len(word.content) == 1 for line in reading.lines for word in line.words)


def test_text_down_the_margin_is_read_beside_upright_text(engine: PPOCR, page: Raster) -> None:
    margin = np.ascontiguousarray(np.rot90(written("Received 4 May", size=24), -1))
    raster = np.full((max(page.shape[0], margin.shape[0]) + 40, page.shape[1] + margin.shape[1]), 255, np.uint8)
    raster[: page.shape[0], : page.shape[1]] = page
    raster[: margin.shape[0], page.shape[1] :] = margin
    lines = engine.read(raster, FAST).lines
    assert sorted(line.content for line in lines) == sorted([*LINES, "Received 4 May"])
    (aside,) = (line for line in lines if line.content.startswith("Received"))
    x1, y1, x2, y2, *_ = aside.polygon
    assert y2 - y1 > 100 and abs(x2 - x1) < 10


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 4000), (4000, 1), (2, 2, 3), (48, 48), (201, 5), (200, 3000), (7, 300, 3)]
)
@pytest.mark.parametrize("value", [0, 255])
def test_empty_pictures_of_any_shape(engine: PPOCR, shape: tuple[int, ...], value: int) -> None:
    reading = engine.read(np.full(shape, value, np.uint8), FAST)
    assert (reading.lines, reading.angle) == ((), 0.0)


def test_rasters_may_be_views_and_read_only(engine: PPOCR, page: Raster) -> None:
    views = [np.flip(np.flip(page).copy()), np.asfortranarray(page), np.frombuffer(page.tobytes(), np.uint8)]
    views[2] = views[2].reshape(page.shape)
    for view in views:
        assert contents(engine.read(view, FAST).lines) == list(LINES)


def test_threads_share_the_models(engine: PPOCR, page: Raster) -> None:
    pages = [page, written("another page", "altogether", size=40), np.ascontiguousarray(page[::-1, ::-1])]
    alone = [engine.read(raster, FAST).lines for raster in pages]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda raster: engine.read(raster, FAST).lines, pages * 3))
    assert together == alone * 3
