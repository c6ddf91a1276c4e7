from __future__ import annotations

from collections.abc import Callable

from legenda.document import Block, from_box
from legenda.exports.tables import table


def test_cells_stand_in_columns_and_span_them(merged: Block) -> None:
    found = table(merged)
    assert found.texts() == [
        ["Part", "Price in 2025 and in 2026", ""],
        ["Lamp", "12.50", "13.75"],
        ["Sum", "", "1,013.75"],
    ]
    assert [(cell.column, cell.columns) for cell in found.rows[0]] == [(0, 1), (1, 2)]
    assert len(found.widths) == 3 and abs(sum(found.widths) - 1) < 1e-9


def test_right_to_left_tables_begin_at_the_right(block: Callable[..., Block]) -> None:
    texts = (("שם", 300, 0), ("מחיר", 0, 0), ("נורה", 300, 30), ("12", 0, 30))
    lines = tuple(block(text, left=left, top=top).lines[0] for text, left, top in texts)
    found = table(Block("table", from_box(0, 0, 400, 60), lines))
    assert found.turned and found.texts() == [["שם", "מחיר"], ["נורה", "12"]]


def test_nonsense_keeps_every_text(block: Callable[..., Block]) -> None:
    from dataclasses import replace

    (line,) = block("a").lines
    lines = (line, replace(line, polygon=(float("nan"),) * 8), line)
    assert [text for row in table(Block("table", line.polygon, lines)).texts() for text in row] == ["a", "a", "a"]
    stacked = Block("table", line.polygon, (line, line, line))
    assert sorted([text for row in table(stacked).texts() for text in row]) == ["a", "a", "a"]
