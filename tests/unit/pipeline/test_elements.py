"""Blocks as a file itself says them."""

from __future__ import annotations

from legenda.document import bounds, from_box
from legenda.pipeline.elements import with_figures
from legenda.pipeline.text_layer import layer_blocks
from legenda.sources import Element, TextLayer, TextLine


def own(content: str, left: float, top: float, owner: int) -> TextLine:
    words = tuple(content.split())
    polygon = from_box(left, top, left + 8 * len(content), top + 12)
    return TextLine(content, polygon, words, (polygon,) * len(words), owner)


def cell(row: int, column: int, rows: int = 1, columns: int = 1) -> Element:
    return Element("table", 0, 0, row, column, rows, columns)


def test_what_belongs_to_nothing_stands_around_the_text_or_in_it() -> None:
    layer = TextLayer(
        (
            own("Running head", 50, 10, -1),
            own("A heading", 50, 40, 0),
            own("a drawing says", 50, 60, -1),
            own("its text", 50, 80, 1),
            own("A foot", 50, 800, -1),
            own("- 7 -", 50, 830, -1),
        ),
        elements=(Element("heading", 2), Element("text")),
    )
    blocks = layer_blocks(layer)
    assert [(block.kind, block.level) for block in blocks] == [
        *(("header", 0), ("heading", 2), ("text", 0), ("text", 0), ("footer", 0), ("page_number", 0)),
    ]


def test_lines_of_a_table_stand_in_the_order_of_its_cells() -> None:
    layer = TextLayer(
        (own("b", 200, 10, 1), own("over", 50, 10, 0), own("c", 50, 30, 2), own("both", 50, 20, 0)),
        elements=(cell(0, 0), cell(0, 1), cell(1, 0), cell(1, 1)),
    )
    (block,) = layer_blocks(layer)
    assert [line.content for line in block.lines] == ["over", "both", "b", "c"]
    assert block.table and [(c.row, c.column, c.first, c.count) for c in block.table.cells] == [
        *((0, 0, 0, 2), (0, 1, 2, 1), (1, 0, 3, 1), (1, 1, 4, 0)),
    ]
    first, second = bounds(block.table.cells[0].polygon), bounds(block.table.cells[1].polygon)
    assert first[2] <= second[0] < second[2]


def test_cells_that_lie_over_one_another_make_no_table() -> None:
    layer = TextLayer((own("a", 50, 10, 0), own("b", 90, 10, 1)), elements=(cell(0, 0, 1, 2), cell(0, 1)))
    (block,) = layer_blocks(layer)
    assert block.kind == "table" and block.table is None


def test_items_have_levels_by_how_far_in_they_begin() -> None:
    lines = (own("• a", 50, 10, 0), own("• b", 70, 30, 1), own("• c", 50, 50, 2), own("• d", 90, 70, 3))
    blocks = layer_blocks(TextLayer(lines, elements=(Element("list", 1),) * 4))
    assert [block.level for block in blocks] == [1, 2, 1, 3]


def test_a_mark_far_from_its_item_is_on_its_line() -> None:
    lines = (own("1.", 50, 10, 0), own("the item", 120, 10, 0))
    (block,) = layer_blocks(TextLayer(lines, elements=(Element("list", 1),)))
    (line,) = block.lines
    assert (line.content, [word.content for word in line.words]) == ("1. the item", ["1.", "the", "item"])


def test_figures_stand_before_what_begins_below_their_top() -> None:
    layer = TextLayer((own("a", 50, 10, 0), own("b", 50, 300, 1)), elements=(Element("text"), Element("text")))
    blocks = with_figures(layer_blocks(layer), {(50.0, 50.0, 200.0, 200.0): (), (0.0, 400.0, 9.0, 500.0): ()})
    assert [block.kind for block in blocks] == ["text", "figure", "text", "figure"]
