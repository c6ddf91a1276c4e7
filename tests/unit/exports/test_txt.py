from __future__ import annotations

from collections.abc import Callable

import pytest

from legenda.document import Block, Line, Page, from_box

Make = Callable[..., Page]


def test_lines_blocks_and_pages(export: Callable[..., bytes], page: Make, block: Callable[..., Block]) -> None:
    pages = [page(block("one", "two"), block("three")), page(number=2), page(block("four"), number=3)]
    assert export("txt", pages).decode() == "one\ntwo\n\nthree\n\f\n\f\nfour\n"


def test_nothing_is_nothing(export: Callable[..., bytes], page: Make) -> None:
    assert export("txt", []) == b""
    assert export("txt", [page()]) == b""


def test_unreadable_lines_are_not_guessed(
    export: Callable[..., bytes], page: Make, block: Callable[..., Block]
) -> None:
    gap = Block("text", from_box(0, 0, 9, 9), (Line("", from_box(0, 0, 9, 9), 0.1, unreadable=True),))
    assert export("txt", [page(gap, block("one"), gap)]).decode() == "one\n"


def test_layout_keeps_columns(export: Callable[..., bytes], page: Make, block: Callable[..., Block]) -> None:
    pages = [page(block("left column", "goes on"), block("right column", left=300)), page(number=2)]
    assert export("txt-layout", pages).decode() == ("left column                   right column\ngoes on\n\f\n")


def _turned(line: Line, quarter: bool) -> Line:
    """The line as it stands on a page turned a quarter clockwise, or tilted by 10 degrees."""
    x, y = line.polygon[0::2], line.polygon[1::2]
    c, s = (0.0, 1.0) if quarter else (0.985, 0.174)
    points = [value for a, b in zip(x, y, strict=True) for value in (a * c - b * s, a * s + b * c)]
    return Line(line.content, tuple(points), line.confidence)  # type: ignore[arg-type]


_TABLE = [
    Line("Lamp", from_box(0, 0, 60, 20), 0.9),
    Line("4", from_box(300, 3, 310, 22), 0.9),
    Line("9.50", from_box(400, -2, 440, 18), 0.9),
    Line("Bulb", from_box(0, 26, 60, 46), 0.9),
    Line("12", from_box(300, 28, 320, 47), 0.9),
    Line("thanks", from_box(100, 60, 160, 80), 0.9),
]


@pytest.mark.parametrize("turn", [None, False, True])
def test_cells_of_a_row_share_a_line(export: Callable[..., bytes], page: Make, turn: bool | None) -> None:
    lines = tuple(_TABLE if turn is None else [_turned(line, turn) for line in _TABLE])
    made = page(Block("text", from_box(0, 0, 440, 80), lines))
    assert export("txt", [made]).decode() == "Lamp  4  9.50\nBulb  12\nthanks\n"
    assert made.text == "Lamp\n4\n9.50\nBulb\n12\nthanks"


def test_a_figure_whose_box_is_askew_keeps_its_row(export: Callable[..., bytes], page: Make) -> None:
    lines = (
        Line("Desk lamp", from_box(0, 0, 90, 20), 0.9),
        Line("4", (300.0, 2.0, 310.0, 0.0, 312.0, 20.0, 302.0, 22.0), 0.9),
        Line("9.50", from_box(600, 0, 640, 20), 0.9),
    )
    assert export("txt", [page(Block("text", from_box(0, 0, 640, 22), lines))]).decode() == "Desk lamp  4  9.50\n"


def test_cells_of_a_row_from_right_to_left(export: Callable[..., bytes], page: Make) -> None:
    lines = (Line("תה", from_box(300, 0, 360, 20), 0.9), Line("12", from_box(0, 0, 40, 20), 0.9))
    assert export("txt", [page(Block("text", from_box(0, 0, 360, 20), lines))]).decode() == "תה  12\n"
    back = page(Block("text", from_box(0, 0, 360, 20), lines[::-1]))
    assert export("txt", [back]).decode() == "12\nתה\n"


def test_blocks_beside_each_other_stay_apart(
    export: Callable[..., bytes], page: Make, block: Callable[..., Block]
) -> None:
    assert export("txt", [page(block("left"), block("right", left=300))]).decode() == "left\n\nright\n"


def test_lines_that_touch_are_no_row(export: Callable[..., bytes], page: Make) -> None:
    lines = (
        Line("first", from_box(0, 0, 200, 30), 0.9),
        Line("indented", from_box(40, 20, 200, 50), 0.9),
        Line("beside, but half a line lower", from_box(210, 36, 400, 66), 0.9),
    )
    made = page(Block("text", from_box(0, 0, 400, 66), lines))
    assert export("txt", [made]).decode() == "first\nindented\nbeside, but half a line lower\n"


@pytest.mark.parametrize("x", [float("nan"), float("inf")])
def test_lines_without_a_place_are_written(export: Callable[..., bytes], page: Make, x: float) -> None:
    lines = (Line("one", from_box(0, 0, x, 20), 0.9), Line("two", from_box(x, 0, 90, 20), 0.9))
    assert export("txt", [page(Block("text", from_box(0, 0, 90, 20), lines))]).decode() == "one\ntwo\n"
