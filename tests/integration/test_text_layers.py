"""Whose word counts: the file's own text, the picture, or both."""

from __future__ import annotations

import numpy as np
import pytest
from pdf_maker import make_pdf, scanned, words
from soundness import likeness, sound
from written import written

import legenda
from legenda.document import Document, bounds
from legenda.engines.base import Raster

SHOWN = (
    "Minutes of the harbour board",
    "were read and approved at the",
    "meeting of 20 November 2026",
    "without a dissenting voice.",
)
LIES = (
    "A completely different story",
    "is told by this hidden layer",
    "about 14 ships which never",
    "came into any port at all.",
)
RUNNING = (
    "nothing further happened that",
    "afternoon although several people",
    "claimed otherwise when they were",
    "questioned about their whereabouts",
    "by local police officers later that",
    "same evening in the small village",
    "near the river where it all began",
)
DRAWN = make_pdf(*["\n".join(words(text, y=250 - 20 * n, size=14) for n, text in enumerate(SHOWN))])


@pytest.fixture(scope="module")
def picture() -> Raster:
    return written(*SHOWN, size=32)


def layer(texts: tuple[str, ...], height: float, before: str = "3 Tr 113 Tz", font: str = "F1") -> str:
    """Text over what `written(..., size=32)` draws at 144 dpi, invisible unless told otherwise."""
    tops = [height - 16 * (1 + 1.9 * n) - 14 for n in range(len(texts))]
    return "".join(words(t, 16, y, 16, font, before) for t, y in zip(texts, tops, strict=True))


def layered(picture: Raster, texts: tuple[str, ...], **page: object) -> bytes:
    return scanned(picture, text=layer(texts, picture.shape[0] / 2), **page)


def read(data: bytes, **options: object) -> Document:
    return sound(legenda.read(data, **options))


def test_drawn_text_is_taken_as_it_is() -> None:
    document = read(DRAWN)
    (page,) = document.pages
    assert (page.source, page.engine, page.unit, page.angle) == ("text_layer", "text-layer", "point", 0.0)
    assert document.text == "\n".join(SHOWN)
    assert all(word.confidence == 1 for word in page.words)
    assert not set(page.timings) & {"render", "recognition"}


def test_drawn_text_can_be_left_aside() -> None:
    (page,) = read(DRAWN, text_layer="ignore").pages
    assert page.source == "ocr" and page.text == "\n".join(SHOWN)
    for seen, own in zip(page.lines, read(DRAWN).pages[0].lines, strict=True):
        assert bounds(seen.polygon) == pytest.approx(bounds(own.polygon), abs=6)


def test_pictures_can_be_left_aside(picture: Raster) -> None:
    (page,) = read(scanned(picture), text_layer="only").pages
    assert (page.source, page.text, page.problems) == ("text_layer", "", ())


def test_a_hidden_layer_that_matches_the_picture_is_believed(picture: Raster) -> None:
    # one word differs, which shows whose text it is
    corrected = (SHOWN[0], SHOWN[1].replace("approved", "authorised"), *SHOWN[2:])
    (page,) = read(layered(picture, corrected)).pages
    assert page.source == "text_layer" and page.text == "\n".join(corrected)


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_hidden_layer_is_compared_in_the_pages_own_frame(picture: Raster, rotate: int) -> None:
    (page,) = read(layered(picture, SHOWN, Rotate=rotate)).pages
    assert page.angle == (rotate if rotate < 270 else -90)
    assert page.source == "text_layer" and page.text == "\n".join(SHOWN)


def test_a_hidden_layer_is_as_sure_as_it_is_like_the_picture(picture: Raster) -> None:
    misread = tuple(text.replace("e", "c").replace("r", "n") for text in SHOWN)
    (rough,), (exact,) = read(layered(picture, misread)).pages, read(layered(picture, SHOWN)).pages
    assert rough.source == exact.source == "text_layer"
    assert {word.confidence for word in exact.words} == {1.0}
    assert all(0.6 <= word.confidence < 0.9 for word in rough.words)


def test_a_hidden_layer_that_lies_is_not(picture: Raster) -> None:
    (page,) = read(layered(picture, LIES)).pages
    assert page.source == "ocr" and page.text == "\n".join(SHOWN)


def test_a_hidden_layer_in_another_script_than_the_picture_is_not_believed(picture: Raster) -> None:
    data = scanned(picture, text=layer(LIES, picture.shape[0] / 2, font="F3"))
    assert any("а" <= c <= "я" for c in read(data, text_layer="only").text)
    (page,) = read(data).pages
    assert page.source == "ocr" and page.text == "\n".join(SHOWN)


def test_a_hidden_layer_in_a_script_that_cannot_be_checked_is_believed() -> None:
    # the picture is Cyrillic, and nothing the cpu engine reads on it speaks against the layer
    picture = written(
        "Все люди рождаются свободными", "и равными в своем достоинстве", "и правах. Они наделены", size=32
    )
    data = scanned(picture, text=layer(LIES[:2], picture.shape[0] / 2, font="F3"))
    assert read(data).pages[0].source == "text_layer"


def test_white_text_is_hidden_too(picture: Raster) -> None:
    data = scanned(picture, text=layer(LIES, 14, before="1 1 1 rg 30 Tz"))  # at the foot, where nothing is drawn
    (page,) = read(data).pages
    assert page.source == "ocr" and page.text == "\n".join(SHOWN)


def test_text_under_an_opaque_picture_is_hidden_too(picture: Raster) -> None:
    width, height = picture.shape[1] / 2, picture.shape[0] / 2
    content = layer(LIES, height, before="") + f"q {width} 0 0 {height} 0 0 cm /Im Do Q\n"
    (page,) = read(make_pdf(content, box=(0, 0, width, height), pictures=[picture])).pages
    assert page.source == "ocr" and page.text == "\n".join(SHOWN)


@pytest.mark.parametrize("only", [False, True])
def test_text_that_means_nothing_is_read_from_the_picture(only: bool) -> None:
    # the font's mapping to Unicode is off by two letters: copied text is nonsense, the picture is not
    rows = [words(text, y=280 - 22 * n, size=18, font="F2") for n, text in enumerate(RUNNING)]
    data = make_pdf("".join(rows))
    (page,) = read(data, text_layer="only" if only else "auto").pages
    assert page.source == ("text_layer" if only else "ocr")
    assert (likeness(page.text, "\n".join(RUNNING)) > 0.95) is not only


def mixed(content: str, drawn: Raster) -> bytes:
    """Two lines of text, a picture below, a line under the picture."""
    figure = "q 300 0 0 100 50 100 cm /Im Do Q\n"
    above = words("The figure shows a notice", y=260) + words("found near the old lighthouse.", y=245)
    return make_pdf(above + figure + content + words("Figure 1: the notice", y=80), pictures=[drawn])


@pytest.fixture(scope="module")
def notice() -> Raster:
    drawn = written("NO ENTRY", "after sunset", size=50)
    sheet = np.full((300, 900), 225, np.uint8)
    sheet[: drawn.shape[0], : drawn.shape[1]] = np.minimum(drawn, 225)[:300, :900]
    return sheet


OWN = ["The figure shows a notice", "found near the old lighthouse.", "Figure 1: the notice"]


def test_text_and_pictures_of_text_are_merged_in_order(notice: Raster) -> None:
    (page,) = read(mixed("", notice)).pages
    assert (page.source, page.engine) == ("mixed", "ppocrv6-tiny")
    assert page.text.split("\n") == [*OWN[:2], "NO ENTRY", "after sunset", OWN[2]]
    engines = [line.engine for line in page.lines]
    assert [engine == "text-layer" for engine in engines] == [True, True, False, False, True]


def test_text_over_its_own_picture_is_not_doubled(notice: Raster) -> None:
    # the picture has a layer of its own: its words stand once, as the file says them
    hidden = words("NO ENTRY", x=66, y=165, size=20, before="3 Tr") + words("after sunset", x=66, y=132, size=20)
    (page,) = read(mixed(hidden, notice)).pages
    texts = page.text.split("\n")
    assert sorted(texts) == sorted([*OWN, "NO ENTRY", "after sunset"])


def test_pictures_without_text_change_nothing() -> None:
    chance = np.random.default_rng(3)
    photo = np.clip(chance.normal(130, 30, (300, 900)), 0, 255).astype(np.uint8)
    (page,) = read(mixed("", photo)).pages
    assert (page.source, page.text.split("\n"), page.problems) == ("text_layer", OWN, ())


def test_pictures_are_left_aside_with_text_layers_only(notice: Raster) -> None:
    (page,) = read(mixed("", notice), text_layer="only").pages
    assert (page.source, page.text.split("\n")) == ("text_layer", OWN)
