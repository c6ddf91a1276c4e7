from __future__ import annotations

from collections.abc import Callable

import pytest

from legenda.engines.ppocr.honesty import Found, is_solid, kept_line, kept_lines
from legenda.engines.ppocr.recognise import Reading
from legenda.engines.ppocr.strip import Strip

Made = Callable[..., Reading]
Paper = Callable[[int], Strip]


def kept(paper: Paper, *readings: Reading, score: float = 0.6, width: int = 300) -> list[str]:
    lines = kept_lines([Found(reading, paper(width), score, "x") for reading in readings])
    return ["?" if line.unreadable else line.content for line in lines]


@pytest.mark.parametrize(
    ("text", "certainty", "solid"),
    [("Total", 0.95, True), ("Total", 0.7, False), ("OO", 0.99, False), ("1111", 0.99, False), ("....", 0.99, False)],
)
def test_what_proves_text(reading: Made, text: str, certainty: float, solid: bool) -> None:
    assert is_solid(reading(text, certainty)) is solid


def test_specks_alone_are_no_text(reading: Made, paper: Paper) -> None:
    assert kept(paper, reading("O"), reading("1"), reading("II")) == []


def test_single_characters_stand_beside_real_lines(reading: Made, paper: Paper) -> None:
    assert kept(paper, reading("Chapter"), reading("7"), reading("i", 0.6)) == ["Chapter", "7"]


def test_guesses_are_left_out(reading: Made, paper: Paper) -> None:
    assert kept(paper, reading("Invoice"), reading("lllegib", 0.4)) == ["Invoice"]


def test_what_is_surely_text_but_cannot_be_read_is_said(reading: Made, paper: Paper) -> None:
    assert kept(paper, reading("Invoice"), reading("", 0.0), score=0.9) == ["Invoice", "?"]
    assert kept(paper, reading("smear", 0.3), score=0.9) == ["?"]
    assert kept(paper, reading("smear", 0.3), score=0.9, width=50) == []  # as wide as high: any blot


@pytest.mark.parametrize(
    ("text", "certainty", "score", "kept"),
    [
        ("O", 0.95, 0.9, ["O"]),  # somebody cut it out
        ("Total", 0.9, 0.0, ["Total"]),  # the detector finds nothing on a crop cut to the ink
        ("Tctol", 0.6, 0.0, []),
        ("", 0.0, 0.9, ["?"]),
        ("  ", 0.99, 0.9, ["?"]),  # nothing but spaces
        ("  ", 0.99, 0.0, []),
    ],
)
def test_the_crop_of_a_line(
    reading: Made, paper: Paper, text: str, certainty: float, score: float, kept: list[str]
) -> None:
    lines = kept_line(Found(reading(text, certainty), paper(300), score, "x"))
    assert ["?" if line.unreadable else line.content for line in lines] == kept


def test_nothing_gives_nothing(paper: Paper) -> None:
    assert kept(paper) == []
