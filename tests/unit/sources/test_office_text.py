"""Office files without LibreOffice."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest

import legenda
from legenda.document import Block
from legenda.errors import CorruptSourceError, LegendaError, MissingComponentError, TooLargeError
from legenda.options import Limits
from legenda.sources import open_source

EVALDATA = Path(__file__).parents[4] / "shared" / "evaldata" / "office"


@pytest.fixture(autouse=True)
def without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legenda.sources.libreoffice.installed", lambda: None)


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def test_docx() -> None:
    document = docx.Document()
    document.add_heading("Report", 1)
    document.add_paragraph("first\tline").add_run().add_break()
    table = document.add_table(2, 2)
    for cell, text in zip((c for row in table.rows for c in row.cells), "abcd", strict=True):
        cell.text = text
    document.add_page_break()
    document.add_paragraph("second page")
    document.sections[0].header.paragraphs[0].text = "running head"
    read = legenda.read(saved(document))
    assert read.pages[0].text.split("\n") == ["running head", "Report", "first line", "a", "b", "c", "d"]
    assert [(block.kind, block.level) for block in read.pages[0].blocks] == [
        *(("header", 0), ("heading", 1), ("text", 0), ("table", 0)),
    ]
    assert read.pages[1].text == "second page"


def test_every_page_says_that_its_places_are_made_up() -> None:
    page = legenda.read(b"one line\nand another\n").pages[0]
    assert (page.source, page.unit, [problem.code for problem in page.problems]) == (
        "text_layer",
        "point",
        ["no_layout"],
    )
    assert "LibreOffice" in page.problems[0].message and "apt-get install" in page.problems[0].message
    first, second = page.lines
    assert first.polygon[7] < second.polygon[1] and first.words[0].polygon[2] < first.words[1].polygon[0]


def test_pptx_with_notes() -> None:
    deck = pptx.Presentation()
    for number in range(12):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = f"Slide {number}"
    slide.notes_slide.notes_text_frame.text = "do not forget"
    pages = legenda.read(saved(deck)).pages
    assert [page.text for page in pages] == [*(f"Slide {n}" for n in range(11)), "Slide 11\ndo not forget"]


def test_xlsx() -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", None, 1.5, True])
    book.create_sheet("Second").append(["b"])
    first, second = legenda.read(saved(book)).pages
    assert (first.text, second.text) == ("Sheet\na\n1.5\nTRUE", "Second\nb")
    heading, table = first.blocks
    assert (heading.kind, heading.level) == ("heading", 1)
    assert cells(table) == [(0, 0, 1, 1, "a"), (0, 2, 1, 1, "1.5"), (0, 3, 1, 1, "TRUE")]


def cells(block: Block) -> list[tuple[int, int, int, int, str]]:
    """Row, column, rows, columns and text of each cell."""
    assert block.table
    return [
        (c.row, c.column, c.rows, c.columns, " ".join(x.content for x in block.lines[c.first : c.first + c.count]))
        for c in block.table.cells
    ]


def test_spans_lists_and_levels_of_a_docx() -> None:
    document = docx.Document()
    document.add_heading("Deep", 3)
    document.add_paragraph("one", style="List Bullet")
    document.add_paragraph("two", style="List Number")
    table = document.add_table(3, 3)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"c{number}"
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(1, 2).merge(table.cell(2, 2))
    heading, first, second, block = legenda.read(saved(document)).pages[0].blocks
    assert (heading.kind, heading.level, first.kind, second.kind) == ("heading", 3, "list", "list")
    assert cells(block) == [
        *((0, 0, 1, 2, "c0 c1"), (0, 2, 1, 1, "c2"), (1, 0, 1, 1, "c3"), (1, 1, 1, 1, "c4")),
        *((1, 2, 2, 1, "c5 c8"), (2, 0, 1, 1, "c6"), (2, 1, 1, 1, "c7")),
    ]
    left, right = (next(cell for cell in block.table.cells if cell.column == at) for at in (0, 2))  # type: ignore[union-attr]
    assert left.polygon[0] < right.polygon[0]


def test_spans_and_sheets_of_an_xlsx() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B2"], sheet["B5"], sheet["C5"] = "wide", "x", "y"
    sheet.merge_cells("B2:C3")
    book.create_sheet("Nothing")
    (page,) = legenda.read(saved(book)).pages
    assert cells(page.blocks[1]) == [(0, 1, 2, 2, "wide"), (3, 1, 1, 1, "x"), (3, 2, 1, 1, "y")]
    assert page.blocks[1].table and not page.blocks[1].table.continued


def test_slides_have_titles_tables_and_notes() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "The title"
    table = slide.shapes.add_table(2, 2, 0, 0, 9144000, 914400).table
    table.cell(0, 0).text, table.cell(1, 1).text = "a", "b"
    slide.notes_slide.notes_text_frame.text = "say it slowly"
    (page,) = legenda.read(saved(deck)).pages
    assert [block.kind for block in page.blocks] == ["heading", "table", "footnote"]
    assert cells(page.blocks[1]) == [(0, 0, 1, 1, "a"), (1, 1, 1, 1, "b")]


def test_structure_of_html() -> None:
    data = (
        b"<html><body><h2>Head</h2><p>text<ul><li>one<li>two<ul><li>deeper</ul></ul>"
        b"<table><tr><th>A<th>B<tr><td rowspan=2>a<td>b<tr><td>c</table><p>after"
    )
    *blocks, after = legenda.read(data).pages[0].blocks
    assert [(block.kind, block.level, block.lines[0].content) for block in blocks[:-1]] == [
        *(("heading", 2, "Head"), ("text", 0, "text")),
        *(("list", 1, "one"), ("list", 1, "two"), ("list", 2, "deeper")),
    ]
    assert cells(blocks[-1]) == [
        *((0, 0, 1, 1, "A"), (0, 1, 1, 1, "B"), (1, 0, 2, 1, "a"), (1, 1, 1, 1, "b"), (2, 1, 1, 1, "c")),
    ]
    assert [cell.header for cell in blocks[-1].table.cells] == [True, True, False, False, False]
    assert after.lines[0].content == "after"


def test_structure_of_an_odt() -> None:
    space = "urn:oasis:names:tc:opendocument:xmlns"
    names = f'xmlns:office="{space}:office:1.0" xmlns:text="{space}:text:1.0" xmlns:table="{space}:table:1.0"'
    content = (
        f"<office:document-content {names}><office:body><office:text>"
        '<text:h text:outline-level="2">Head</text:h><text:list><text:list-item><text:p>item</text:p></text:list-item>'
        "</text:list><table:table><table:table-header-rows><table:table-row>"
        '<table:table-cell table:number-columns-spanned="2"><text:p>over both</text:p></table:table-cell>'
        "<table:covered-table-cell/></table:table-row></table:table-header-rows><table:table-row>"
        "<table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell>"
        "</table:table-row></table:table></office:text></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
    heading, item, table = legenda.read(out.getvalue()).pages[0].blocks
    assert (heading.kind, heading.level, item.kind, item.level) == ("heading", 2, "list", 1)
    assert cells(table) == [(0, 0, 1, 2, "over both"), (1, 0, 1, 1, "a"), (1, 1, 1, 1, "b")]
    assert table.table.cells[0].header and not table.table.cells[1].header


def test_long_tables_go_on_on_the_next_page() -> None:
    data = "".join(f"row {row},{row}\n" for row in range(100)).encode()
    first, second = legenda.read(data).pages
    assert not first.blocks[0].table.continued and second.blocks[0].table.continued
    assert first.blocks[0].table.rows + second.blocks[0].table.rows == 100


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            b"<html><head><title>t</title><style>p {}</style></head><p>one<script>x</script><table><tr><td>a<td>b",
            "one\na\nb",
        ),
        (
            rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\generator x;}a\tab b\par \u8364?uro \'fc\par{\pict 00ff}}",
            "a b\n€uro ü",
        ),
        (b'name;town\n"\xc3\x85se; x";K\xc3\xb6ln\n', "name\ntown\nÅse; x\nKöln"),
    ],
    ids=["html", "rtf", "csv"],
)
def test_texts(data: bytes, text: str) -> None:
    assert legenda.read(data).text == text


@pytest.mark.parametrize("name", ["textract_raw_doc.doc", "docling_legacy_sample_ppt.ppt", "textract_raw_xls.xls"])
def test_what_takes_libreoffice_says_so(name: str) -> None:
    file = EVALDATA / name
    if not file.exists():
        pytest.skip("no evaluation data here")
    with pytest.raises(MissingComponentError, match=f"{name}.*LibreOffice.*apt-get install"):
        open_source(file)


def test_pixels_take_libreoffice() -> None:
    with open_source(b"one line\n") as source, pytest.raises(MissingComponentError, match="LibreOffice"):
        source.raster(1, 100)


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "'
    + b"&a;" * 100
    + b'"><!ENTITY c SYSTEM "file:///etc/passwd">]><w:document xmlns:w="x"><w:body><w:p><w:t>&b;&c;</w:t></w:p>'
    b"</w:body></w:document>"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding: str) -> None:
    body = BOMB if encoding == "utf-8" else BOMB.decode().replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16")
    with pytest.raises(CorruptSourceError, match="declares entities"):
        open_source(packed(body))


def test_bombs_are_refused() -> None:
    data = packed(b"<x>" + b" " * 300 * 2**20 + b"</x>")
    with pytest.raises(TooLargeError, match="once it is unpacked"):
        open_source(data)
    with pytest.raises(TooLargeError):
        open_source(b"a line\n" * 1000, limits=Limits(pages=3))


def packed(body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", body)
    return out.getvalue()


@pytest.mark.parametrize("cut", [100, 2000, -200])
def test_damage_is_an_error(cut: int) -> None:
    data = saved(docx.Document())
    with pytest.raises(LegendaError):
        open_source(data[:cut])
