from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from written import written

from legenda.document import Line, bounds
from legenda.engines.base import EngineOptions, Raster
from legenda.engines.tesseract import Tesseract
from legenda.engines.tesseract.calibration import probability_of
from legenda.engines.tesseract.library import folder, installed, pack_named
from legenda.engines.tesseract.packs import candidates, missing, packs_for
from legenda.engines.tesseract.pool import Pool
from legenda.engines.tesseract.upright import tilt, turned
from legenda.errors import EngineError, InvalidOptionError, MissingComponentError

ENGLISH = EngineOptions(languages=("en",))
TEXT = (
    "All human beings are born free and equal in dignity and rights.",
    "They are endowed with reason and conscience and should act",
    "towards one another in a spirit of brotherhood.",
    "Everyone is entitled to all the rights and freedoms set forth",
    "in this Declaration, without distinction of any kind.",
)


@pytest.fixture(scope="module")
def engine() -> Tesseract:
    return Tesseract()


@pytest.fixture(scope="module")
def page() -> NDArray[np.uint8]:
    return written(*TEXT)


def content(lines: Sequence[Line]) -> str:
    return " ".join(line.content for line in lines)


def noise(kind: str, rng: np.random.Generator) -> Raster:
    if kind == "noise":
        return rng.integers(0, 256, (500, 600), dtype=np.uint8)
    if kind == "coloured":
        return rng.integers(0, 256, (300, 400, 3), dtype=np.uint8)
    if kind == "blobs":
        smooth = cv2.GaussianBlur(rng.random((500, 600)), (0, 0), 5)
        return np.where(smooth > smooth.mean(), 255, 0).astype(np.uint8)
    if kind == "strokes":
        picture = np.full((500, 600), 255, np.uint8)
        for start, end in rng.integers(0, 500, (50, 2, 2)):
            cv2.line(picture, tuple(map(int, start)), tuple(map(int, end)), 0, 2)
        return picture
    if kind == "gradient":
        return np.tile(np.linspace(0, 255, 600, dtype=np.uint8), (400, 1))
    return np.full((400, 500), 0 if kind == "black" else 255, np.uint8)


def test_words_stand_where_they_are_drawn(engine: Tesseract, page: Raster) -> None:
    reading = engine.read(page, ENGLISH)
    assert [line.content for line in reading.lines] == list(TEXT)
    assert reading.lines[0].script == "Latn"
    for line in reading.lines:
        assert line.content == " ".join(word.content for word in line.words)
        assert line.confidence > 0.8
        lefts = [bounds(word.polygon)[0] for word in line.words]
        assert lefts == sorted(lefts)
    left, top, right, bottom = map(round, bounds(reading.lines[0].words[0].polygon))
    ink = np.argwhere(page[: bottom + 6, : right + 4] < 128)
    assert np.abs(ink.min(axis=0) - (top, left)).max() <= 3


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_a_page_turned_by_quarters_reads_and_maps_back(engine: Tesseract, page: Raster, quarter: int) -> None:
    given = np.ascontiguousarray(np.rot90(page, -quarter))
    straight, reading = engine.read(page, ENGLISH), engine.read(given, ENGLISH)
    assert sorted(line.content for line in reading.lines) == sorted(TEXT)
    assert reading.angle == {1: 90, 2: 180, 3: -90}[quarter]
    first = next(line for line in reading.lines if line.content == TEXT[0])
    x, y = straight.lines[0].polygon[:2]
    height, width = page.shape
    there = {1: (height - y, x), 2: (width - x, height - y), 3: (y, width - x)}[quarter]
    assert first.polygon[:2] == pytest.approx(there, abs=3)


@pytest.mark.parametrize("degrees", [-9.0, 6.0])
def test_a_tilted_page_reads_and_maps_back(engine: Tesseract, page: Raster, degrees: float) -> None:
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 0.85)
    given = cv2.warpAffine(page, matrix, (width, height), borderValue=(255, 255, 255))
    reading = engine.read(given, ENGLISH)
    assert reading.angle == pytest.approx(degrees, abs=1)
    assert "born free and equal in dignity" in content(reading.lines)
    x1, y1, x2, y2, *_ = reading.lines[0].polygon
    assert np.degrees(np.arctan2(y2 - y1, x2 - x1)) == pytest.approx(degrees, abs=1)


def test_turning_maps_back_to_the_same_pixel() -> None:
    raster = np.zeros((60, 100), np.uint8)
    raster[20:23, 70:73] = 255
    for quarter in range(4):
        for degrees in (0.0, 5.0):
            result, (a, b, c, d, e, f) = turned(raster, quarter, degrees)
            y, x = np.unravel_index(int(cv2.GaussianBlur(result, (5, 5), 0).argmax()), result.shape)
            x, y = x + 0.5, y + 0.5
            assert (a * x + b * y + c, d * x + e * y + f) == pytest.approx((71.5, 21.5), abs=2)


def test_a_level_page_is_not_turned(page: Raster) -> None:
    assert tilt(page) == 0


@pytest.mark.parametrize("kind", ["noise", "coloured", "blobs", "strokes", "gradient", "black", "blank"])
def test_nothing_is_invented(engine: Tesseract, kind: str) -> None:
    for seed in range(2):
        assert engine.read(noise(kind, np.random.default_rng(seed)), ENGLISH).lines == ()


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (7, 300), (40, 3), (12, 40_000)])
def test_odd_sizes_do_no_harm(engine: Tesseract, shape: tuple[int, int]) -> None:
    assert engine.read(np.full(shape, 255, np.uint8), ENGLISH).lines == ()


def test_a_line_cut_out_of_a_page_reads(engine: Tesseract) -> None:
    crop = written(TEXT[0])[34:86]
    line = engine.read_line(np.dstack([crop] * 3), ("eng",))
    assert (line.content, line.language, line.unreadable) == (TEXT[0], "en", False)
    assert bounds(line.polygon)[2] < crop.shape[1]


def test_greek_words_with_a_mu_are_kept_and_have_the_letter(engine: Tesseract) -> None:
    text = "σχέση μηχανή πόρτα πρόβλημα κόσμος ημέρα γράμμα μάτι"
    line = engine.read_line(written(text)[34:86], ("ell",))
    assert line.content == text  # not the micro sign
    assert min(word.confidence for word in line.words) > 0.7


def test_a_line_that_says_nothing_is_unreadable(engine: Tesseract) -> None:
    line = engine.read_line(np.full((40, 300), 255, np.uint8), ("eng",))
    assert (line.content, line.words, line.unreadable) == ("", (), True)
    assert bounds(line.polygon) == (0, 0, 300, 40)


def test_threads_read_the_same(engine: Tesseract, page: Raster) -> None:
    with ThreadPoolExecutor(4) as pool:
        readings = list(pool.map(lambda _: engine.read(page, ENGLISH).lines, range(6)))
    assert all(lines == readings[0] for lines in readings)


def test_the_pool_lends_to_one_and_keeps_few() -> None:
    pool = Pool(idle=2)
    with pool.lend("eng") as one, pool.lend("eng") as two, pool.lend("eng") as three:
        assert len({id(one), id(two), id(three)}) == 3
    assert len(pool) == 2
    with pool.lend("eng") as again:
        assert id(again) in (id(one), id(two), id(three))
    with pytest.raises(ZeroDivisionError), pool.lend("eng"):
        raise ZeroDivisionError
    assert len(pool) == 1
    pool.close()
    assert len(pool) == 0


def test_packs_of_languages() -> None:
    assert packs_for(("en", "German", "eng")) == ("eng", "deu")
    with pytest.raises(InvalidOptionError, match="klingonish"):
        packs_for(("klingonish",))


def test_script_packs_are_found_in_either_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "script").mkdir()
    for name in ("script/Arabic", "Greek", "eng"):
        (tmp_path / f"{name}.traineddata").touch()
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assert installed() == {"script/Arabic", "Greek", "eng"}
    assert (pack_named("Arabic"), pack_named("script/Greek"), pack_named("rus")) == ("script/Arabic", "Greek", "")
    assert (candidates("Arab"), candidates("Deva")) == (("script/Arabic",), ())


def test_a_missing_pack_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Tesseract) -> None:
    shutil.copy(folder() / "eng.traineddata", tmp_path)
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    with pytest.raises(MissingComponentError, match=r"Hindi.*apt install tesseract-ocr-hin"):
        engine.read(np.full((90, 90), 255, np.uint8), EngineOptions(languages=("hi",)))
    assert "apt install tesseract-ocr-chi-sim" in str(missing("Hans"))


def test_no_packs_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    with pytest.raises(MissingComponentError, match="apt install tesseract-ocr "):
        Tesseract()


def test_a_damaged_pack_is_an_error_of_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "eng.traineddata").write_bytes(b"no pack")
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    with pytest.raises(EngineError, match="cannot load eng"):
        Tesseract().read_line(np.full((40, 90), 255, np.uint8), ("eng",))


def test_without_orientation_pack_turned_pages_still_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: Raster
) -> None:
    shutil.copy(folder() / "eng.traineddata", tmp_path)
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    reading = Tesseract().read(np.ascontiguousarray(np.rot90(page, 2)), ENGLISH)
    assert TEXT[0] in content(reading.lines)
    assert reading.angle == 180


def test_the_environment_is_left_as_it_was(engine: Tesseract) -> None:
    assert "OMP_THREAD_LIMIT" not in os.environ


def test_confidence_is_monotone_and_a_probability() -> None:
    values = [probability_of(score) for score in range(101)]
    assert values == sorted(values)
    assert 0 < values[0] < 0.3 and 0.9 < values[-1] < 1
