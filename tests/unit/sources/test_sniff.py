from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from legenda.sources.sniff import describe, sniff

PILLOW = {
    "png": "PNG",
    "jpeg": "JPEG",
    "gif": "GIF",
    "bmp": "BMP",
    "tiff": "TIFF",
    "webp": "WEBP",
    "avif": "AVIF",
    "jpeg2000": "JPEG2000",
    "pnm": "PPM",
    "ico": "ICO",
}


@pytest.mark.parametrize("name", PILLOW)
def test_pictures_are_known_by_their_bytes(name):
    out = io.BytesIO()
    Image.new("RGB", (16, 16)).save(out, PILLOW[name])
    assert sniff(out.getvalue()) == name


def test_heic():
    import pillow_heif

    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (16, 16))).save(out)
    assert sniff(out.getvalue()) == "heic"


def test_a_pdf_may_have_something_before_its_header():
    assert sniff(b"\r\n\x00junk%PDF-1.4") == "pdf"
    assert sniff(b"\0" * 2000 + b"%PDF-1.4") == ""


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"%!PS-Adobe-3.0\n", "a PostScript file"),
        (b"  <svg xmlns='x'>", "an SVG drawing"),
        (b"\x00\x01\x02", ""),
        (b"", ""),
    ],
)
def test_what_cannot_be_read_is_named(head, what):
    assert sniff(head) == ""
    assert describe(head) == what


@pytest.mark.parametrize(
    ("part", "what"),
    [("word/document.xml", "a Word document"), ("xl/workbook.xml", "an Excel workbook"), ("a.txt", "a ZIP archive")],
)
def test_office_files_are_named(part, what):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(part, "<x/>")
    assert describe(out.getvalue()) == what


@given(st.binary(max_size=100))
def test_any_bytes_have_an_answer(head):
    assert isinstance(sniff(head) or describe(head), str)


@pytest.mark.parametrize(
    ("head", "format"),
    [
        (b"just words\n", "txt"),
        (b"Dear John,\nthank you, and all the best, for the year\n", "txt"),
        ("Grüße\n".encode("utf-16"), "txt"),
        ("Grüße aus Köln, und zwar sehr herzliche\n".encode("cp1252"), "txt"),
        (("x" + "ä" * 3000).encode()[:4096], "txt"),
        (b"name,town\nAsa,Koln\n", "csv"),
        (b"name\ttown\nAsa\tKoln\nBo\tLund", "csv"),
        (b"  <!doctype HTML>\n", "html"),
        (b"<!-- made by x --><html lang=de>", "html"),
        (b"From: a@example.com\nTo: b@example.com\nSubject: x\n\nHello", "eml"),
        (b"Received: from x\n by y\nDate: today\n\n", "eml"),
        (b"Note: this is\nno mail\n", "txt"),
        (b"{\\rtf1", "rtf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
        (b"\x00\x01\x02", ""),
        (b"text with \x01 a control character", ""),
        (bytes(range(128, 256)), ""),
        (b"   \n", ""),
    ],
)
def test_text_is_told_from_its_bytes(head, format):
    assert sniff(head) == format


@pytest.mark.parametrize(
    ("parts", "format"),
    [
        (("[Content_Types].xml", "word/document.xml"), "docx"),
        (("[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml"), "pptx"),
        (("xl/workbook.xml",), "xlsx"),
        (("[Content_Types].xml", "xl/workbook.bin"), "xlsb"),
        (("[Content_Types].xml",), "ooxml"),
        (("scan.png", "word/document.xml"), "zip"),
    ],
)
def test_office_archives(parts, format):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in parts:
            archive.writestr(part, "<x/>")
    assert sniff(out.getvalue()) == format


@pytest.mark.parametrize(
    ("kind", "format"),
    [("vnd.oasis.opendocument.text", "odt"), ("vnd.oasis.opendocument.spreadsheet", "ods"), ("epub+zip", "epub")],
)
def test_archives_that_say_what_they_are(kind, format):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", f"application/{kind}")
    assert sniff(out.getvalue()) == format
