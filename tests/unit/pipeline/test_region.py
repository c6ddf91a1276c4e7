from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legenda.document import Line, Word, from_box
from legenda.engines.base import Raster
from legenda.options import Color
from legenda.pipeline.region import frames, lines_inside, text_inside, within
from legenda.sources import SourcePage, TextLayer, TextLine

RED, GREEN, BLUE = (220, 30, 40), (20, 160, 60), (30, 60, 210)


def page(*drawn: tuple[tuple[int, int, int], tuple[int, int, int, int]], stroke: int = 4) -> Raster:
    raster = np.full((600, 800, 3), 250, np.uint8)
    for color, (x0, y0, x1, y1) in drawn:
        cv2.rectangle(raster, (x0, y0), (x1, y1), color, stroke)
    return raster


def line(*words: str) -> Line:
    """Words of 100 by 20, side by side."""
    made = tuple(Word(word, from_box(100 * i, 0, 100 * i + 90, 20), 0.9) for i, word in enumerate(words))
    return Line(" ".join(words), from_box(0, 0, 100 * len(words), 20), 0.9, made)


@pytest.mark.parametrize(("color", "drawn"), [("red", RED), ("green", GREEN), ("blue", BLUE)])
def test_frames_are_found_by_colour(color: Color, drawn: tuple[int, int, int]) -> None:
    raster = page((RED, (50, 50, 300, 150)), (GREEN, (50, 200, 300, 300)), (BLUE, (50, 350, 300, 450)))
    (box,) = frames(raster, color)
    top = {"red": 50, "green": 200, "blue": 350}[color]
    assert box == pytest.approx((54, top + 4, 297, top + 97), abs=4)


@settings(deadline=None)
@given(angle=st.floats(-2, 2), quality=st.integers(40, 95), stroke=st.integers(2, 9))
def test_frames_are_found_askew_and_in_jpegs(angle: float, quality: int, stroke: int) -> None:
    raster = page((RED, (100, 150, 700, 400)), stroke=stroke)
    turn = cv2.getRotationMatrix2D((400, 300), angle, 1)
    turned = cv2.warpAffine(raster, turn, (800, 600), borderValue=(250, 250, 250))
    done, jpeg = cv2.imencode(".jpg", turned[:, :, ::-1], (cv2.IMWRITE_JPEG_QUALITY, quality))
    assert done
    (box,) = frames(np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR)[:, :, ::-1], np.uint8), "red")
    slack = 16 + 600 * abs(np.sin(np.radians(angle)))
    assert box == pytest.approx((100, 150, 700, 400), abs=slack)
    inside = turned[int(box[1]) : int(box[3]), int(box[0]) : int(box[2])]
    assert (inside.astype(int)[:, :, 0] - inside[:, :, 1] > 60).mean() < 0.02  # hardly any of the frame itself


def test_several_frames_come_from_top_to_bottom_and_those_inside_others_do_not() -> None:
    raster = page((RED, (400, 300, 700, 500)), (RED, (50, 50, 300, 200)), (RED, (420, 320, 500, 400)))
    assert [box[1] < 250 for box in frames(raster, "red")] == [True, False]


def test_what_is_no_frame_is_none() -> None:
    raster = page((RED, (50, 50, 300, 150)), stroke=-1)  # filled
    cv2.line(raster, (0, 300), (800, 300), RED, 5)
    cv2.putText(raster, "red words", (300, 500), cv2.FONT_HERSHEY_SIMPLEX, 2, RED, 4)
    assert frames(raster, "red") == []
    assert frames(page(), "red") == frames(page()[:, :, 0].copy(), "red") == []


def test_lines_are_cut_down_to_the_words_inside() -> None:
    (kept,) = lines_inside([line("one", "two", "three", "four")], [(95, -5, 300, 30)])
    assert kept.content == "two three" and [word.content for word in kept.words] == ["two", "three"]
    assert kept.polygon == from_box(100, 0, 290, 20)
    left, right = lines_inside([line("one", "two", "three")], [(0, 0, 95, 30), (195, 0, 300, 30)])
    assert (left.content, right.content) == ("one", "three")
    assert lines_inside([line("one")], [(200, 200, 300, 300)]) == []
    whole = line("one", "two")
    assert lines_inside([whole], [(0, 0, 300, 30)]) == [whole]


def test_a_line_without_words_is_in_or_out() -> None:
    blind = Line("", from_box(0, 0, 100, 20), 0.0, unreadable=True)
    assert lines_inside([blind], [(0, 0, 100, 20)]) == [blind]
    assert lines_inside([blind], [(60, 0, 100, 20)]) == []


def test_a_page_keeps_its_size_and_loses_what_lies_outside() -> None:
    polygons = (from_box(0, 0, 90, 20), from_box(100, 0, 190, 20))
    own = TextLine("one two", from_box(0, 0, 190, 20), ("one", "two"), polygons)
    given_page = SourcePage(
        1, 400, 300, "point", TextLayer((own,), hidden=True), ((50, 50, 200, 200), (300, 0, 400, 50))
    )
    cut = within(given_page, [(95, 0, 250, 120)])
    assert (cut.width, cut.height) == (400, 300)
    assert cut.text and [x.content for x in cut.text.lines] == ["two"] and cut.text.hidden
    assert cut.pictures == ((95, 50, 200, 120),)
    assert text_inside([own], [(0, 0, 400, 300)]) == [own]
