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
