from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from legenda.document import Line, Word, from_box
from legenda.layout.tables import find

ROWS = [["Port", "Ships", "Tons"], ["Leith", "31", "9,150"], ["Wick", "7", "480"], ["Oban", "5", "210"]]


def prose(left: float, top: float, rows: int = 6) -> list[Line]:
    """Lines as long as a page is wide."""
    lines = []
    for k in range(rows):
        texts = ["letters", "follow", "each", "other", "until", "nothing", "stands", "out", "any", "more"]
        x, y, words = left, top + 30 * k, []
        for text in texts:
            words.append(Word(text, from_box(x, y, x + 11 * len(text), y + 24), 0.9))
            x += 11 * len(text) + 7
        lines.append(Line(" ".join(texts), from_box(left, y, x - 7, y + 24), 0.9, tuple(words)))
    return lines


def on_a_page(drawn: Any, left: int = 80, top: int = 300) -> tuple[Any, list[Line]]:
    """The table with text above and below."""
    height, width = drawn.raster.shape[:2]
    page = np.full((900, 900, 3), 255, np.uint8)
    page[top : top + height, left : left + width] = drawn.raster
    moved = [_moved(line, left, top) for line in drawn.lines]
    return page, [*prose(40, 60), *moved, *prose(40, top + height + 60)]


def _moved(line: Line, x: float, y: float) -> Line:
    def there(polygon: Any) -> Any:
        return tuple(v + (x, y)[k % 2] for k, v in enumerate(polygon))

    words = tuple(Word(w.content, there(w.polygon), w.confidence) for w in line.words)
    return Line(line.content, there(line.polygon), line.confidence, words)


@pytest.mark.parametrize("rules", ["grid", "across", "none"])
def test_a_table_between_paragraphs(draw: Any, rules: str) -> None:
    drawn = draw(ROWS, rules)
    height, width = drawn.raster.shape[:2]
    (box,) = find(*on_a_page(drawn))
    assert box == pytest.approx((100, 320, 80 + width - 20, 300 + height - 20), abs=30)


def test_prose_and_columns_of_prose_are_no_tables() -> None:
    blank = np.full((900, 1800, 3), 255, np.uint8)
    assert find(blank, prose(40, 60, 20)) == []
    assert find(blank, [*prose(40, 60, 20), *prose(900, 60, 20)]) == []
    assert find(blank, []) == []
