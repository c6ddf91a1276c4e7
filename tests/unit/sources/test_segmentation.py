from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legenda.document.geometry import bounds
from legenda.sources.segmentation import Glyphs, blank, dropped, lines_of


def glyphs(rows: list[tuple[str, float, float]], size: float = 10, angle: float = 0.0) -> Glyphs:
    """Characters of width 5 in rows at (x, baseline top), turned about the origin."""
    text = "".join(row for row, _, _ in rows)
    units = [u for c in text for u in np.frombuffer(c.encode("utf-16-le", "surrogatepass"), "<u2").tolist()]
    boxes = []
    for row, x, y in rows:
        at = x
        for c in row:
            count = len(c.encode("utf-16-le", "surrogatepass")) // 2
            boxes += [turned((at, y, at + 5, y + size), angle)] * count
            at += 5
    return Glyphs(np.array(units, np.uint32), np.array(boxes, float).reshape(-1, 4), np.full(len(units), angle))


def turned(box: tuple[float, float, float, float], angle: float) -> tuple[float, ...]:
    x0, y0, x1, y1 = box
    cos, sin = math.cos(angle), math.sin(angle)
    points = [(x * cos - y * sin, x * sin + y * cos) for x in (x0, x1) for y in (y0, y1)]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def lines(given: Glyphs):
    return lines_of(given, ~(blank(given.codes) | dropped(given.codes)))


def contents(given: Glyphs) -> list[str]:
    return [line.content for line in lines(given)]


def test_words_and_their_boxes():
    (line,) = lines(glyphs([("Hello big  world", 10, 20)]))
    assert line.content == "Hello big world" and line.words == ("Hello", "big", "world")
    assert [bounds(p) for p in line.polygons] == [(10, 20, 35, 30), (40, 20, 55, 30), (65, 20, 90, 30)]
    assert bounds(line.polygon) == (10, 20, 90, 30)


def test_a_new_line_where_the_text_jumps_down_even_without_a_line_feed():
    assert contents(glyphs([("one ", 10, 20), ("two", 10, 32)])) == ["one", "two"]
    assert contents(glyphs([("one\r\n", 10, 20), ("two", 35, 20)])) == ["one", "two"]


def test_indices_stay_on_their_line():
    assert contents(glyphs([("x", 10, 20), ("2", 15, 16), ("y", 20, 20)])) == ["x2y"]


def test_columns_part_and_justified_text_does_not():
    assert contents(glyphs([("left ", 10, 20), ("right", 90, 20)])) == ["left", "right"]
    assert contents(glyphs([("left ", 10, 20), ("right", 45, 20)])) == ["left right"]


def test_text_from_right_to_left_stays_one_line():
    letters = [(c, 100.0 - 5 * i, 20.0) for i, c in enumerate("שלום עולם")]
    (line,) = lines(glyphs(letters))
    assert line.content == "שלום עולם"
    assert bounds(line.polygons[0])[0] > bounds(line.polygons[1])[2]


def test_a_hyphen_at_the_end_of_a_line_is_kept_and_ends_it():
    for mark in ("\x02", "\ufffe"):
        assert contents(glyphs([("hyphen" + mark, 10, 20), ("ated", 10, 32)])) == ["hyphen-", "ated"]


def test_controls_and_non_characters_are_dropped():
    assert contents(glyphs([("a\x00b\x1fc\u200bd\uffffe\ufefff", 10, 20)])) == ["abcdef"]


def test_letters_are_composed_and_ligatures_resolved():
    assert contents(glyphs([("e\u0301 \ufb01nd o\ufb03ce \ufef7", 10, 20)])) == ["é find office لأ"]


def test_scripts_without_spaces_have_words_of_one_character():
    (line,) = lines(glyphs([("世界Hello 世 界", 10, 20)]))
    assert line.words == ("世", "界", "Hello", "世", "界") and line.content == "世界Hello 世 界"


def test_pairs_of_surrogates_are_one_character():
    (line,) = lines(glyphs([("𝔸𝔹 𠮷野 x\ud800", 10, 20)]))
    assert line.words == ("𝔸𝔹", "𠮷", "野", "x\ufffd")


@pytest.mark.parametrize("degrees", [90, 180, 270, 10, 30, 45, 300])
def test_turned_text_has_turned_polygons(degrees):
    angle = math.radians(degrees)
    (line,) = lines(glyphs([("Hello world", 200, 100)], angle=angle))
    assert line.content == "Hello world"
    x1, y1, x2, y2, _, _, x4, y4 = line.polygon
    assert math.atan2(y2 - y1, x2 - x1) % math.tau == pytest.approx(angle, abs=1e-3)
    assert math.hypot(x2 - x1, y2 - y1) == pytest.approx(55, abs=3)
    assert math.hypot(x4 - x1, y4 - y1) == pytest.approx(10, abs=1)
    top_left = (200 * math.cos(angle) - 100 * math.sin(angle), 200 * math.sin(angle) + 100 * math.cos(angle))
    assert math.dist((x1, y1), top_left) < 3


def test_a_change_of_direction_ends_a_line():
    upright, down = glyphs([("side", 10, 20)]), glyphs([("ways", 25, -40)], angle=math.pi / 2)
    both = [np.concatenate(pair) for pair in zip(_fields(upright), _fields(down), strict=True)]
    assert contents(Glyphs(*both)) == ["side", "ways"]


def _fields(given: Glyphs):
    return given.codes, given.boxes, given.angles


@given(st.text(max_size=60), st.data())
def test_words_stand_in_their_lines_whatever_the_text(text, data):
    number = st.floats(-1e6, 1e6)
    units = np.frombuffer(text.encode("utf-16-le"), "<u2").astype(np.uint32)
    boxes = data.draw(st.lists(st.tuples(number, number, number, number), min_size=len(units), max_size=len(units)))
    array = np.array(boxes, float).reshape(-1, 4)
    for line in lines(Glyphs(units, array, np.zeros(len(units)))):
        at = 0
        for word in line.words:
            at = line.content.index(word, at) + len(word)
        assert len(line.words) == len(line.polygons) and all(line.words)
