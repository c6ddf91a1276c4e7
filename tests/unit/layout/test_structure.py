"""Rules that tell headings, items, running heads, captions, notes, tables and formulas, on pages nobody disputes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from legenda.document import Block, Line, Style, Word, bounds, from_box
from legenda.layout import arrange
from legenda.layout.crops import uncut
from legenda.layout.formulas import formulas_in
from legenda.layout.frames import frames_of, tables_in
from legenda.layout.headings import headed
from legenda.layout.lists import itemised
from legenda.layout.margins import captioned, marginal, noted
from legenda.layout.pieces import Font, Piece, pieces_of, sheet_of
from legenda.layout.regions import Region

WIDTH, HEIGHT = 800.0, 1100.0
PROSE = "some quiet words that fill a whole line of running text on this page"


def line(text: str, x: float, y: float, size: float = 12.0, *, bold: bool = False) -> Line:
    step = size / 2
    words, at = [], 0
    for token in text.split():
        at = text.index(token, at)
        words.append(Word(token, from_box(x + at * step, y, x + (at + len(token)) * step, y + size), 0.9))
        at += len(token)
    box = from_box(x, y, x + len(text) * step, y + size)
    return Line(text, box, 0.9, tuple(words), style=Style(bold=True) if bold else None)


def prose(y: float, count: int, x: float = 80.0) -> list[Line]:
    return [line(PROSE, x, y + 16 * k) for k in range(count)]


def ruled(lines: list[Line], regions: list[Region] | None = None) -> list[tuple[str, int, str]]:
    """Kind, level and text of each piece."""
    blocks = arrange(lines, HEIGHT)
    sheet = sheet_of(blocks, WIDTH, HEIGHT, {})
    pieces = pieces_of(blocks, regions or [], {})
    marginal(pieces, sheet)
    pieces = itemised(pieces, sheet)
    captioned(pieces, [r.box for r in regions or [] if r.kind in ("figure", "table")], sheet)
    headed(pieces, sheet)
    noted(pieces, sheet)
    return [(piece.kind, piece.level, piece.content) for piece in pieces]


def test_titles_and_headings_by_size_and_numbering() -> None:
    page = [
        line("A Treatise on Lamps", 80, 100, 26),
        *prose(160, 8),
        line("1 Wicks", 80, 310, 15),
        *prose(340, 8),
        line("1.2 Cotton wicks", 80, 490, 15),
        *prose(520, 8),
    ]
    kinds = [(kind, level, text) for kind, level, text in ruled(page) if kind != "text"]
    assert kinds == [("title", 0, "A Treatise on Lamps"), ("heading", 1, "1 Wicks"), ("heading", 2, "1.2 Cotton wicks")]


def test_a_bold_line_of_the_usual_size_is_a_heading_and_a_bold_word_is_none() -> None:
    page = [*prose(100, 6), line("Oil and its kinds", 80, 230, bold=True), *prose(246, 6)]
    assert [text for kind, _, text in ruled(page) if kind == "heading"] == ["Oil and its kinds"]
    assert all(kind == "text" for kind, _, _ in ruled(prose(100, 12)))


def test_what_the_model_calls_a_title() -> None:
    page = [*prose(100, 6), line("Oil and its kinds", 80, 230), *prose(260, 6)]
    seen = [Region("title", bounds(page[6].polygon), 0.9)]
    assert [text for kind, _, text in ruled(page, seen) if kind == "heading"] == ["Oil and its kinds"]
    assert not [text for kind, _, text in ruled(page) if kind == "heading"]


def test_a_page_of_large_print_has_no_headings() -> None:
    assert all(kind == "text" for kind, _, _ in ruled([line(PROSE, 20, 100 + 40 * k, 22) for k in range(20)]))


def test_items_with_levels_and_their_second_lines() -> None:
    page = [
        *prose(100, 4),
        line("• the first item, which goes on", 100, 180),
        line("in a second line", 112, 196),
        line("• a second one", 100, 212),
        line("• one below it", 130, 228),
        *prose(270, 4),
    ]
    found = [(level, text) for kind, level, text in ruled(page) if kind == "list"]
    assert found == [
        (1, "• the first item, which goes on in a second line"),
        (1, "• a second one"),
        (2, "• one below it"),
    ]


@pytest.mark.parametrize(
    "text", ["1914. The war began and all was", "- he said, and left the room", "A. Smith went home"]
)
def test_what_only_looks_like_an_item(text: str) -> None:
    page = [*prose(100, 4), line(text, 80, 164), *prose(180, 4)]
    assert not [kind for kind, _, _ in ruled(page) if kind == "list"]


def test_numbered_items_follow_one_another() -> None:
    page = [*prose(100, 3), *(line(f"{k}. item number {k}", 100, 170 + 16 * k) for k in (1, 2, 3))]
    assert [text for kind, _, text in ruled(page) if kind == "list"] == [f"{k}. item number {k}" for k in (1, 2, 3)]


def test_running_heads_and_feet() -> None:
    page = [
        line("A Treatise on Lamps", 80, 40),
        *prose(120, 30),
        line("17", 390, 1060),
    ]
    found = ruled(page)
    assert found[0][0] == "header" and found[-1][0] == "page_number"


def test_a_foot_spread_over_a_row() -> None:
    foot = [line(text, x, 1000) for text, x in (("Revision: 2", 80), ("P/N 119", 380), ("June 2019", 640))]
    found = ruled([*prose(120, 30), *foot])
    assert found[-1][0] == "footer" and "P/N 119" in found[-1][2]


def test_receipts_have_no_running_heads() -> None:
    page = [line("ACME STORE", 80, 30), *(line(f"item {k}   {k}.00", 80, 90 + 16 * k) for k in range(20))]
    assert {kind for kind, _, _ in ruled(page)} <= {"text", "list"}


def test_captions_stand_next_to_what_they_name() -> None:
    figure = Region("figure", (80, 300, 480, 500), 0.9)
    caption = line("Figure 3. A lamp of brass.", 80, 508)
    assert ("caption", 0, caption.content) in ruled([*prose(100, 10), caption, *prose(560, 10)], [figure])
    assert "caption" not in {kind for kind, _, _ in ruled([*prose(100, 10), caption, *prose(560, 10)])}


def test_notes_are_small_and_last() -> None:
    page = [*prose(100, 40), line("1 See the works of Smith and of others.", 80, 900, 9)]
    assert ruled(page)[-1][0] == "footnote"


def test_paragraphs_begin_where_a_line_is_set_in() -> None:
    page = [*prose(100, 4), replace(line(PROSE, 104, 164)), *prose(180, 4)]
    texts = [text for _, _, text in ruled(page)]
    assert [len(text.split(PROSE)) - 1 for text in texts] == [4, 5]


def test_fonts_of_one_width_stand_apart() -> None:
    lines = prose(100, 6)
    fonts = {id(lines[k]): Font(12.0, k in (2, 3)) for k in range(6)}
    block = Block("text", from_box(80, 100, 700, 200), tuple(lines))
    assert [len(piece.lines) for piece in pieces_of([block], [], fonts)] == [2, 2, 2]


def test_rows_of_cells_are_a_table_with_the_head_above_them() -> None:
    cells = [
        line(text, x, 220 + 18 * row)
        for row, texts in enumerate(
            (("", "2024", "2023"), ("Oil", "178", "141"), ("Wicks", "3,423", "2,532"), ("Glass", "1", "2"))
        )
        for text, x in zip(texts, (80, 320, 500), strict=True)
        if text
    ]
    head = line("Year ended", 400, 204)
    (block,) = [b for b in arrange([head, *cells], HEIGHT) if len(b.lines) > 3] or arrange([head, *cells], HEIGHT)[:1]
    (box,) = tables_in([head, *cells])
    assert box == (80, 204, 530, 286)
    assert block.lines and not tables_in(prose(100, 10))


def test_figures_full_of_text_are_none() -> None:
    lines = prose(100, 30)
    blocks = arrange(lines, HEIGHT)
    page = (0.0, 0.0, WIDTH, HEIGHT)
    text = Region("figure", (70, 90, 700, 600), 0.9)
    drawing = Region("figure", (70, 700, 700, 1000), 0.9)
    framed, others = frames_of([text, drawing], blocks, page)
    assert framed == [drawing] and others == []


def test_a_figure_ends_where_paragraphs_begin() -> None:
    lines = [line("on", 300, 300), *prose(700, 4)]
    figure = Region("figure", (70, 100, 700, 770), 0.9)
    ((cut,), _) = frames_of([figure], arrange(lines, HEIGHT), (0.0, 0.0, WIDTH, HEIGHT))
    assert cut.box == (70, 100, 700, 700)


def test_formulas_are_told_from_words() -> None:
    formula = [replace(x, engine="text-layer") for x in (line("a + b = c", 300, 300), line("2", 330, 292, 8))]
    (box,) = formulas_in([*prose(100, 4), *formula, *prose(400, 4)])
    assert box == (300, 292, 354, 312)
    assert not formulas_in([line("x = 3", 80, 100), line("is the length of it, and more", 122, 100)])
    assert not formulas_in([line("Total = 67", 80, 100), line("12.50", 300, 100)])
    assert not formulas_in([replace(part, confidence=0.3) for part in formula])


def test_crops_are_moved_out_of_letters() -> None:
    raster = np.full((100, 200), 255, np.uint8)
    raster[40:60, 30:150] = 0
    left, top, right, bottom = uncut(raster, (50, 30, 120, 70), 40.0)
    assert left < 30 and right > 150 and (top, bottom) == (30, 70)
    assert uncut(raster, (20, 30, 160, 70), 40.0) == (20, 30, 160, 70)


def test_columns_from_right_to_left() -> None:
    texts = ("吾輩は猫である名前は", "んと見当がつかぬ何で", "一泣いていた事だけは")
    lines = []
    for k, text in enumerate(texts):
        x = 600.0 - 60 * k
        lines.append(Line(text, (x + 40, 100, x + 40, 500, x, 500, x, 100), 0.9))
    found = [line for block in arrange(lines[::-1], HEIGHT) for line in block.lines]
    assert [line.content for line in found] == list(texts)
    assert [line.polygon for line in found] == [line.polygon for line in lines]


def test_a_piece_is_as_high_as_most_of_its_words() -> None:
    tall = line("∑ of it all and more", 80, 100)
    words = (replace(tall.words[0], polygon=from_box(80, 80, 92, 140)), *tall.words[1:])
    assert Piece([replace(tall, words=words, polygon=from_box(80, 80, 300, 140))]).height == 12
