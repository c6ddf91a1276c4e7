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
    assert read.pages[0].text.split("\n") == ["running head", "Report", "first line", "a b", "c d"]
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
    assert [page.text for page in legenda.read(saved(book)).pages] == ["a 1.5 TRUE", "b"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            b"<html><head><title>t</title><style>p {}</style></head><p>one<script>x</script><table><tr><td>a<td>b",
            "one\na b",
        ),
        (
            rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\generator x;}a\tab b\par \u8364?uro \'fc\par{\pict 00ff}}",
            "a b\n€uro ü",
        ),
        (b'name;town\n"\xc3\x85se; x";K\xc3\xb6ln\n', "name town\nÅse; x Köln"),
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
