"""Two pages of a book on one picture are two pages; whatever else is wide is one."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest
from benchmarks.spreads import SINGLES, SPREADS, of_corpus, spread
from numpy.typing import NDArray
from PIL import Image

from legenda.document import Part
from legenda.options import Limits
from legenda.sources import open_source
from legenda.sources.double_page import gutter_of

EVALDATA = Path(__file__).parents[4] / "shared" / "evaldata"


def saved(picture: NDArray[np.uint8], kind: str = "PNG", **options: object) -> bytes:
    Image.fromarray(picture).save(out := io.BytesIO(), kind, **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def book() -> NDArray[np.uint8]:
    return spread(random.Random(3), shadow=0.3)


@pytest.mark.parametrize("name", SPREADS)
def test_two_pages_meet_in_the_middle(name: str) -> None:
    for seed in range(2):
        assert gutter_of(SPREADS[name](random.Random(seed))) == pytest.approx(0.5, abs=0.02), seed


@pytest.mark.parametrize("name", SINGLES)
def test_what_is_one_page_stays_one(name: str) -> None:
    assert gutter_of(SINGLES[name](random.Random(7))) is None


@pytest.mark.skipif(not EVALDATA.exists(), reason="no evaluation data here")
def test_pages_of_tables_and_lines_stay_whole() -> None:
    looked = {name: gutter_of(picture) for name, picture in of_corpus(EVALDATA / "tables")}
    assert len(looked) > 2 and not any(looked.values())


def test_each_page_has_its_own_frame(book: NDArray[np.uint8]) -> None:
    with open_source(saved(book)) as source:
        assert source.page_count == 2
        first, second = source.page(1), source.page(2)
        assert (first.number, first.width, first.height) == (1, second.part.box[0], 700)  # type: ignore[union-attr]
        assert second.part == Part(1, (first.width, 0, 1000, 700))
        left = int(first.width)
        whole, inner = source.raster(2, 200), source.raster(2, 200, (10, 20, 60, 90))
        assert (whole.pixels == book[:, left:]).all() and (whole.origin_x, whole.origin_y) == (0, 0)
        assert (inner.pixels == book[20:90, left + 10 : left + 60]).all()
        assert (inner.origin_x, inner.origin_y) == (10, 20)
        with pytest.raises(IndexError):
            source.page(3)


def test_all_pages_of_a_file_say_which_picture_they_come_from(book: NDArray[np.uint8]) -> None:
    single = Image.fromarray(book[:, :500])
    data = saved(book, "TIFF", save_all=True, append_images=[single, Image.fromarray(book)])
    with open_source(data) as source:
        parts = [source.page(number).part for number in range(1, source.page_count + 1)]
        assert [part.picture for part in parts if part] == [1, 1, 2, 3, 3]
        assert (source.raster(3, 200).pixels == np.asarray(single)).all()
    with open_source(saved(book[:, :500], "TIFF")) as source:
        assert source.page(1).part is None


def test_turned_by_its_own_flag(book: NDArray[np.uint8]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = np.ascontiguousarray(np.rot90(book))
    with open_source(saved(stored, "JPEG", exif=exif, quality=95)) as source:
        assert source.page_count == 2 and source.page(2).height == 700
        assert np.abs(source.raster(1, 200).pixels[:, :400].astype(int) - book[:, :400]).mean() < 3


def test_in_an_archive_pages_count_on(book: NDArray[np.uint8]) -> None:
    with zipfile.ZipFile(out := io.BytesIO(), "w") as archive:
        archive.writestr("a.png", saved(book))
        archive.writestr("b.png", saved(book[:, :500]))
        archive.writestr("c.jpg", saved(book, "JPEG"))
    with open_source(out.getvalue()) as source:
        assert [member.pages for member in source.members] == [2, 1, 2]  # type: ignore[attr-defined]
        assert [source.page(number).part is None for number in range(1, 6)] == [False, False, True, False, False]
        assert source.page(5).number == 5


def test_nothing_is_split_where_pages_would_be_too_many(book: NDArray[np.uint8]) -> None:
    with open_source(saved(book), limits=Limits(pages=1)) as source:
        assert source.page_count == 1 and source.page(1).part is None


def test_a_damaged_spread_is_one_damaged_page(book: NDArray[np.uint8]) -> None:
    data = saved(book)
    with open_source(data[: len(data) // 2]) as source:
        assert source.page_count == 1 and source.raster(1, 200).problems
