"""Layouts whose reading order nobody disputes, drawn with coordinates as a detector would box them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from legenda.document import Line, Polygon, Word, from_box
from legenda.layout import arrange

SIZE = 20.0
LEADING = 26.0
WORDS = ("morning", "after", "they", "walked", "along", "narrow", "path", "between", "old", "houses", "and", "spoke")


def line(text: str, x: float, y: float, width: float | None = None, size: float = SIZE) -> Line:
    """A line whose words fill `width`, by default half the letter size a character."""
    width = width or len(text) * size / 2
    step = width / max(1, len(text))
    words, at = [], 0
    for token in text.split():
        start = text.index(token, at)
        at = start + len(token)
        words.append(Word(token, from_box(x + start * step, y, x + at * step, y + size), 0.9))
    return Line(text, from_box(x, y, x + width, y + size), 0.9, tuple(words))


def prose(rng: random.Random, width: float) -> str:
    """About as many words as fill a line of this width."""
    text = ""
    while len(text) < 2 * width / SIZE - 8:
        text += rng.choice(WORDS) + " "
    return text.strip()


def column(seed: int, x: float, y: float, width: float, count: int, leading: float = LEADING) -> list[Line]:
    """Justified prose: every line marked with its place, the last one short."""
    rng = random.Random(seed)
    found = []
    for k in range(count):
        text = f"{prose(rng, width)} {seed}x{k}"
        found.append(line(text, x, y + k * leading, width if k + 1 < count else width / 2))
    return found


def table(x: float, y: float, rows: Sequence[Sequence[str]], pitch: float, leading: float = LEADING) -> list[Line]:
    """Cells left aligned at a fixed pitch."""
    return [
        line(cell, x + k * pitch, y + r * leading) for r, row in enumerate(rows) for k, cell in enumerate(row) if cell
    ]


def tilted(lines: Sequence[Line], degrees: float) -> list[Line]:
    """The same page turned about its corner."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def turned(p: Polygon) -> Polygon:
        points = [(p[k] * cos - p[k + 1] * sin, p[k] * sin + p[k + 1] * cos) for k in range(0, 8, 2)]
        x1, y1, x2, y2, x3, y3, x4, y4 = (v for point in points for v in point)
        return (x1, y1, x2, y2, x3, y3, x4, y4)

    return [
        replace(x, polygon=turned(x.polygon), words=tuple(replace(w, polygon=turned(w.polygon)) for w in x.words))
        for x in lines
    ]


def shuffled(lines: Sequence[Line]) -> list[Line]:
    """In an order that says nothing."""
    mixed = list(lines)
    random.Random(7).shuffle(mixed)
    return mixed


def text_of(lines: Sequence[Line], height: float = 1400) -> str:
    """What `arrange` makes of the lines, whatever order they come in."""
    return " ".join(x.content for block in arrange(shuffled(lines), height) for x in block.lines)


def in_order(lines: Sequence[Line]) -> str:
    """The text of lines given in reading order."""
    return " ".join(x.content for x in lines)


def test_one_column() -> None:
    lines = column(1, 100, 100, 800, 30)
    assert text_of(lines) == in_order(lines)


@pytest.mark.parametrize("degrees", [0.0, 1.0, -3.0, 8.0, -9.5])
@pytest.mark.parametrize("count", [2, 3, 4])
def test_columns(count: int, degrees: float) -> None:
    pitch = 880 / count
    lines = [x for k in range(count) for x in column(k, 60 + k * pitch, 100 + 9 * k, pitch - 24, 30 - 2 * k)]
    assert text_of(tilted(lines, degrees)) == in_order(lines)


def test_columns_on_one_grid_with_a_narrow_gutter() -> None:
    lines = column(1, 60, 100, 420, 30) + column(2, 60 + 420 + 0.6 * SIZE, 100, 420, 30)
    assert text_of(lines) == in_order(lines)


def test_headline_and_abstract_over_columns() -> None:
    title = [line("A headline that spans the page", 150, 40, 700, 44)]
    abstract = column(9, 100, 130, 800, 5)
    lines = [*title, *abstract, *column(1, 60, 300, 420, 25), *column(2, 520, 300, 420, 25)]
    assert text_of(lines) == in_order(lines)


def test_second_article_below_the_first() -> None:
    first = column(1, 60, 100, 420, 14) + column(2, 520, 100, 420, 13)
    second = [
        line("Another story begins", 60, 490, 500, 34),
        *column(3, 60, 550, 420, 14),
        *column(4, 520, 550, 420, 14),
    ]
    assert text_of(first + second) == in_order(first + second)


def test_columns_flow_around_a_caption() -> None:
    left = column(1, 60, 100, 420, 10) + column(2, 60, 360, 300, 10) + column(3, 60, 620, 420, 10)
    right = column(4, 520, 100, 420, 10) + column(5, 640, 360, 300, 10) + column(6, 520, 620, 420, 10)
    caption = [
        line(text, 430, 420 + 26 * k) for k, text in enumerate(("a caption in", "the middle of", "both columns"))
    ]
    text = text_of(left + right + caption)
    assert in_order(caption) in text
    assert text.replace(" " + in_order(caption), "") == in_order(left + right)


def test_running_head_and_page_number() -> None:
    head = [line("On Walking", 60, 30), line("17", 900, 30)]
    body = column(1, 60, 120, 420, 40) + column(2, 520, 120, 420, 40)
    foot = [line("Page 3 of 9", 450, 1340)]
    blocks = arrange(shuffled(head + body + foot), 1400)
    assert " ".join(x.content for b in blocks for x in b.lines) == in_order(head + body + foot)
    assert (blocks[0].kind, blocks[-1].kind) == ("header", "page_number")


def test_a_tall_line_is_a_heading() -> None:
    blocks = arrange([line("Big words", 60, 40, size=40), *column(1, 60, 120, 800, 20)], 1400)
    assert [b.kind for b in blocks] == ["heading", "text"]


def test_table_is_read_row_by_row() -> None:
    rows = [("Region", "2024", "2025", "Change"), *((f"North {k}", f"{k}1.5", f"{k}4.0", f"{k}%") for k in range(14))]
    lines = table(80, 100, rows, 220)
    assert text_of(lines) == in_order(lines)
    assert text_of(tilted(lines, 4)) == in_order(lines)


def test_table_between_columns() -> None:
    above = column(1, 60, 60, 420, 14) + column(2, 520, 60, 420, 14)
    rows = [("Item", "Count", "Price"), *((f"Thing {k}", f"{k}00", f"{k}.99") for k in range(8))]
    middle = table(120, 480, rows, 300)
    below = column(3, 60, 780, 420, 14) + column(4, 520, 780, 420, 14)
    assert text_of(above + middle + below) == in_order(above + middle + below)


def test_cells_of_several_lines() -> None:
    lines: list[Line] = []
    for r in range(6):
        y = 100 + r * (3 * LEADING + 24)
        lines += [line(f"Name {r}", 80, y)]
        lines += [line(f"the first part of it {r}.{k}", 300, y + k * LEADING) for k in range(3)]
        lines += [line(f"and a remark here {r}.{k}", 640, y + k * LEADING) for k in range(1 + r % 2)]
    assert text_of(lines) == in_order(lines)


def test_receipt() -> None:
    head = [line("CORNER SHOP", 400, 60), line("12 Main Street", 380, 90)]
    items = [x for k in range(8) for x in (line(f"ITEM {k}", 200, 150 + 28 * k), line(f"{k}.50", 720, 150 + 28 * k))]
    total = [line("TOTAL", 200, 400), line("28.00", 710, 400), line("THANK YOU", 410, 460)]
    assert text_of(head + items + total) == in_order(head + items + total)


def test_form() -> None:
    rows = [(f"Label {k}:", f"Value {k}", f"Other {k}:", f"Entry {k}") for k in range(12)]
    lines = table(80, 100, rows, 210, 44)
    assert text_of(lines) == in_order(lines)


def test_contents_with_page_numbers() -> None:
    lines: list[Line] = []
    for k in range(18):
        title = f"{k + 1}. A chapter about things " + "and so on " * (k % 3)
        lines += [line(title.strip(), 80, 100 + 30 * k), line(str(7 * k + 1), 900, 100 + 30 * k)]
    assert text_of(lines) == in_order(lines)


def test_letter_with_date_on_the_right() -> None:
    lines = [
        line("4 May 1921", 800, 80),
        line("Dear Sir,", 80, 160),
        *column(1, 80, 220, 840, 12),
        line("Yours", 600, 560),
    ]
    assert text_of(lines) == in_order(lines)


def test_bullets_beside_their_text() -> None:
    lines: list[Line] = []
    for k in range(9):
        y = 100 + k * 2 * LEADING
        lines += [line("•", 80, y), line(f"point {k} which goes on", 130, y), line(f"and on {k}", 130, y + LEADING)]
    assert text_of(lines) == in_order(lines)


def test_right_to_left_columns() -> None:
    def arabic(seed: int, x: float) -> list[Line]:
        return [line(f"هذا نص عربي طويل {seed}.{k}", x, 100 + LEADING * k, 420) for k in range(20)]

    lines = arabic(1, 520) + arabic(2, 60)
    assert text_of(lines) == in_order(lines)


def test_broken_line_becomes_one() -> None:
    pieces = [line("one printed", 100, 100, 220), line("line in", 340, 101, 150), line("pieces", 515, 99, 120)]
    (block,) = arrange(shuffled(pieces), 400)
    (joined,) = block.lines
    assert joined.content == "one printed line in pieces"
    assert [w.content for w in joined.words] == joined.content.split()
    assert joined.polygon[0] == 100
    assert joined.polygon[2] == 635


def test_confidence_of_a_joined_line_weighs_characters() -> None:
    a, b = line("aaaa", 100, 100, 80), line("b" * 12, 200, 100, 240)
    (block,) = arrange([replace(a, confidence=1.0), replace(b, confidence=0.6)], 400)
    assert block.lines[0].confidence == pytest.approx((4 * 1.0 + 12 * 0.6) / 16)


def test_line_over_a_gutter_is_parted() -> None:
    left, right = column(1, 60, 100, 420, 30), column(2, 510, 100, 420, 30)
    a, b = left[12], right[12]
    both = Line(f"{a.content} {b.content}", from_box(60, a.polygon[1], 930, a.polygon[5]), 0.9, (*a.words, *b.words))
    given = [x for x in left + right if x not in (a, b)] + [both]
    assert text_of(given) == in_order(left + right)


def test_stamp_up_the_margin_is_read_last() -> None:
    body = column(1, 100, 100, 800, 30)
    stamp = Line("arXiv 2206", from_box(20, 200, 44, 700), 0.8)
    assert text_of([*body, stamp]) == in_order([*body, stamp])


def test_letter_with_lines_set_flush_right_beside_the_address() -> None:
    boxes = [
        ("NORDLICHT & SONNER", 131, 119, 636, 151),
        ("Lamps since 1921 · Hafenstraße 12 · 24103 Kiel", 128, 171, 613, 194),
        ("Karin Lindqvist", 133, 279, 324, 304),
        ("Östergatan 9 A", 135, 311, 318, 339),
        ("211 25 Malmö", 129, 345, 313, 373),
        ("Sweden", 132, 381, 229, 408),
        ("Invoice no. 2026-0417", 825, 278, 1109, 304),
        ("17 March 2026", 916, 312, 1107, 337),
        ("Customer 50318", 901, 348, 1108, 370),
        ("Your order of four desk lamps", 132, 473, 612, 507),
        ("Dear Ms Lindqvist,", 132, 542, 371, 572),
        ("thank you for your order of 3 March. The lamps left our workshop this", 128, 621, 1024, 647),
        ("morning, packed in two boxes, and should reach Malmö by Thursday. The", 132, 659, 1068, 685),
    ]
    lines = [Line(text, from_box(*box), 0.9) for text, *box in boxes]
    address, numbers = lines[2:6], lines[6:9]
    rows = [x for k in range(4) for x in (*address[k : k + 1], *numbers[k : k + 1])]
    text = text_of(lines, 1754)
    whole = in_order(lines)
    assert text in (whole, whole.replace(in_order(address + numbers), in_order(rows)))
