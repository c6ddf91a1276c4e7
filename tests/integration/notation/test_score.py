"""Sheet music read from pictures: a piece of our own, engraved by Verovio in Leland, in the states pictures are in."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from legenda import notation
from legenda.document import Line, Word
from legenda.document.geometry import from_box

PIECE = Path(__file__).with_name("minuet.png")
MEASURES = """\
4G	4b
4B 4d	8a
.	8b
4B 4d	4cc#
=	=
*	*^
2.D	4dd	2.f#
.	4r	.
.	[4a	.
*	*v	*v
=	=
4E	4a]
8r	8g
8F#	8e
4G	4dd
=	=
2.GG 2.D	2.b
"""


@pytest.fixture(scope="module")
def piece() -> NDArray[np.uint8]:
    """Two staves, four measures, grey."""
    return np.asarray(cv2.imread(str(PIECE), cv2.IMREAD_GRAYSCALE), np.uint8)


def body(kern: str) -> str:
    """What stands between the first bar line and the last."""
    rows = kern.splitlines(keepends=True)
    bars = [n for n, row in enumerate(rows) if row.startswith("=")]
    return "".join(rows[bars[0] + 1 : bars[-1]])


def test_what_is_engraved_is_read(piece: NDArray[np.uint8]) -> None:
    found = notation.read("score", piece)
    assert found.problem == ""
    assert found.confidence > 0.9
    assert found.forms["kern"].startswith("**kern\t**kern\n*clefF4\t*clefG2\n*k[f#]\t*k[f#]\n*M3/4\t*M3/4\n=\t=\n")
    assert body(found.forms["kern"]) == MEASURES


def test_musicxml_says_the_same(piece: NDArray[np.uint8]) -> None:
    root = ET.fromstring(notation.read("score", piece).forms["musicxml"])
    assert [part.findtext("part-name") for part in root.iter("score-part")] == ["Piano"]
    measures = root.findall("part/measure")
    assert len(measures) == 4
    divisions = int(root.findtext(".//divisions") or 0)
    for measure in measures:
        clock = longest = 0
        for child in measure:
            step = int(child.findtext("duration") or 0) if child.find("chord") is None else 0
            clock += -step if child.tag == "backup" else step
            longest = max(longest, clock)
        assert longest == clock == 3 * divisions
    pitches = [(n.findtext("pitch/step"), n.findtext("pitch/octave")) for n in measures[0].iter("note")]
    upper, lower = ["B4", "A4", "B4", "C5"], ["G3", "B3", "D4", "B3", "D4"]
    assert [f"{step}{octave}" for step, octave in pitches] == upper + lower
    assert [tie.get("type") for tie in root.iter("tie")] == ["start", "stop"]
    assert [beam.text for beam in root.iter("beam")] == ["begin", "end"] * 2


def test_two_systems_follow_one_another(piece: NDArray[np.uint8]) -> None:
    gap = np.full((60, piece.shape[1]), 255, np.uint8)
    found = notation.read("score", np.vstack([piece, gap, piece])).forms["kern"]
    assert found.count("2.GG 2.D\t2.b\n") == 2
    assert found.count("**kern") == 2  # the second system goes on in the spines of the first
    assert found.count("*clefF4") == 1


def test_as_scanned_aslant_and_in_grey(piece: NDArray[np.uint8]) -> None:
    height, width = piece.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 0.8, 1.0)
    aslant = cv2.warpAffine(
        cv2.copyMakeBorder(piece, 20, 20, 0, 0, cv2.BORDER_CONSTANT, value=255),
        turn,
        (width, height + 40),
        borderValue=255,
    )
    dice = np.random.default_rng(1)
    paper = np.clip(60 + 0.65 * cv2.GaussianBlur(aslant, (0, 0), 0.7) + dice.normal(0, 5, aslant.shape), 0, 255)
    found = notation.read("score", paper.astype(np.uint8))
    wanted, rows = set(MEASURES.splitlines()), set(body(found.forms["kern"]).splitlines())
    assert len(wanted & rows) >= 0.7 * len(wanted)


def test_light_on_dark(piece: NDArray[np.uint8]) -> None:
    assert body(notation.read("score", 255 - piece).forms["kern"]) == MEASURES


def test_words_under_the_upper_staff_are_sung(piece: NDArray[np.uint8]) -> None:
    words = [("Wind", 117), ("und", 153), ("Mee-", 199), ("re", 245)]
    boxes = [(text, from_box(x - 12, 88, x + 12, 98)) for text, x in words]
    line = Line(
        " ".join(text for text, _ in boxes), from_box(100, 88, 260, 98), 1.0, tuple(Word(t, p, 1.0) for t, p in boxes)
    )
    root = ET.fromstring(notation.read("score", piece, (line,)).forms["musicxml"])
    sung = [
        (n.findtext("pitch/step"), n.findtext("lyric/text"), n.findtext("lyric/syllabic")) for n in root.iter("note")
    ]
    assert [one for one in sung if one[1]] == [
        ("B", "Wind", "single"),
        ("A", "und", "single"),
        ("C", "Mee", "begin"),
        ("D", "re", "end"),
    ]


@pytest.mark.parametrize("shade", [0, 255])
def test_paper_without_staves(shade: int) -> None:
    found = notation.read("score", np.full((200, 300), shade, np.uint8))
    assert found.forms == {}
    assert "No staff" in found.problem


def test_staves_without_notes() -> None:
    lined = np.full((120, 400), 255, np.uint8)
    lined[30:80:10] = 0
    found = notation.read("score", lined)
    assert found.forms == {}
    assert found.problem


def test_the_command_prints_kern() -> None:
    command = [sys.executable, "-m", "legenda", "read", str(PIECE), "--as", "score", "--format", "kern"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert body(done.stdout) == MEASURES
