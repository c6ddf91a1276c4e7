"""Office files through the real LibreOffice, in its sandbox."""

from __future__ import annotations

import io
import socket
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pikepdf
import pptx
import pytest
from docx.oxml import parse_xml
from PIL import Image
from written import written

import legenda
from legenda.blobs import BlobStore
from legenda.document import Block
from legenda.document.mathsigns import NAMESPACE
from legenda.errors import CorruptSourceError, LegendaError, PasswordRequiredError, WrongPasswordError
from legenda.execute import converted
from legenda.exports import EXPORTERS, Origin
from legenda.exports.omml import equation
from legenda.jobs.names import converted_key
from legenda.jobs.record import Input, Job, JobRequest
from legenda.options import Limits
from legenda.sandbox import bubblewrap
from legenda.sources import conversions, libreoffice, open_source

EVALDATA = Path(__file__).parents[4] / "shared" / "evaldata"
pytestmark = pytest.mark.skipif(not libreoffice.installed(), reason="LibreOffice is not installed")


@pytest.fixture(params=["bubblewrap", "landlock"])
def confined(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to shut files off, where the machine has both."""
    if request.param == "bubblewrap" and not bubblewrap.program():
        pytest.skip("bubblewrap is not installed")
    if request.param == "landlock":
        monkeypatch.setattr("legenda.sandbox.programs.bubblewrap.program", lambda: None)
    return str(request.param)


def letter() -> bytes:
    document = docx.Document()
    document.add_heading("Quarterly report", 1)
    document.add_paragraph("Dear Ms Lindqvist, the numbers are attached.")
    table = document.add_table(2, 2)
    for cell, text in zip((c for row in table.rows for c in row.cells), "abcd", strict=True):
        cell.text = f"cell {text}"
    document.add_page_break()
    document.add_paragraph("Yours sincerely")
    return saved(document)


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def test_a_letter(confined: str) -> None:
    document = legenda.read(letter())
    assert [page.unit for page in document.pages] == ["point", "point"]
    assert document.pages[0].text.split("\n")[:2] == [
        "Quarterly report",
        "Dear Ms Lindqvist, the numbers are attached.",
    ]
    assert all(f"cell {c}" in document.pages[0].text for c in "abcd")
    assert document.pages[1].text == "Yours sincerely"
    assert {page.source for page in document.pages} == {"text_layer"} and not document.pages[0].problems


def test_what_it_is_is_told_by_its_bytes_and_it_can_be_looked_at() -> None:
    with open_source(letter(), name="letter.txt") as source:
        assert (source.format, source.unit, source.page_count) == ("docx", "point", 2)
        assert source.raster(1, 50).pixels.min() < 128


def test_sheets_are_shown_whole() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    long = "a sentence much longer than any column is wide, before a cell that has something in it"
    sheet.append([long, "next", 12345678901234])
    sheet.append(["hidden", "row", 1])
    sheet.row_dimensions[2].hidden = True
    book.create_sheet("Second").append(["other sheet"])
    document = legenda.read(saved(book))
    name, *found = document.pages[0].text.split()
    assert name == "Sheet"
    assert found[:-3] == [*long.split(), "next", "12345678901234"] and found[-3:] == ["hidden", "row", "1"]
    assert document.pages[1].text == "Second\nother sheet"


def test_long_and_wide_sheets_lose_nothing() -> None:
    book = openpyxl.Workbook()
    for row in range(1200):
        book.active.append([f"row {row}", row])
    wide = book.create_sheet("Wide")
    wide.append([f"a cell among many, number {column}" for column in range(300)])
    wide.cell(900_000, 1).value = "far below"
    document = legenda.read(saved(book))
    words = document.text.split()
    assert words.count("row") == 1200 and "1199" in words
    assert words.count("among") == 300 and {"far", "below"} <= set(words)


def told(block: Block) -> list[tuple[int, int, int, int, str]]:
    """Row, column, rows, columns and text of each cell of a table."""
    assert block.table
    return [
        (c.row, c.column, c.rows, c.columns, " ".join(x.content for x in block.lines[c.first : c.first + c.count]))
        for c in block.table.cells
    ]


def test_documents_say_what_is_what() -> None:
    document = docx.Document()
    document.add_heading("The report", 0)
    document.add_heading("Part one", 1)
    document.add_heading("Of part one", 2)
    paragraph = document.add_paragraph("plain then ")
    paragraph.add_run("bold words").bold = True
    paragraph.add_run(" and ")
    paragraph.add_run("slanted").italic = True
    for style, text in (("List Bullet", "outer"), ("List Bullet 2", "inner"), ("List Number", "counted")):
        document.add_paragraph(text, style=style)
    table = document.add_table(3, 3)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"c{number}"
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(1, 2).merge(table.cell(2, 2))
    document.sections[0].header.paragraphs[0].text = "running head"
    document.sections[0].footer.paragraphs[0].text = "running foot"
    (page,) = legenda.read(saved(document)).pages
    assert [(block.kind, block.level) for block in page.blocks] == [
        *(("header", 0), ("title", 0), ("heading", 1), ("heading", 2), ("text", 0)),
        *(("list", 1), ("list", 2), ("list", 1), ("table", 0), ("footer", 0)),
    ]
    assert [block.lines[0].content for block in page.blocks[5:8]] == ["• outer", "• inner", "1. counted"]
    (line,) = page.blocks[4].lines
    marked = {mark.kind: line.content[mark.start : mark.start + mark.length] for mark in line.marks}
    assert marked == {"bold": "bold words", "italic": "slanted"}
    assert told(page.blocks[-2]) == [
        *((0, 0, 1, 2, "c0 c1"), (0, 2, 1, 1, "c2"), (1, 0, 1, 1, "c3"), (1, 1, 1, 1, "c4")),
        *((1, 2, 2, 1, "c5 c8"), (2, 0, 1, 1, "c6"), (2, 1, 1, 1, "c7")),
    ]


def test_links_are_told() -> None:
    (page,) = legenda.read(b'<p>see <a href="https://example.org/a?b=1">this page</a> now').pages
    (line,) = page.lines
    (mark,) = line.marks
    assert line.content[mark.start : mark.start + mark.length] == "this page"
    assert (mark.kind, mark.value) == ("link", "https://example.org/a?b=1")


def test_cells_of_sheets_are_told_whatever_order_they_are_drawn_in() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sales"
    long = "words that are wrapped since there are so many of them " * 4
    sheet.append(["Name", "Amount", long.strip()])
    for name in ("Ann", "Bob", "Cy"):
        sheet.append([name, 12.5, "x"])
    sheet["A6"], sheet["A7"], sheet["B7"], sheet["B8"] = "over all three", "two rows", 1, 2
    sheet.merge_cells("A6:C6")
    sheet.merge_cells("A7:A8")
    book.create_sheet("Empty")
    (page,) = legenda.read(saved(book)).pages
    heading, table = page.blocks
    assert (heading.kind, heading.level, heading.lines[0].content) == ("heading", 1, "Sales")
    assert told(table) == [
        *((0, 0, 1, 1, "Name"), (0, 1, 1, 1, "Amount"), (0, 2, 1, 1, long.strip())),
        *((row, at, 1, 1, text) for row, name in ((1, "Ann"), (2, "Bob"), (3, "Cy"))
          for at, text in enumerate((name, "12.5", "x"))),
        *((5, 0, 1, 3, "over all three"), (6, 0, 2, 1, "two rows"), (6, 1, 1, 1, "1"), (7, 1, 1, 1, "2")),
    ]  # fmt: skip


def test_slides_have_titles_and_notes() -> None:
    deck = pptx.Presentation()
    for number in (1, 2):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = f"Title {number}", "first\nsecond"
    slide.notes_slide.notes_text_frame.text = "say it slowly"
    first, second = legenda.read(saved(deck)).pages
    assert [(block.kind, block.level) for block in first.blocks] == [("heading", 1), ("list", 1), ("list", 1)]
    assert second.blocks[-1].kind == "footnote" and second.text.endswith("say it slowly")


def test_pictures_in_documents_are_read_where_they_stand() -> None:
    picture = io.BytesIO()
    Image.fromarray(written("Invoice total", "215 dollars", size=40)).save(picture, "PNG")
    document = docx.Document()
    document.add_heading("Before", 1)
    document.add_picture(picture, width=docx.shared.Inches(4))
    document.add_heading("After", 1)
    (page,) = legenda.read(saved(document)).pages
    assert [block.kind for block in page.blocks] == ["heading", "figure", "heading"]
    assert [line.content for line in page.blocks[1].lines] == ["Invoice total", "215 dollars"]
    assert page.source == "mixed"


def test_one_conversion_serves_reading_and_results(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    runs = []
    real = libreoffice.converted

    def counted(*args: object, **options: object) -> int:
        runs.append(args)
        return real(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(libreoffice, "converted", counted)
    document = docx.Document()
    document.add_paragraph(f"made for this test alone, in {tmp_path}")
    (file := tmp_path / "a.docx").write_bytes(saved(document))
    pages = legenda.read(file).pages
    with (tmp_path / "a.pptx").open("wb") as out:
        exporter = EXPORTERS["pptx"](out, Origin("a.docx", file))
        exporter.add(pages[0])
        exporter.close()
    assert len(runs) == 1
    conversions.forget()
    with open_source(file) as source:
        assert source.format == "docx" and len(runs) == 2


def test_a_job_takes_one_conversion(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    runs = []
    real = libreoffice.converted
    monkeypatch.setattr(libreoffice, "converted", lambda *args, **options: runs.append(1) or real(*args, **options))
    document = docx.Document()
    document.add_paragraph(f"made for this job alone, in {tmp_path}")
    (file := tmp_path / "a.docx").write_bytes(saved(document))
    blobs, source = BlobStore((tmp_path / "blobs").as_uri()), Input("a.docx")
    job = Job("a" * 32, "running", JobRequest("t", source), 0.0, "docx")
    secret = Job("b" * 32, "running", JobRequest("t", source, password="x"), 0.0, "docx")
    with open_source(file) as opened:
        converted.keep(secret, opened, blobs)
        assert not blobs.exists(converted_key(secret.id))  # it would lie there without its password
        converted.keep(job, opened, blobs)
    conversions.forget()  # as in another process
    converted.recall(job, file, blobs)
    assert legenda.read(file).text.startswith("made for this job") and len(runs) == 1
    conversions.forget()
    converted.recall(secret, file, blobs)
    legenda.read(file)
    assert len(runs) == 2


def test_equations_are_latex_and_their_text_stays() -> None:
    document = docx.Document()
    for before, formula, after in (("Here", r"\frac{a+b}{c}", "is a fraction."), ("", r"\sum_{i=1}^{n} x_i^2", "")):
        paragraph = document.add_paragraph(before)
        markup = equation(formula).replace("<m:oMath>", f'<m:oMath xmlns:m="{NAMESPACE}">', 1)
        paragraph._p.append(parse_xml(markup))
        paragraph.add_run(after)
    (page,) = legenda.read(saved(document)).pages
    text, alone = page.blocks
    (line,) = text.lines
    (mark,) = line.marks
    assert (mark.kind, mark.value) == ("formula", r"\frac{a+b}{c}")
    assert line.content[mark.start :][: mark.length].replace(" ", "") == "a+bc"
    assert alone.kind == "formula" and alone.notation and alone.lines
    assert alone.notation.forms == {"latex": r"\sum_{i=1}^{n} x_{i}^{2}"}
    out = io.BytesIO()
    exporter = EXPORTERS["md"](out, Origin("a.docx"))
    exporter.add(page)
    exporter.close()
    assert "Here $\\frac{a+b}{c}$ is a fraction." in out.getvalue().decode()


def test_slides() -> None:
    deck = pptx.Presentation()
    for title in ("First slide", "Second slide"):
        deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = title
    assert [page.text for page in legenda.read(saved(deck)).pages] == ["First slide", "Second slide"]


@pytest.mark.parametrize(
    ("data", "format", "text"),
    [
        ("Grüße aus Köln\n".encode(), "txt", "Grüße aus Köln"),
        ("Grüße aus Köln, wo der Regen fällt\n".encode("cp1252"), "txt", "Grüße aus Köln, wo der Regen fällt"),
        ("Привет из Москвы, где идёт снег и тихо\n".encode("cp1251"), "txt", "Привет из Москвы, где идёт снег и тихо"),
        ("Grüße\n".encode("utf-16"), "txt", "Grüße"),
        ("Name;Ort\nÅse;Köln\n".encode(), "csv", "Name Ort\nÅse Köln"),
        ("<html><meta charset=iso-8859-2><p>Łódź i Gdańsk</html>".encode("iso-8859-2"), "html", "Łódź i Gdańsk"),
        (rb"{\rtf1\ansi\ansicpg1252 Gr\'fc\'dfe \u8364?\par}", "rtf", "Grüße €"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_text_of_any_encoding(data: bytes, format: str, text: str) -> None:
    with open_source(data) as source:
        assert source.format == format
    assert " ".join(legenda.read(data).text.split()) == " ".join(text.split())


def test_rubbish_is_said_to_be_such() -> None:
    with pytest.raises(CorruptSourceError, match="LibreOffice"):
        open_source(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + broken_doc()[8:], name="broken.doc")


def broken_doc() -> bytes:
    """A compound file that has a stream called WordDocument, and nothing that makes sense in it."""
    sector = 512
    header = bytearray(sector)
    header[24:34] = b"\x3e\x00\x03\x00\xfe\xff\x09\x00\x06\x00"
    header[44:52] = (1).to_bytes(4, "little") + (1).to_bytes(4, "little")
    header[56:60] = (4096).to_bytes(4, "little")
    header[60:76] = b"\xfe\xff\xff\xff\x00\x00\x00\x00\xfe\xff\xff\xff\x00\x00\x00\x00"
    header[76:] = (0).to_bytes(4, "little") + b"\xff" * (sector - 80)
    table = b"\xfd\xff\xff\xff\xfe\xff\xff\xff" + b"\xff" * (sector - 8)

    def entry(name: str, kind: int, child: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        links = b"\xff" * 8 + child.to_bytes(4, "little", signed=False)
        return (
            text.ljust(64, b"\0")
            + len(text).to_bytes(2, "little")
            + bytes([kind, 1])
            + links
            + bytes(36)
            + b"\xfe\xff\xff\xff"
            + bytes(8)
        )

    entries = entry("Root Entry", 5, 1) + entry("WordDocument", 2, 0xFFFFFFFF) + bytes(256)
    return bytes(header) + table + entries


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port of this machine, and what came to it."""
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    link, _ = server.accept()
                except TimeoutError:
                    continue
                with link:
                    got.append(b"connected")

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], got
        done.set()
        thread.join()


def test_links_are_not_followed(confined: str, listener: tuple[int, list[bytes]], tmp_path: Path) -> None:
    """Neither to the network nor to files: pictures, frames, style sheets, linked sections."""
    port, got = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the house")
    url = f"http://127.0.0.1:{port}"
    page = (
        f"<html><link rel=stylesheet href='{url}/a.css'><body background='{url}/b.png'><p>seen</p>"
        f"<img src='{url}/c.png'><iframe src='{url}/d.html'></iframe><img src='file://{secret}'></body></html>"
    )
    assert "seen" in legenda.read(page.encode()).text
    document = legenda.read(linked(f"{url}/e.odt", f"file://{secret}"))
    assert "seen" in document.text and "secret of the house" not in document.text
    assert not got


def test_macros_are_not_run(confined: str) -> None:
    """Of a document that changes its own text as soon as it is opened, if it may."""
    names = {"office": "office", "text": "text", "script": "script"}
    spaces = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in names.items())
    address = "vnd.sun.star.script:Standard.Module1.Main?language=Basic&amp;location=document"
    content = (
        f'<office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' xmlns:dom="http://www.w3.org/2001/xml-events" office:version="1.3"><office:scripts><office:event-listeners>'
        f'<script:event-listener script:language="ooo:script" script:event-name="dom:load" xlink:href="{address}"'
        ' xlink:type="simple"/></office:event-listeners></office:scripts>'
        "<office:body><office:text><text:p>as it was written</text:p></office:text></office:body>"
        "</office:document-content>"
    )
    library = "http://openoffice.org/2000/library"
    code = 'Sub Main\nThisComponent.Text.String = "the macro ran"\nEnd Sub'
    parts = {
        "content.xml": content,
        "Basic/script-lc.xml": (
            f'<library:libraries xmlns:library="{library}">'
            '<library:library library:name="Standard" library:link="false"/></library:libraries>'
        ),
        "Basic/Standard/script-lb.xml": (
            f'<library:library xmlns:library="{library}" library:name="Standard" library:readonly="false">'
            '<library:element library:name="Module1"/></library:library>'
        ),
        "Basic/Standard/Module1.xml": (
            '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"'
            f' script:language="StarBasic">{code}</script:module>'
        ),
    }
    assert legenda.read(packed_odt(parts)).text == "as it was written"


def packed_odt(parts: dict[str, str]) -> bytes:
    kind, out = "application/vnd.oasis.opendocument.text", io.BytesIO()
    entries = "".join(f'<m:file-entry m:full-path="{name}" m:media-type="text/xml"/>' for name in parts)
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" m:version="1.3">'
        f'<m:file-entry m:full-path="/" m:media-type="{kind}"/>{entries}</m:manifest>'
    )
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", kind)
        for name, text in (parts | {"META-INF/manifest.xml": manifest}).items():
            archive.writestr(name, text)
    return out.getvalue()


def test_searchable_pdfs_hold_nothing_of_ours(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", 1])
    (file := tmp_path / "a.xlsx").write_bytes(saved(book))
    out = io.BytesIO()
    exporter = EXPORTERS["pdf"](out, Origin("a.xlsx", file))
    for page in legenda.read(file).pages:
        exporter.add(page)
    exporter.close()
    with pikepdf.open(io.BytesIO(out.getvalue())) as made:
        assert len(made.pages) == 1 and not made.attachments
    assert legenda.read(out.getvalue()).text.split() == ["a", "1", "Sheet"]


def linked(*targets: str) -> bytes:
    """A flat document's worth of ODT whose sections and pictures lie elsewhere."""
    sections = "".join(
        f'<text:section text:name="s{n}"><text:section-source xlink:href="{target}"/><text:p>old {n}</text:p>'
        f'</text:section><text:p><draw:frame svg:width="2cm" svg:height="2cm"><draw:image xlink:href="{target}" '
        'xlink:actuate="onLoad"/></draw:frame></text:p>'
        for n, target in enumerate(targets)
    )
    names = {
        "office": "office",
        "text": "text",
        "draw": "drawing",
        "svg": "svg-compatible",
    }
    spaces = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in names.items())
    content = (
        f'<office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3">'
        f"<office:body><office:text><text:p>seen</text:p>{sections}</office:text></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.text"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in (("mimetype", kind), ("content.xml", content), ("META-INF/manifest.xml", manifest)):
            archive.writestr(name, data)
    return out.getvalue()


PROTECTED = EVALDATA / "protected"


@pytest.mark.skipif(not PROTECTED.exists(), reason="no evaluation data here")
@pytest.mark.parametrize(
    "name",
    [
        "msoff_ecma376standard_password_docx.docx",
        "msoff_example_password_xlsx.xlsx",
        "msoff_rc4cryptoapi_password_doc.doc",
        "msoff_rc4cryptoapi_password_ppt.ppt",
        "msoff_rc4cryptoapi_password_xls.xls",
    ],
)
def test_passwords(name: str) -> None:
    file = PROTECTED / name
    text = legenda.read(file, password="Password1234_").text
    assert "lorem" in text.lower() and "ipsum" in text.lower()
    with pytest.raises(WrongPasswordError, match="does not open it"):
        legenda.read(file, password="password")
    with pytest.raises(PasswordRequiredError, match="no password"):
        legenda.read(file)


HOSTILE = sorted((EVALDATA / "hostile").glob("poi_*"))


@pytest.mark.skipif(not HOSTILE, reason="no evaluation data here")
@pytest.mark.parametrize("file", HOSTILE[::6], ids=lambda file: file.name)
def test_hostile_files_end(file: Path) -> None:
    try:
        assert legenda.read(file, limits=Limits(pages=50)).pages
    except LegendaError as error:
        assert file.name in str(error)
