"""Office files, opened again by the libraries that read them; and by LibreOffice, where it is there."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest

from legenda.document import Block, Line, Page, Problem, from_box
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


def test_csv_has_a_row_for_each_line(export: Export, pages: list[Page]) -> None:
    header, *rows = csv.reader(io.StringIO(export("csv", pages).decode(), newline=""))
    assert tuple(header) == COLUMNS
    assert [(row[0], row[1]) for row in rows] == [
        ("1", "Invoice 7"),
        ("1", "paid on the"),
        ("1", "fifth day"),
        ("2", "'- lamps"),
        ("2", "1. chairs"),
        ("2", "Total"),
        ("2", "215.00"),
        ("2", "Tax"),
        ("2", "17.20"),
    ]
    assert rows[6][3:] == ["400.0", "200.0", "460.0", "220.0", "pixel"]
    assert 0 <= float(rows[0][2]) <= 1


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
    assert sum("w:br" in p._p.xml for p in made.paragraphs) == 2
    assert made.core_properties.title == "invoice.pdf"


def test_excel_has_a_sheet_a_page_and_no_formulas(
    export: Export, pages: list[Page], page: Make, block: MakeBlock
) -> None:
    formulas = page(*(block(text, top=100 * row) for row, text in enumerate(HOSTILE)), number=4)
    made = openpyxl.load_workbook(io.BytesIO(export("xlsx", [*pages, formulas])))
    assert made.sheetnames == ["Page 1", "Page 2", "Page 3", "Page 4"]
    assert [[cell.value for cell in row] for row in made["Page 2"].iter_rows(min_row=4)] == [
        ["Total", "215.00"],
        ["Tax", "17.20"],
    ]
    cells = [cell for row in made["Page 4"].iter_rows() for cell in row if cell.value]
    assert len(cells) == len(HOSTILE) and {cell.data_type for cell in cells} == {"s"}


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
        "Total\t215.00\nTax\t17.20",
    ]
    assert not list(made.slides[2].shapes)


@pytest.mark.parametrize("name", ["docx", "xlsx", "pptx", "csv"])
def test_nothing_that_xml_forbids_is_written(name: str, export: Export, page: Make) -> None:
    box = from_box(0, 0, 100, 20)
    hostile = Block("text", box, (Line("a\x00b\x1b[31m\ud83d \x0c\ufffe<&\"'", box, 0.5),))
    data = export(name, [page(hostile)], name="x\x00\ud800.png", metadata={"title": "\x08"})
    texts = {
        "docx": lambda: docx.Document(io.BytesIO(data)).paragraphs[0].text,
        "xlsx": lambda: openpyxl.load_workbook(io.BytesIO(data)).active["A1"].value,
        "pptx": lambda: pptx.Presentation(io.BytesIO(data)).slides[0].shapes[0].text_frame.text,
        "csv": lambda: list(csv.reader(io.StringIO(data.decode(), newline="")))[1][1],
    }
    assert texts[name]() == "a\ufffdb\ufffd[31m\ufffd  \ufffd<&\"'"


@pytest.mark.parametrize("name", ["docx", "xlsx", "pptx", "csv"])
def test_a_document_without_pages_is_one(name: str, export: Export) -> None:
    assert export(name, [])


@pytest.mark.parametrize("name", ["docx", "xlsx", "pptx"])
def test_libreoffice_opens_it(name: str, export: Export, pages: list[Page], tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if not program:
        pytest.skip("LibreOffice is not installed")
    file = tmp_path / f"made.{name}"
    file.write_bytes(export(name, pages))
    command = [program, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(file)], check=True, capture_output=True, timeout=120)
    assert (tmp_path / "made.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(("name", "library"), [("docx", "docx"), ("xlsx", "xlsxwriter"), ("pptx", "pptx")])
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
