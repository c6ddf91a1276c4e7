"""The library's front: order, ranges, many inputs, failing pages, and nothing left behind."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from faulty_engines import FailingOnDark
from leftovers import left_open
from pdf_maker import make_pdf, scanned, words
from PIL import Image
from soundness import sound
from written import written

import legenda
from legenda import Document, Line, Page, Reader, ReadOptions
from legenda.engines.base import Engine, Raster
from legenda.errors import (
    CorruptSourceError,
    EmptySourceError,
    EngineError,
    InvalidOptionError,
    LegendaError,
    MissingComponentError,
    NotFoundError,
    UnsupportedFormatError,
)

BOOK = make_pdf(*[words(f"page number {n}") for n in range(1, 8)])
LIGHT, DARK = np.full((60, 90), 250, np.uint8), np.full((60, 90), 5, np.uint8)
Add = Callable[[Engine], str]
Save = Callable[[Raster], bytes]


def test_pages_come_in_order_and_count_is_known() -> None:
    with Reader(jobs=3) as reader:
        pages = reader.pages(BOOK)
        assert pages.count == 7
        assert [(page.number, page.text) for page in pages] == [(n, f"page number {n}") for n in range(1, 8)]
        assert list(pages) == []


@pytest.mark.parametrize(("ranges", "numbers"), [("2-3,-1", [2, 3, 7]), ("7,1", [1, 7]), ("6-", [6, 7])])
def test_page_ranges(ranges: str, numbers: list[int]) -> None:
    document = sound(legenda.read(BOOK, pages=ranges))
    assert [page.number for page in document.pages] == numbers
    assert document.text == "\n".join(f"page number {n}" for n in numbers)


def test_a_range_beyond_the_end_is_an_error(nothing_left: None) -> None:
    with pytest.raises(InvalidOptionError, match="7 pages"):
        legenda.read(BOOK, pages="9")


def test_paths_strings_and_bytes_are_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(BOOK)
    by_path, by_string, by_bytes = legenda.read(path), legenda.read(str(path)), legenda.read(BOOK)
    assert (by_path.name, by_string.name, by_bytes.name) == ("book.pdf", "book.pdf", "")
    assert by_path.text == by_string.text == by_bytes.text != ""
    with Reader() as reader:
        assert reader.read(BOOK, "mine.pdf").name == "mine.pdf"


def test_an_empty_page_is_a_page() -> None:
    document = sound(legenda.read(make_pdf(words("before"), "", words("after"))))
    assert [page.text for page in document.pages] == ["before", "", "after"]
    assert document.text == "before\n\nafter"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptySourceError),
        (b"\0no picture at all", UnsupportedFormatError),
        (b"%PDF-1.7\nnothing else", CorruptSourceError),
        ("/no/such/file.pdf", NotFoundError),
        ("/", NotFoundError),
    ],
)
def test_what_cannot_be_opened_raises_and_leaves_nothing(
    nothing_left: None, data: bytes | str, error: type[LegendaError]
) -> None:
    with pytest.raises(error):
        legenda.read(data)


def test_many_inputs_in_order_and_bad_ones_give_their_error(tmp_path: Path, png: Save, nothing_left: None) -> None:
    (tmp_path / "broken.png").write_bytes(png(LIGHT)[:20])
    (tmp_path / "book.pdf").write_bytes(BOOK)
    inputs = [BOOK, tmp_path / "broken.png", tmp_path / "missing.pdf", str(tmp_path / "book.pdf"), b"", BOOK]
    with Reader(jobs=2) as reader:
        results = list(reader.read_many(iter(inputs)))
    assert [data for data, _ in results] == inputs
    kinds = [type(result) for _, result in results]
    assert kinds == [Document, CorruptSourceError, NotFoundError, Document, EmptySourceError, Document]
    assert all(isinstance(result, LegendaError) or sound(result).text for _, result in results)


def on_sheet(picture: Raster) -> Raster:
    sheet = np.full((240, 480), 255, np.uint8)
    sheet[: picture.shape[0], : picture.shape[1]] = picture
    return sheet


def without_noise(document: Document) -> Document:
    """Without times, and without digits of probabilities that depend on the number of threads of the BLAS in use."""
    return replace(document, pages=tuple(page_without_noise(page) for page in document.pages))


def page_without_noise(page: Page) -> Page:
    blocks = [replace(block, lines=tuple(map(line_without_noise, block.lines))) for block in page.blocks]
    return replace(page, timings={}, blocks=tuple(blocks))


def line_without_noise(line: Line) -> Line:
    words = tuple(replace(word, confidence=round(word.confidence, 2)) for word in line.words)
    return replace(line, words=words, confidence=round(line.confidence, 2))


def test_the_number_of_jobs_changes_nothing() -> None:
    texts = ("The first of four", "second with 12.50 EUR", "a third page", "and the last one")
    scans = scanned(*[on_sheet(written(*[text] * 3, size=24)) for text in texts])
    files = [
        scans,
        BOOK,
        make_pdf(words("text") + "q 200 0 0 100 50 50 cm /Im Do Q\n", pictures=[written("seen", size=90)]),
    ]
    documents = {}
    for jobs in (1, 2, 3):
        with Reader(ReadOptions(effort="fast"), jobs) as reader:
            read = [sound(doc) for _, doc in reader.read_many(files) if isinstance(doc, Document)]
        documents[jobs] = [without_noise(doc) for doc in read]
    assert documents[1][0].text.count("\n") == 11
    assert documents[1] == documents[2] == documents[3]


@pytest.mark.parametrize(
    ("error", "code"),
    [(EngineError("the engine gave up"), "engine"), (ZeroDivisionError("a bug"), "engine"), (MemoryError(), "engine")],
)
def test_a_page_that_fails_leaves_the_others(engine: Add, nothing_left: None, error: Exception, code: str) -> None:
    document = sound(legenda.read(scanned(LIGHT, DARK, LIGHT), engine=engine(FailingOnDark(error))))
    first, failed, last = document.pages
    assert first.text == last.text != "" and failed.text == ""
    assert not first.problems and [problem.code for problem in failed.problems] == [code]
    assert str(error) in failed.problems[0].message
    assert (failed.number, failed.width) == (2, first.width)


@pytest.mark.parametrize("error", [MissingComponentError("no weights"), InvalidOptionError("no such language")])
def test_what_holds_for_every_page_is_raised(engine: Add, nothing_left: None, error: LegendaError) -> None:
    children = left_open()[1]  # other tests' servers
    with Reader(ReadOptions(engine=engine(FailingOnDark(error))), jobs=1) as reader:
        pages = reader.pages(scanned(LIGHT, DARK, LIGHT))
        assert next(pages).number == 1
        with pytest.raises(type(error)) as raised:
            next(pages)
        ((_, result),) = reader.read_many([scanned(DARK)])
        assert isinstance(result, type(error))
        # a caller may keep the errors, and with them their tracebacks
        assert raised.value.what and left_open()[1] == children
        assert list(pages) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [({"languages": ("Klingon",)}, "'Klingon' is not known"), ({"engine": "tesseracd"}, "no engine 'tesseracd'")],
)
def test_engines_and_languages_nobody_knows(png: Save, options: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidOptionError, match=message):
        legenda.read(png(LIGHT), **options)


def test_a_reader_serves_many_inputs_with_one_child_at_a_time(nothing_left: None) -> None:
    children = left_open()[1]
    with Reader(jobs=2) as reader:
        for _ in range(6):
            assert reader.read(BOOK).text
            assert left_open()[1] == children


def test_pages_of_a_picture_with_several(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    first, *others = (Image.fromarray(written(f"Sheet {n} of three", size=30)) for n in (1, 2, 3))
    first.save(path, save_all=True, append_images=others)
    document = sound(legenda.read(path, pages="2-"))
    assert [(page.number, page.unit, page.text) for page in document.pages] == [
        (2, "pixel", "Sheet 2 of three"),
        (3, "pixel", "Sheet 3 of three"),
    ]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_does_not_grow_with_the_pages() -> None:
    text = "some seventy characters of ordinary running text, page after page"
    rows = "".join(words(f"{i} {text}", x=10, y=290 - 9 * i, size=8) for i in range(30))
    data = make_pdf(*[rows] * 320)

    def resident() -> float:
        return int(Path("/proc/self/status").read_text().split("RssAnon:")[1].split()[0]) / 1024

    with Reader(jobs=2) as reader:
        before = 0.0
        for page in reader.pages(data):
            assert page.source == "text_layer"
            if page.number == 100:
                before = resident()
        assert resident() - before < 3
