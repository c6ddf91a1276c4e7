"""Office files, opened again by the libraries that read them; and by LibreOffice, where it is there."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Callable

import docx
import openpyxl
import pptx
import pytest

from legenda.document import Block, Line, Page, Problem, Style, from_box
from legenda.exports.csv import COLUMNS, guarded

Make = Callable[..., Page]
MakeBlock = Callable[..., Block]
Export = Callable[..., bytes]
HOSTILE = ('=HYPERLINK("http://x")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1")


@pytest.fixture
def pages(page: Make, block: MakeBlock) -> list[Page]:
    """A heading and a paragraph, a list and a table, and a page that could not be read."""
    left, right = block("Total", "Tax", top=200), block("215.00", "17.20", top=200, left=400)
    lines = tuple(line for row in zip(left.lines, right.lines, strict=True) for line in row)
    table = Block("text", from_box(0, 200, 460, 252), lines)
    first = page(block("Invoice 7", kind="heading"), block("paid on the", "fifth day", top=60))
    second = page(block("- lamps", "1. chairs", kind="list"), table, number=2)
    return [first, second, Page(3, 0.0, 0.0, "pixel", problems=(Problem("engine", "no"),))]


def test_csv_without_tables_has_a_row_for_each_line(export: Export, page: Make, block: MakeBlock) -> None:
    first = page(block("Invoice 7", kind="heading"), block("paid on the", "fifth day", top=60))
    pages = [first, page(block("- lamps", "1. chairs", kind="list", top=200), number=2)]
    header, *rows = csv.reader(io.StringIO(export("csv", pages).decode(), newline=""))
    assert tuple(header) == COLUMNS
    assert [(row[0], row[1]) for row in rows] == [
        ("1", "Invoice 7"),
        ("1", "paid on the"),
        ("1", "fifth day"),
        ("2", "'- lamps"),
        ("2", "1. chairs"),
    ]
    assert rows[3][3:] == ["0.0", "200.0", "70.0", "220.0", "pixel"]
    assert 0 <= float(rows[0][2]) <= 1


def test_csv_of_tables_has_nothing_else(export: Export, pages: list[Page]) -> None:
    rows = list(csv.reader(io.StringIO(export("csv", [*pages, pages[1]]).decode(), newline="")))
    table = [["Total", "215.00"], ["Tax", "17.20"]]
    assert rows == [*table, [], *table]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_csv_is_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5.00", "+49 170 12", "- 3,5 %", "a=b", "", "215"])
def test_what_is_no_formula_stays(text: str) -> None:
    assert guarded(text) == text


def test_word_has_headings_paragraphs_lists_and_tables(export: Export, pages: list[Page]) -> None:
    made = docx.Document(io.BytesIO(export("docx", pages, name="invoice.pdf")))
    styled = [(p.text, p.style and p.style.name) for p in made.paragraphs if p.text.strip()]
    assert styled == [
        ("Invoice 7", "Heading 1"),
        ("paid on the fifth day", "Normal"),
        ("lamps", "List Bullet"),
        ("1. chairs", "List Paragraph"),
    ]
    (table,) = made.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["Total", "215.00"], ["Tax", "17.20"]]
    assert sum("pageBreakBefore" in p._p.xml for p in made.paragraphs) == 2
    assert made.core_properties.title == "invoice.pdf"


def test_word_has_runs_as_bold_as_the_lines(export: Export, page: Make, block: MakeBlock) -> None:
    looks = {
        "he said that it was a very": Style(),
        "certain and long standing": Style(bold=True),
        "law": Style(italic=True),
    }
    lines = (block(text, top=26 * row, style=style).lines[0] for row, (text, style) in enumerate(looks.items()))
    (made,) = docx.Document(
        io.BytesIO(export("docx", [page(Block("text", from_box(0, 0, 260, 78), tuple(lines)))]))
    ).paragraphs
    assert [(run.text, run.bold, run.italic) for run in made.runs] == [
        ("he said that it was a very ", None, None),
        ("certain and long standing ", True, None),
        ("law", None, True),
    ]


def test_word_undoes_hyphenation_and_says_what_runs_from_right_to_left(
    export: Export, page: Make, block: MakeBlock
) -> None:
    blocks = block("an under-", "standing of it"), block("\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd", top=90)
    first, second = docx.Document(io.BytesIO(export("docx", [page(*blocks)]))).paragraphs
    assert first.text == "an understanding of it"
    assert "w:bidi" not in first._p.xml and "<w:bidi/>" in second._p.xml and "<w:rtl/>" in second._p.xml


def test_tables_too_wide_for_word_become_lines(export: Export, page: Make, block: MakeBlock) -> None:
    rows = [[block(f"{row}{at}", left=60 * at, top=30 * row).lines[0] for at in range(64)] for row in range(2)]
    table = Block("table", from_box(0, 0, 4000, 60), tuple(line for row in rows for line in row))
    made = docx.Document(io.BytesIO(export("docx", [page(table)])))
    assert not made.tables
    assert [paragraph.text for paragraph in made.paragraphs] == [
        "\t".join(line.content for line in row) for row in rows
    ]


def test_merged_cells_stay_merged(export: Export, page: Make, merged: Block) -> None:
    (table,) = docx.Document(io.BytesIO(export("docx", [page(merged)]))).tables
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    assert texts == [["Part", *["Price in 2025 and in 2026"] * 2], ["Lamp", "12.50", "13.75"], ["Sum", "", "1,013.75"]]
    sheet = openpyxl.load_workbook(io.BytesIO(export("xlsx", [page(merged)]))).worksheets[0]
    assert [str(area) for area in sheet.merged_cells.ranges] == ["B1:C1"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Part", "Price in 2025 and in 2026", None],
        ["Lamp", 12.5, 13.75],
        ["Sum", None, 1013.75],
    ]
    assert [sheet[place].number_format for place in ("B2", "C3")] == ["0.00", "#,##0.00"]


def test_excel_has_a_sheet_a_table_and_one_of_all_text(export: Export, pages: list[Page]) -> None:
    made = openpyxl.load_workbook(io.BytesIO(export("xlsx", pages, name="a.pdf")))
    assert made.sheetnames == ["Table 1", "Text"]
    assert [[cell.value for cell in row] for row in made["Table 1"].iter_rows()] == [["Total", 215], ["Tax", 17.2]]
    assert [tuple(cell.value for cell in row) for row in made["Text"].iter_rows(max_col=3)] == [
        ("Page", "Text", None),
        (1, "Invoice 7", None),
        (1, "paid on the", None),
        (1, "fifth day", None),
        (2, "- lamps", None),
        (2, "1. chairs", None),
        (2, "Total", "215.00"),
        (2, "Tax", "17.20"),
    ]
    assert made.properties.title == "a.pdf"


def test_sheets_are_called_after_captions(export: Export, page: Make, block: MakeBlock, merged: Block) -> None:
    caption = block("Prices [2025/26]\u202e: all", kind="caption")
    made = openpyxl.load_workbook(io.BytesIO(export("xlsx", [page(caption, merged), page(caption, merged, number=2)])))
    assert made.sheetnames == ["Prices 2025 26 all", "Prices 2025 26 all (2)", "Text"]


def test_no_cell_of_excel_is_a_formula(export: Export, page: Make, block: MakeBlock) -> None:
    formulas = page(*(block(text, top=100 * row) for row, text in enumerate(HOSTILE)))
    made = openpyxl.load_workbook(io.BytesIO(export("xlsx", [formulas])))
    cells = [row[1] for row in made["Text"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == list(HOSTILE) and {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)


def test_powerpoint_has_a_slide_a_page_with_text_in_its_place(export: Export, pages: list[Page]) -> None:
    made = pptx.Presentation(io.BytesIO(export("pptx", pages)))
    assert len(made.slides) == 3
    assert made.slide_height and made.slide_width
    assert made.slide_height / made.slide_width == pytest.approx(1.4)
    heading, text = made.slides[0].shapes
    assert heading.text_frame.text == "Invoice 7"
    assert text.top / made.slide_height == pytest.approx(60 / 1400, abs=1e-4)
    assert [shape.text_frame.text for shape in made.slides[1].shapes] == [
        "- lamps\n1. chairs",
        *("Total", "215.00", "Tax", "17.20"),
    ]
    assert not list(made.slides[2].shapes)


@pytest.mark.parametrize("name", ["docx", "xlsx", "pptx", "csv"])
def test_nothing_that_xml_forbids_is_written(name: str, export: Export, page: Make) -> None:
    box = from_box(0, 0, 100, 20)
    hostile = Block("text", box, (Line("a\x00b\x1b[31m\ud83d \x0c\ufffe<&\"'", box, 0.5),))
    data = export(name, [page(hostile)], name="x\x00\ud800.png", metadata={"title": "\x08"})
    texts = {
        "docx": lambda: docx.Document(io.BytesIO(data)).paragraphs[0].text,
        "xlsx": lambda: openpyxl.load_workbook(io.BytesIO(data)).active["B2"].value,
        "pptx": lambda: pptx.Presentation(io.BytesIO(data)).slides[0].shapes[0].text_frame.text,
        "csv": lambda: list(csv.reader(io.StringIO(data.decode(), newline="")))[1][1],
    }
    assert texts[name]() == "a\ufffdb\ufffd[31m\ufffd  \ufffd<&\"'"


@pytest.mark.parametrize("name", ["docx", "xlsx", "pptx", "csv"])
def test_a_document_without_pages_is_one(name: str, export: Export) -> None:
    assert export(name, [])


@pytest.mark.parametrize(("name", "library"), [("docx", "docx"), ("pptx", "pptx")])
def test_a_library_that_is_missing_is_named(name: str, library: str) -> None:
    code = (
        f"import sys, io; sys.modules['{library}'] = None\n"
        "from legenda.exports import EXPORTERS, Origin\n"
        "from legenda.errors import MissingComponentError\n"
        f"try: EXPORTERS['{name}'](io.BytesIO(), Origin())\n"
        "except MissingComponentError as error: print(error)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert f"The format {name} cannot be written" in said and "legenda[office]" in said
