from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legenda.document import Line, Word, from_box
from legenda.document.geometry import bounds, from_upright, transform
from legenda.layout.tables import table_of

PRICES = [
    ["Part", "Price", "Stock"],
    ["Lamp", "12.50", "3"],
    ["Desk and chair", "240.00", "11"],
    ["Sum", "252.50", "14"],
]


@pytest.mark.parametrize("rules", ["grid", "across", "none"])
@pytest.mark.parametrize("joined", [False, True])
def test_rows_and_columns_however_they_are_drawn(draw: Any, said: Any, rules: str, joined: bool) -> None:
    table, lines = draw(PRICES, rules, joined=joined).table()
    assert said(table, lines) == PRICES


@pytest.mark.usefixtures("no_weights")
@pytest.mark.parametrize("rules", ["grid", "across", "none"])
def test_without_the_network_words_and_rulings_tell(draw: Any, said: Any, rules: str) -> None:
    table, lines = draw(PRICES, rules).table()
    assert said(table, lines) == PRICES


def test_cells_over_several_rows_and_columns(draw: Any, said: Any) -> None:
    rows = [["Region", "Sales", None], [None, "2025", "2026"], ["North", "12", "14"], ["South", "9", "8"]]
    table, lines = draw(rows, spans={(0, 0): (2, 1), (0, 1): (1, 2)}).table()
    spans = {(c.row, c.column): (c.rows, c.columns) for c in table.cells if c.rows * c.columns > 1}
    assert spans == {(0, 0): (2, 1), (0, 1): (1, 2)}
    assert said(table, lines) == [[text or "" for text in row] for row in rows]
    assert all(cell.header == (cell.row < 2) for cell in table.cells)


def test_cells_of_several_lines(draw: Any, said: Any) -> None:
    rows = [["Name", "What it is"], ["Lamp", "gives light\nin the dark"], ["Desk", "holds what\nis put on it"]]
    table, lines = draw(rows).table()
    assert said(table, lines) == [[text.replace("\n", " ") for text in row] for row in rows]


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_tables_that_lie_on_their_side(draw: Any, said: Any, quarter: int) -> None:
    drawn = draw(PRICES)
    height, width = drawn.raster.shape[:2]
    across, down = (height, width) if quarter % 2 else (width, height)
    affine = from_upright(quarter, across, down)
    drawn.raster = np.ascontiguousarray(np.rot90(drawn.raster, -quarter))
    drawn.lines = [_moved(line, affine) for line in drawn.lines]
    table, lines = drawn.table()
    assert said(table, lines) == PRICES
    first = next(cell for cell in table.cells if (cell.row, cell.column) == (0, 0))
    left, top, right, bottom = bounds(first.polygon)
    x, y = (sum(lines[0].polygon[axis::2]) / 4 for axis in (0, 1))
    assert left < x < right and top < y < bottom


def _moved(line: Line, affine: Any) -> Line:
    words = tuple(replace(word, polygon=transform(word.polygon, affine)) for word in line.words)
    return replace(line, polygon=transform(line.polygon, affine), words=words)


def test_tilted_tables(draw: Any, said: Any) -> None:
    import cv2

    drawn = draw(PRICES)
    height, width = drawn.raster.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 3.0, 1.0)
    drawn.raster = cv2.warpAffine(drawn.raster, matrix, (width, height), borderValue=(255, 255, 255))
    drawn.lines = [_moved(line, tuple(matrix.ravel())) for line in drawn.lines]
    table, lines = drawn.table()
    assert said(table, lines) == PRICES


def test_from_right_to_left(draw: Any, said: Any) -> None:
    # drawn as they stand: the first column is the rightmost
    rows = [["מחיר", "שם"], ["12", "נורה"], ["240", "שולחן"]]
    table, lines = draw(rows).table()
    assert said(table, lines) == [row[::-1] for row in rows]
    assert [line.content for line in lines] == ["שם", "מחיר", "נורה", "12", "שולחן", "240"]


def test_one_row_or_nothing_is_no_table(draw: Any) -> None:
    one = draw([["just a line of text"]], "none")
    assert table_of(one.raster, one.box, one.lines) is None
    assert table_of(one.raster, one.box, []) is None


@given(
    cells=st.lists(
        st.lists(st.sampled_from(["a b", "12", "", "long words here", "x\ny"]), min_size=3, max_size=3),
        min_size=2,
        max_size=6,
    ),
    rules=st.sampled_from(["grid", "across", "none"]),
    joined=st.booleans(),
)
@settings(max_examples=20, deadline=None)
def test_no_word_is_lost_or_added(draw: Any, cells: Any, rules: str, joined: bool) -> None:
    if not any(text for row in cells for text in row):
        return
    drawn = draw(cells, rules, joined=joined)
    found = table_of(drawn.raster, drawn.box, drawn.lines)
    if found is None:
        return
    table, lines = found
    given_words = Counter((w.content, w.polygon) for line in drawn.lines for w in line.words)
    assert Counter((w.content, w.polygon) for line in lines for w in line.words) == given_words
    assert all(line.content == " ".join(w.content for w in line.words) for line in lines)
    _sound(table, len(lines))


def _sound(table: Any, lines: int) -> None:
    """Cells fill the grid without overlapping, in order, and share out the lines."""
    slots = [(c.row + r, c.column + k) for c in table.cells for r in range(c.rows) for k in range(c.columns)]
    assert sorted(slots) == [(r, c) for r in range(table.rows) for c in range(table.columns)]
    assert [(c.row, c.column) for c in table.cells] == sorted((c.row, c.column) for c in table.cells)
    taken = [n for cell in table.cells for n in range(cell.first, cell.first + cell.count)]
    assert taken == list(range(lines))
    assert 0 <= table.confidence <= 1


@given(boxes=st.lists(st.tuples(*[st.one_of(st.floats(-50, 400), st.floats())] * 4), min_size=1, max_size=12))
@settings(max_examples=25, deadline=None)
def test_nonsense_boxes_keep_every_word(boxes: Any) -> None:
    lines = [Line(f"w{k}", from_box(*box), 0.5, (Word(f"w{k}", from_box(*box), 0.5),)) for k, box in enumerate(boxes)]
    found = table_of(np.full((200, 300), 255, np.uint8), (0, 0, 300, 200), lines)
    if found:
        assert sorted(line.content for line in found[1]) == sorted(line.content for line in lines)
        _sound(found[0], len(lines))


def test_marks_go_with_their_words(draw: Any, said: Callable[..., Any]) -> None:
    from legenda.document import Mark

    drawn = draw(PRICES, joined=True)
    drawn.lines[1] = replace(drawn.lines[1], marks=(Mark("bold", 5, 5),))  # the price of the lamp
    _, lines = drawn.table()
    assert [(line.content, line.marks) for line in lines if line.marks] == [("12.50", (Mark("bold", 0, 5),))]


def test_cells_of_prose_in_every_column(draw: Any, said: Any) -> None:
    prose = "the ship that lay\nin the harbour of\nthe old town was\nsold to a man"
    rows = [["What was done", "By whom it was"], [prose, prose], [prose, prose]]
    table, lines = draw(rows).table()
    assert said(table, lines) == [[text.replace("\n", " ") for text in row] for row in rows]


def test_more_rows_than_the_network_can_say(draw: Any, said: Any) -> None:
    rows = [["Day", "Ships", "Tons", "Crew"], *([f"{k}", f"{7 * k}", f"{13 * k}.5", "x"] for k in range(140))]
    table, lines = draw(rows, "across").table()
    assert said(table, lines) == rows
