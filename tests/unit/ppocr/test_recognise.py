"""The recognisers themselves on drawn lines: packing, cascade, spaces."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from written import written

from legenda.engines.ppocr import models
from legenda.engines.ppocr.cascade import read_again
from legenda.engines.ppocr.recognise import Reading
from legenda.engines.ppocr.spaces import with_spaces
from legenda.engines.ppocr.strip import Strip, cut

TEXTS = ("Harbour", "boats were safe", "No 2018", "the night of the great storm", "Total 45,90 EUR", "a long line " * 4)


def drawn(text: str, **options: object) -> Strip:
    """A line as the detector would box it: a little paper around the ink."""
    raster = written(text, size=36, **options)  # type: ignore[arg-type]
    ys, xs = np.nonzero(raster < 128)
    left, top, right, bottom = xs.min() - 5, ys.min() - 5, xs.max() + 6, ys.max() + 6
    return cut(raster, np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32))


@pytest.fixture(scope="module")
def strips() -> list[Strip]:
    return [drawn(text) for text in TEXTS]


@pytest.mark.parametrize("size", ["tiny", "small"])
def test_lines_are_read_in_the_order_given(strips: Sequence[Strip], size: str) -> None:
    recogniser = models.recogniser(size)  # type: ignore[arg-type]
    assert [r.text.strip() for r in recogniser.read(strips, recogniser.latin)] == [t.strip() for t in TEXTS]


def test_neighbours_on_a_canvas_change_nothing(strips: Sequence[Strip]) -> None:
    tiny = models.recogniser("tiny")
    together = tiny.read(strips, tiny.latin)
    for reading, strip in zip(together, strips, strict=True):
        (alone,) = tiny.read([strip], tiny.latin)
        assert reading.text.strip() == alone.text.strip()
        assert letters(reading) == pytest.approx(letters(alone), abs=9 / strip.width)  # a step is 8 pixels


def letters(reading: Reading) -> list[float]:
    """Where letters begin."""
    return [float(start) for start, c in zip(reading.starts, reading.characters, strict=True) if c != " "]


def test_nothing_to_read() -> None:
    tiny = models.recogniser("tiny")
    assert tiny.read([], tiny.latin) == []


def test_colour_is_read_like_grey(strips: Sequence[Strip]) -> None:
    tiny = models.recogniser("tiny")
    colour = [Strip(np.stack([s.pixels] * 3, 2), s.quad) for s in strips]
    grey_texts, colour_texts = ([r.text for r in tiny.read(x, tiny.latin)] for x in (strips, colour))
    assert grey_texts == colour_texts


def doubtful(reading: Reading, *words: str) -> Reading:
    """The reading with doubt cast on some of its words."""
    probabilities = np.full(len(reading.characters), 0.99, np.float32)
    for word in words:
        at = reading.text.index(word)
        probabilities[at : at + len(word)] = 0.4
    return Reading(reading.characters, probabilities, reading.starts, reading.ends)


def respelt(reading: Reading, old: str, new: str) -> Reading:
    characters = tuple(reading.text.replace(old, new))
    assert len(characters) == len(reading.characters)
    return Reading(characters, reading.probabilities, reading.starts, reading.ends)


@pytest.fixture(scope="module")
def storm() -> tuple[Strip, Reading]:
    strip = drawn("the night of the great storm")
    small = models.recogniser("small")
    return strip, small.read([strip], small.latin)[0]


@pytest.mark.parametrize(
    ("wrong", "right"), [("nieht", "night"), ("slorm", "storm"), ("tbe nieht", "the night"), ("tbe", "the")]
)
def test_doubtful_words_are_read_again_and_no_others(storm: tuple[Strip, Reading], wrong: str, right: str) -> None:
    strip, reading = storm
    # an error made with certainty stays: only doubt is looked into
    first = respelt(doubtful(reading, right), "great", "graet")
    at = first.text.index(right)
    first = Reading(
        (*first.characters[:at], *wrong, *first.characters[at + len(wrong) :]),
        first.probabilities,
        first.starts,
        first.ends,
    )
    (again,) = read_again([strip], [first], models.recogniser("small"), 0.9)
    assert again.text == "the night of the graet storm"
    assert (np.diff(again.starts) >= 0).all() and (again.starts <= again.ends).all()
    assert np.abs(again.starts - reading.starts).max() < 0.05
    assert again.probabilities.min() > 0.5


def test_several_doubts_in_several_lines(strips: Sequence[Strip]) -> None:
    small = models.recogniser("small")
    firsts = small.read(strips, small.latin)
    spoilt = [doubtful(respelt(r, "t", "l"), r.text.split()[0].replace("t", "l")) for r in firsts]
    spoilt[0] = Reading((), *(np.zeros(0, np.float32),) * 3)  # nothing was read: the whole line is read again
    again = read_again(strips, spoilt, small, 0.9)
    assert again[0].text.strip() == TEXTS[0]
    assert [r.text.split()[0] for r in again] == [t.split()[0] for t in TEXTS]
    assert again[3].text.split()[1] == "nighl"  # certain, therefore kept


def test_sure_readings_are_not_touched(strips: Sequence[Strip]) -> None:
    tiny, small = models.recogniser("tiny"), models.recogniser("small")
    firsts = [doubtful(r) for r in tiny.read(strips, tiny.latin)]
    again = read_again(strips, firsts, small, 0.9)
    assert all(a is b for a, b in zip(again, firsts, strict=True))


def without_spaces(reading: Reading) -> Reading:
    keep = np.array([c != " " for c in reading.characters])
    characters = tuple(c for c in reading.characters if c != " ")
    return Reading(characters, reading.probabilities[keep], reading.starts[keep], reading.ends[keep])


def test_spaces_that_were_missed_are_found_in_the_picture(strips: Sequence[Strip]) -> None:
    small = models.recogniser("small")
    readings = small.read(strips, small.latin)
    missed = [without_spaces(r) if any(map(str.isdigit, r.text)) else r for r in readings]
    assert missed[2].text == "No2018"
    assert [r.text.strip() for r in with_spaces(strips, missed)] == [t.strip() for t in TEXTS]


def test_spaces_that_were_read_stay(strips: Sequence[Strip]) -> None:
    small = models.recogniser("small")
    readings = small.read(strips, small.latin)
    assert [r.text.strip() for r in with_spaces(strips, readings)] == [r.text.strip() for r in readings]


def test_spaces_cover_the_paper_between_words(strips: Sequence[Strip]) -> None:
    small = models.recogniser("small")
    for strip, reading in zip(strips, with_spaces(strips, small.read(strips, small.latin)), strict=True):
        dark = (strip.pixels < 128).any(0)
        for character, start, end in zip(reading.characters, reading.starts, reading.ends, strict=True):
            if character == " ":
                assert not dark[round(float(start) * strip.width) + 1 : round(float(end) * strip.width) - 1].any()


def test_no_spaces_between_han() -> None:
    small = models.recogniser("small")
    strip = drawn("人 人 生 而 自 由", name="NotoSansCJK-Regular.ttc")
    (reading,) = small.read([strip], small.full)
    (spaced,) = with_spaces([strip], [without_spaces(reading)])
    assert spaced.text.strip() == "人人生而自由"


def test_lines_without_text_have_no_spaces(reading: Callable[..., Reading], paper: Callable[[int], Strip]) -> None:
    readings = [reading(""), reading("a"), reading("ab")]
    spaced = with_spaces([paper(200)] * 3, readings)
    assert [r.text.strip() for r in spaced] == ["", "a", "ab"]
    assert with_spaces([], []) == []
