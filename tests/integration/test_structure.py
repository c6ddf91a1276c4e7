"""Pages read with structure, from the file to its Markdown."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from pdf_maker import make_pdf, words
from PIL import Image, ImageDraw, ImageFont

from legenda.document import Document
from legenda.exports import EXPORTERS, Origin
from legenda.options import ReadOptions
from legenda.pipeline import Reader
from legenda.runtime.models import installed

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
PROSE = (
    "The lamp was made of brass and stood on a low",
    "table beside the window. Every evening somebody",
    "filled it with oil and trimmed its wick, and the",
    "whole house could see that light from the road.",
)
needs_model = pytest.mark.skipif(not installed("layout"), reason="the layout model is not here")


def read(data: bytes | Path, **options: object) -> Document:
    with Reader(ReadOptions(**options), jobs=1) as reader:  # type: ignore[arg-type]
        return reader.read(data)


def markdown(document: Document) -> str:
    out = io.BytesIO()
    exporter = EXPORTERS["md"](out, Origin())
    for page in document.pages:
        exporter.add(page)
    exporter.close()
    return out.getvalue().decode()


def printed() -> bytes:
    """A page of a PDF with its own text: title, headings, items, a running head and a page number."""
    content = words("On Lamps of Brass", 60, 700, 26) + words("A Journal of Lamps", 60, 762, 9)
    content += words("1 Their making", 60, 660, 15)
    for k, text in enumerate(PROSE):
        content += words(text, 60, 636 - 15 * k, 11)
    for k, text in enumerate(("oil of good quality", "a clean wick")):
        content += words(f"\xb7 {text}", 80, 560 - 15 * k, 11)
    content += words("1.1 Their wicks", 60, 500, 15)
    for k, text in enumerate(PROSE):
        content += words(text, 60, 476 - 15 * k, 11)
    content += words("17", 300, 30, 9)
    return make_pdf(content, box=(0, 0, 612, 792))


def drawn(*, code: bool = False) -> bytes:
    """A picture of a page with a heading, prose and a table; with a QR code if asked for."""
    image = Image.new("L", (1240, 1754), 255)
    pen = ImageDraw.Draw(image)
    large, usual = ImageFont.truetype(FONT, 52), ImageFont.truetype(FONT, 28)
    pen.text((120, 120), "On Lamps of Brass", font=large, fill=0)
    for k, text in enumerate(PROSE * 2):
        pen.text((120, 240 + 42 * k), text, font=usual, fill=0)
    for row, cells in enumerate(
        (("Part", "Price", "Weight"), ("Lamp", "12.50", "340"), ("Wick", "0.75", "12"), ("Oil", "3.20", "900"))
    ):
        for column, text in enumerate(cells):
            pen.text((160 + 320 * column, 720 + 60 * row), text, font=usual, fill=0)
        pen.line((140, 710 + 60 * row, 1100, 710 + 60 * row), fill=0, width=2)
    pen.line((140, 950, 1100, 950), fill=0, width=2)
    for column in range(4):
        pen.line((140 + 320 * column, 710, 140 + 320 * column, 950), fill=0, width=2)
    if code:
        import zxingcpp

        made = zxingcpp.create_barcode("https://example.org/lamp", zxingcpp.BarcodeFormat.QRCode)
        image.paste(Image.fromarray(np.array(made.to_image(scale=6))), (800, 1300))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_a_pdf_says_what_is_what_without_a_look_at_it() -> None:
    text = markdown(read(printed(), structure=True))
    assert text.splitlines()[0] == '<!-- PageHeader="A Journal of Lamps" -->'
    assert "# On Lamps of Brass\n" in text and "\n## 1 Their making\n" in text and "\n### 1.1 Their wicks\n" in text
    assert "- oil of good quality\n- a clean wick\n" in text
    assert " ".join(PROSE) in text and text.rstrip().endswith('<!-- PageNumber="17" -->')


def test_structure_loses_no_word_and_adds_none() -> None:
    for data in (printed(), drawn()):
        plain, structured = read(data), read(data, structure=True)
        assert sorted(plain.text.split()) == sorted(structured.text.split())


def test_plain_pages_are_as_ever() -> None:
    kinds = {block.kind for page in read(printed()).pages for block in page.blocks}
    assert kinds <= {"text", "heading", "header", "footer", "page_number"}
    assert all(not line.marks for page in read(printed()).pages for line in page.lines)


@needs_model
def test_a_picture_with_a_table_and_a_code() -> None:
    document = read(drawn(code=True), structure=True)
    (page,) = document.pages
    kinds = [block.kind for block in page.blocks]
    assert "table" in kinds and kinds[0] in ("title", "heading")
    (code,) = [block for block in page.blocks if block.kind == "barcode"]
    assert code.notation and code.notation.forms["text"] == "https://example.org/lamp"
    x, y = code.polygon[0], code.polygon[1]
    assert 790 < x < 900 and 1290 < y < 1400
    text = markdown(document)
    assert "On Lamps of Brass" in text.splitlines()[0] and text.startswith("#")
    assert " ".join(PROSE) in text and "QRCode: `https://example.org/lamp`" in text


@needs_model
def test_a_sideways_picture_has_its_structure_too() -> None:
    image = Image.open(io.BytesIO(drawn(code=True))).rotate(90, expand=True)
    out = io.BytesIO()
    image.save(out, "PNG")
    (page,) = read(out.getvalue(), structure=True).pages
    assert {"table", "barcode"} <= {block.kind for block in page.blocks}
    for block in page.blocks:
        assert all(0 <= value <= 1754 for value in block.polygon)


def test_bold_and_slanted_words_of_a_pdf() -> None:
    import pikepdf

    file = pikepdf.open(io.BytesIO(make_pdf("BT /F1 12 Tf 50 250 Td (this is ) Tj /F2 12 Tf (bold) Tj ET", words("x"))))
    fonts = file.pages[0].Resources.Font
    fonts.F2 = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name("/Helvetica-Bold")
    )
    out = io.BytesIO()
    file.save(out)
    (line, *_) = read(out.getvalue(), structure=True, pages="1").pages[0].lines
    assert [(m.kind, line.content[m.start : m.start + m.length]) for m in line.marks] == [("bold", "bold")]


def test_a_rule_that_fails_costs_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise ZeroDivisionError("a rule failed")

    monkeypatch.setattr("legenda.pipeline.structure.headed", failing)
    plain, structured = read(printed()), read(printed(), structure=True)
    assert sorted(plain.text.split()) == sorted(structured.text.split())
    (problem,) = structured.pages[0].problems
    assert problem.code == "no_structure" and "a rule failed" in problem.message


def form() -> bytes:
    """A form with boxes that are ticked and empty, before and between what they are for."""
    image = Image.new("L", (1240, 900), 255)
    pen, usual = ImageDraw.Draw(image), ImageFont.truetype(FONT, 30)
    rows = (("Agreed to the terms of use", True), ("Send me the newsletter", False), ("Other: please call", True))
    for k, (text, ticked) in enumerate(rows):
        y = 140 + 64 * k
        pen.rectangle((80, y, 114, y + 34), outline=0, width=3)
        if ticked:
            pen.line((86, y + 6, 108, y + 28), fill=0, width=4)
            pen.line((108, y + 6, 86, y + 28), fill=0, width=4)
        pen.text((130, y), text, font=usual, fill=0)
    pen.text((80, 400), "Name: Doris O. Quadt, DOB 08.08.1980", font=usual, fill=0)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_boxes_of_a_form_are_read_as_ticked_or_not() -> None:
    document = read(form(), structure=True)
    marks = [mark for page in document.pages for line in page.lines for mark in line.marks if mark.kind == "checkbox"]
    assert [mark.value for mark in marks] == ["checked", "unchecked", "checked"]
    shown = markdown(document)
    assert "- [x] Agreed to the terms of use\n- [ ] Send me the newsletter\n- [x] Other: please call" in shown
    assert "Doris O. Quadt, DOB 08.08.1980" in shown


def test_headings_of_one_size_have_one_level_on_all_pages() -> None:
    def page(title: str, heading: str, size: float) -> str:
        content = words(title, 60, 700, 26) if title else ""
        content += words(heading, 60, 640, size)
        for k, text in enumerate(PROSE * 2):
            content += words(text, 60, 600 - 15 * k, 11)
        return content

    given = make_pdf(
        page("On Lamps of Brass", "Their making", 16),
        page("", "Their use", 16),
        page("", "Their end", 13),
        page("", "What became of them", 16),
        box=(0, 0, 612, 792),
    )
    document = read(given, structure=True)
    found = [[(b.kind, b.level) for b in page.blocks if b.kind in ("title", "heading")] for page in document.pages]
    first = found[0][1][1]
    assert found[0] == [("title", 0), ("heading", first)]
    assert found[1] == found[3] == [("heading", first)]
    assert all(level >= first for kind, level in found[2])
