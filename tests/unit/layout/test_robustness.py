"""Whatever comes in, everything comes out once, and nothing breaks."""

from __future__ import annotations

import math
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from legenda.document import Block, Line, Page, Word, compose, from_box
from legenda.layout import arrange

_NUMBERS = st.floats(-1e4, 1e4, allow_nan=False) | st.sampled_from([0.0, 10.0, 20.0, 30.0, 400.0])
_WORDS = st.text("abcZא字1.", min_size=1, max_size=8)


@st.composite
def _line(draw: st.DrawFn) -> Line:
    words = draw(st.lists(_WORDS, max_size=4))
    polygon = draw(st.tuples(*[_NUMBERS] * 8) | st.tuples(*[_NUMBERS] * 4).map(lambda b: from_box(*b)))
    placed = tuple(Word(word, polygon, 0.5) for word in words)
    return Line(" ".join(words), polygon, draw(st.floats(0, 1)), placed, unreadable=not words)


def _characters(lines: list[Line]) -> Counter[str]:
    return Counter("".join(line.content for line in lines).replace(" ", ""))


def _lines(blocks: list[Block]) -> list[Line]:
    return [line for block in blocks for line in block.lines]


@settings(deadline=None, max_examples=150)
@given(st.lists(_line(), max_size=40), _NUMBERS, _NUMBERS)
def test_everything_comes_out_once(lines: list[Line], width: float, height: float) -> None:
    blocks = arrange(lines, height)
    found = _lines(blocks)
    assert _characters(found) == _characters(lines)
    assert Counter(w for line in found for w in line.words) == Counter(w for line in lines for w in line.words)
    assert sum(line.unreadable for line in found) == sum(line.unreadable for line in lines)
    assert all(block.lines for block in blocks)
    assert all(math.isfinite(x) for block in blocks for x in block.polygon)
    assert arrange(lines, height) == blocks
    compose(Page(1, width, height, "pixel"), blocks)


def test_nothing() -> None:
    assert arrange([], 100) == []


def test_one_line() -> None:
    line = Line("alone", from_box(10, 10, 100, 30), 0.9)
    assert _lines(arrange([line], 100)) == [line]


def test_not_a_number() -> None:
    lines = [Line("a", (math.nan,) * 8, 0.9), Line("b", from_box(0, 0, math.inf, 10), 0.9)]
    assert _characters(_lines(arrange(lines, 100))) == Counter("ab")


def test_the_same_box_twice() -> None:
    line = Line("twice", from_box(10, 10, 100, 30), 0.9)
    assert _characters(_lines(arrange([line] * 5, 100))) == Counter("twice" * 5)


def test_thousands_of_lines() -> None:
    lines = [
        Line(f"cell{x}", from_box(x * 50, y * 12, x * 50 + 40, y * 12 + 10), 0.9) for y in range(100) for x in range(50)
    ]
    assert len({line.content for line in lines}) == 50
    assert sum(_characters(_lines(arrange(lines, 1300))).values()) == sum(len(x.content) for x in lines)
