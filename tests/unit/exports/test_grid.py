from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, radians, sin

import pytest

from legenda.document import Block, Line, Polygon, Word, from_box
from legenda.exports.grid import cells, layout

Blocks = Callable[..., Block]

TABLE = """\
               INVOICE

Item                         Qty          Price
Apples, red                  2             3.50
A longer name of it          10          120.00"""


def invoice(block: Blocks) -> list[Line]:
    rows = [("Item", "Qty", "Price"), ("Apples, red", "2", "3.50"), ("A longer name of it", "10", "120.00")]
    lines = [*block("INVOICE", left=150).lines]
    for row, (name, quantity, price) in enumerate(rows):
        top = 60 + 30 * row
        lines += block(name, top=top).lines + block(quantity, left=290, top=top + 4).lines
        lines += block(price, left=470 - 10 * len(price), top=top - 3).lines
    return lines


def turned(lines: list[Line], angle: float) -> list[Line]:
    c, s = cos(angle), sin(angle)

    def turn(polygon: Polygon) -> Polygon:
        points = zip(polygon[0::2], polygon[1::2], strict=True)
        return tuple(v for x, y in points for v in (x * c - y * s, x * s + y * c))  # type: ignore[return-value]

    return [
        Line(n.content, turn(n.polygon), 1.0, tuple(Word(w.content, turn(w.polygon), 1.0, w.span) for w in n.words))
        for n in lines
    ]


@pytest.mark.parametrize("degrees", [0, 2, -4, 90, 180, 267])
def test_tables_keep_their_columns_however_the_page_is_turned(degrees: float, block: Blocks) -> None:
    assert layout(turned(invoice(block), radians(degrees))) == TABLE


def test_rows_of_a_curved_page_hold_together(block: Blocks) -> None:
    lines = []
    for row in range(3):
        for column in range(6):
            bend = 14 * sin(pi * column / 5)
            lines += block(f"r{row}c{column}", left=120 * column, top=60 + 40 * row + bend).lines
    assert [text.split() for text in layout(lines).split("\n") if text] == [
        [f"r{row}c{column}" for column in range(6)] for row in range(3)
    ]


def test_wide_characters_take_two_cells(block: Blocks) -> None:
    lines = [
        Line("日本語", from_box(0, 0, 60, 20), 1.0),
        Line("x", from_box(200, 0, 210, 20), 1.0),
        *block("abcdef", top=30).lines,
        *block("x", left=200, top=30).lines,
    ]
    first, second = layout(lines).split("\n")
    assert cells(first[: first.index("x")]) == cells(second[: second.index("x")]) == 20


def test_combining_marks_take_no_cell() -> None:
    assert cells("e\u0301") == 1
    assert cells("한글") == 4


def test_pieces_never_run_into_each_other() -> None:
    lines = [Line("a" * 50, from_box(0, 0, 100, 20), 1.0), Line("b", from_box(105, 0, 115, 20), 1.0)]
    lines += [Line("c" * 20, from_box(0, 30 * n, 200, 30 * n + 20), 1.0) for n in range(1, 9)]
    assert layout(lines).split("\n")[0] == "a" * 50 + " b"


def test_right_to_left_words_stay_in_logical_order(written: Callable[..., object]) -> None:
    _, page = written("hebrew")  # type: ignore[misc]
    assert [text.strip() for text in layout(list(page.lines)).split("\n") if text] == page.text.split("\n")


def test_blank_space_is_kept_but_not_all_of_it(block: Blocks) -> None:
    tops = [0, 30, 60, 120, 150, 900]
    lines = [line for top in tops for line in block(f"at {top}", top=top).lines]
    assert layout(lines) == "at 0\nat 30\nat 60\n\nat 120\nat 150\n\n\nat 900"


def test_double_spacing_is_no_blank_line(block: Blocks) -> None:
    lines = [line for row in range(5) for line in block(f"row {row}", top=44 * row).lines]
    assert "\n\n" not in layout(lines)


def test_left_edges_that_scatter_are_one_margin(block: Blocks) -> None:
    lines = [line for row in range(6) for line in block("text", left=50 + 9 * (row % 2), top=30 * row).lines]
    assert layout(lines).split("\n") == ["text"] * 6


def test_nothing() -> None:
    assert layout([]) == ""
    assert layout([Line("", from_box(0, 0, 1, 1), 0.1, unreadable=True)]) == ""
    assert layout([Line("x", from_box(3, 3, 3, 3), 0.1)]) == "x"
