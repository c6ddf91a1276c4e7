from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pdf_maker import make_pdf, words
from pikepdf import Array, Dictionary, Name

from legenda.document.geometry import bounds
from legenda.errors import CorruptSourceError, PasswordRequiredError, TooLargeError, WrongPasswordError
from legenda.options import Limits
from legenda.sources import SourcePage, open_source

SENTENCE = (
    "Nothing further happened that afternoon although several people claimed otherwise when they were questioned "
    "about their whereabouts by local police officers later that same evening in the small village near the river"
)
PICTURE = "q 400 0 0 300 0 0 cm /Im Do Q\n"


def first_page(data: bytes, **options) -> SourcePage:
    with open_source(data, **options) as source:
        return source.page(1)


def texts(page: SourcePage) -> list[str]:
    return [line.content for line in page.text.lines] if page.text else []


def ink(rendering) -> tuple[float, float, float, float]:
    """Bounds of what is dark, in page units."""
    pixels = rendering.pixels if rendering.pixels.ndim == 2 else rendering.pixels.min(axis=2)
    ys, xs = np.nonzero(pixels < 128)
    return (
        xs.min() / rendering.scale_x + rendering.origin_x,
        ys.min() / rendering.scale_y + rendering.origin_y,
        (xs.max() + 1) / rendering.scale_x + rendering.origin_x,
        (ys.max() + 1) / rendering.scale_y + rendering.origin_y,
    )


def test_pages_words_and_boxes():
    with open_source(make_pdf(words("Hello big world") + words("second line", y=230), words("page two"))) as source:
        page = source.page(1)
        assert (source.format, source.page_count) == ("pdf", 2)
        assert texts(source.page(2)) == ["page two"]
    assert (page.number, page.width, page.height, page.unit) == (1, 400, 300, "point")
    assert texts(page) == ["Hello big world", "second line"]
    assert page.text.trusted and not page.text.hidden and not page.text.reason
    assert page.pictures == () and page.dpi is None
    assert page.text.lines[0].words == ("Hello", "big", "world")


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (20, 30, 390, 280)])
def test_boxes_lie_over_the_ink_however_the_page_is_turned(rotate, crop):
    content = words("HHHHHHHHHH", x=60, y=200, size=20)
    extra = {"Rotate": rotate} | ({"CropBox": Array(crop)} if crop else {})
    with open_source(make_pdf(content, **extra)) as source:
        page, rendering = source.page(1), source.raster(1, 144)
    wide, high = (370, 250) if crop else (400, 300)
    assert (page.width, page.height) == ((wide, high) if rotate % 180 == 0 else (high, wide))
    assert rendering.pixels.shape == (2 * page.height, 2 * page.width)
    box, seen = bounds(page.text.lines[0].polygon), ink(rendering)
    along = 0 if rotate % 180 == 0 else 1
    assert box[along] == pytest.approx(seen[along], abs=3) and box[along + 2] == pytest.approx(seen[along + 2], abs=3)
    assert box[1 - along] <= seen[1 - along] + 1 and box[3 - along] >= seen[3 - along] - 1
    x1, y1, x2, y2 = page.text.lines[0].polygon[:4]
    direction = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[rotate]
    assert (np.sign(round(x2 - x1)), np.sign(round(y2 - y1))) == direction


def test_turned_and_slanted_text():
    upwards = "BT /F1 12 Tf 0 1 -1 0 100 50 Tm (Upwards text) Tj ET\n"
    italic = "BT /F1 12 Tf 1 0 .27 1 200 50 Tm (Leaning text) Tj ET\n"
    lines = {line.content: line.polygon for line in first_page(make_pdf(upwards + italic)).text.lines}
    x1, y1, x2, y2, *_ = lines["Upwards text"]
    assert y2 < y1 - 50 and x2 == pytest.approx(x1, abs=0.1)
    assert lines["Leaning text"][1] == pytest.approx(lines["Leaning text"][3], abs=0.01)


@pytest.mark.parametrize("deep", [1, 9])
def test_text_in_turned_forms_is_turned(deep):
    with pikepdf.open(io.BytesIO(make_pdf(words("level words outside of it")))) as pdf:
        page = pdf.pages[0]
        inner = b"BT /F1 12 Tf (upwards with more than four letters) Tj ET"
        form = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": Array([-400, -400, 400, 400])}
        nested = pdf.make_stream(inner, Resources=page.Resources, Matrix=Array([0, 1, -1, 0, 100, 50]), **form)
        for _ in range(deep - 1):
            nested = pdf.make_stream(b"/Fm Do", Resources=Dictionary(XObject=Dictionary(Fm=nested)), **form)
        page.Resources = Dictionary(Font=page.Resources.Font, XObject=Dictionary(Fm=nested))
        page.contents_add(b"/Fm Do")
        out = io.BytesIO()
        pdf.save(out)
    lines = {line.content: line.polygon for line in first_page(out.getvalue()).text.lines}
    x1, y1, x2, y2, *_ = lines["upwards with more than four letters"]
    assert y2 < y1 - 50 and x2 == pytest.approx(x1, abs=0.1)


def test_text_outside_the_page_is_left_out():
    page = first_page(make_pdf(words("inside the page") + words("outside", x=900)))
    assert texts(page) == ["inside the page"] and page.text.trusted
    page = first_page(make_pdf(words("in") + words("all of this lies outside", x=900)))
    assert not page.text.trusted and "outside" in page.text.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (words(SENTENCE.lower() + " " + SENTENCE.lower(), size=2, x=2, font="F2"), "mapping"),
        (words("(cid:12)(cid:34)(cid:7)"), "cid"),
        (words("these letters are far too small to be seen", size=0.4), "small"),
    ],
)
def test_what_cannot_be_right_is_not_trusted(content, reason):
    page = first_page(make_pdf(content, box=(0, 0, 800, 300)))
    assert not page.text.trusted and reason in page.text.reason


@pytest.mark.parametrize(
    "content",
    [
        PICTURE + words("text of an earlier reading", before="3 Tr"),
        words("text of an earlier reading") + PICTURE,
        words("white on white", before="1 1 1 rg"),
    ],
)
def test_hidden_text_is_marked(content):
    page = first_page(make_pdf(content))
    assert page.text.hidden and page.text.trusted and texts(page)


def test_visible_text_over_a_picture_is_not_hidden():
    page = first_page(make_pdf(PICTURE + words("a caption")))
    assert not page.text.hidden


def test_pictures_that_may_carry_text():
    figure = "q 200 0 0 100 50 150 cm /Im Do Q\n"
    icon = "q 20 0 0 20 10 10 cm /Im Do Q\n"
    lines = "".join(words(SENTENCE[:60], x=20, y=280 - 12 * i, size=11) for i in range(24))
    page = first_page(make_pdf(figure + figure + icon + words("below", y=100)))
    assert page.pictures == (pytest.approx((50, 50, 250, 150)),)
    assert page.dpi is None
    assert first_page(make_pdf(PICTURE + lines)).pictures == ()  # a background


def test_outlines_are_no_text():
    strokes = "".join(f"{i} {i} m {i + 5} {i + 9} l S\n" for i in range(150))
    assert first_page(make_pdf(strokes)).text is None


def test_a_scan_is_rendered_at_its_own_resolution():
    # 800 x 600 pixels on 400 x 300 points are 144 dpi
    with open_source(make_pdf(PICTURE)) as source:
        assert source.page(1).dpi == pytest.approx(144)
        assert source.page(1).pictures == (pytest.approx((0, 0, 400, 300)),)
        assert source.page(1).text is None
        rendering = source.raster(1, 100)
        assert rendering.pixels.shape == (600, 800)
        assert set(np.unique(rendering.pixels)) == {0x10, 0xF0}  # the picture's own pixels
        assert source.raster(1, 200).pixels.shape == (833, 1111)
        assert source.raster(1, 1200).pixels.shape == (1200, 1600)  # no more than twice its own


def test_a_part_of_a_page():
    with open_source(make_pdf(words("HHHHHHHHHH", x=60, y=200, size=20))) as source:
        whole, part = source.raster(1, 144), source.raster(1, 144, (50, 70, 250, 110))
    assert part.pixels.shape == (80, 400)
    assert ink(part) == pytest.approx(ink(whole))


def test_colour_stays_and_grey_saves_memory():
    with open_source(make_pdf("1 0 0 rg 50 50 100 100 re f", words("black"))) as source:
        red, grey = source.raster(1, 72).pixels, source.raster(2, 72).pixels
    assert red.shape == (300, 400, 3) and red[200, 100].tolist() == [255, 0, 0]
    assert grey.shape == (300, 400)


def test_huge_pages_are_capped():
    with open_source(make_pdf(words("x", size=900), box=(0, 0, 14400, 14400))) as source:
        page, rendering = source.page(1), source.raster(1, 300)
    assert page.width == 14400
    assert rendering.pixels.size <= Limits().raster_pixels
    assert rendering.pixels.shape[0] / rendering.scale_y == pytest.approx(14400)


def test_filled_forms_are_text():
    pdf = pikepdf.open(io.BytesIO(make_pdf(words("Name:"))))
    field = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="name", V="Ada Lovelace", Rect=Array([100, 240, 300, 265])
    )
    field.DA, field.F = "/F1 12 Tf 0 g", 4
    fonts = Dictionary(Font=pdf.pages[0].Resources.Font)
    reference = pdf.make_indirect(field)
    pdf.pages[0].Annots = Array([reference])
    pdf.Root.AcroForm = Dictionary(Fields=Array([reference]), DR=fonts, DA="/F1 12 Tf 0 g", NeedAppearances=True)
    out = io.BytesIO()
    pdf.save(out)
    with open_source(out.getvalue()) as source:
        assert "Ada Lovelace" in " ".join(texts(source.page(1)))
        assert (source.raster(1, 72, (105, 35, 200, 60)).pixels < 128).any()


def test_fonts_that_lie_about_their_height_get_boxes_round_their_ink():
    pdf = pikepdf.open(io.BytesIO(make_pdf("BT /F3 20 Tf 50 150 Td (aaaa) Tj ET")))
    glyph = pdf.make_stream(b"500 0 0 0 500 500 d1 0 0 400 500 re f")
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, -9000, 500, 9000]), FirstChar=97, LastChar=97
    )
    font.FontMatrix, font.Widths = Array([0.001, 0, 0, 0.001, 0, 0]), Array([500])
    font.Encoding = Dictionary(Type=Name.Encoding, Differences=Array([97, Name.a]))
    font.CharProcs = Dictionary(a=glyph)
    pdf.pages[0].Resources.Font.F3 = pdf.make_indirect(font)
    out = io.BytesIO()
    pdf.save(out)
    page = first_page(out.getvalue())
    left, top, right, bottom = bounds(page.text.lines[0].polygon)
    assert texts(page) == ["aaaa"] and 0 < bottom - top < 40 and right - left > 30


def test_metadata():
    pdf = pikepdf.open(io.BytesIO(make_pdf(words("x"))))
    pdf.docinfo["/Title"], pdf.docinfo["/Author"] = "Ünïcode", "A. Uthor"
    out = io.BytesIO()
    pdf.save(out)
    with open_source(out.getvalue()) as source:
        assert source.metadata["title"] == "Ünïcode" and source.metadata["author"] == "A. Uthor"


def test_passwords():
    data = make_pdf(words("secret words"), password="passwörd")
    assert texts(first_page(data, password="passwörd")) == ["secret words"]
    with pytest.raises(PasswordRequiredError, match="letter"):
        open_source(data, name="letter.pdf")
    for wrong in ("wrong", ""):
        with pytest.raises(WrongPasswordError):
            open_source(data, password=wrong)


@pytest.mark.parametrize("damage", ["xref", "end", "tables"])
def test_broken_cross_references_are_repaired(damage):
    data = make_pdf(words("still here"))
    start = data.rindex(b"startxref")
    broken = {
        "xref": data[:start] + b"startxref\n7\n%%EOF",
        "end": data[: start - 30],
        "tables": data[: data.rindex(b"xref\n0")],  # PDFium gives up, qpdf does not
    }[damage]
    assert broken != data
    assert texts(first_page(broken)) == ["still here"]


def test_too_many_pages():
    with pytest.raises(TooLargeError, match="5 pages"):
        open_source(make_pdf(*["x"] * 5), limits=Limits(pages=4))


def test_a_page_that_kills_the_parser_leaves_the_others():
    with open_source(make_pdf(words("one"), words("two"))) as source:
        assert texts(source.page(1)) == ["one"]
        os.kill(source._child._process.pid, signal.SIGKILL)
        with pytest.raises(Exception, match=r"page 1 .*SIGKILL"):
            source.page(1)
        assert texts(source.page(2)) == ["two"]


def test_a_page_without_a_size():
    with open_source(make_pdf(words("x"), box=(0, 0, 0, 0))) as source:
        try:
            assert source.page(1).width > 0
        except CorruptSourceError as error:
            assert "page 1" in error.what


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_stays_flat_over_many_pages():
    rows = [words(f"{i} {SENTENCE[:70]}", x=10, y=290 - 9 * i, size=8) for i in range(30)]
    data = make_pdf(*["".join(rows)] * 320)

    def resident(pid: int) -> float:
        status = Path(f"/proc/{pid}/status").read_text()
        return int(status.split("RssAnon:")[1].split()[0]) / 1024

    with open_source(data) as source:
        before = (0.0, 0.0)
        for number in range(1, 321):
            assert source.page(number).text
            if number % 10 == 0:
                source.raster(number, 72)
            if number == 60:
                before = resident(source._child._process.pid), resident(os.getpid())
        after = resident(source._child._process.pid), resident(os.getpid())
    assert after[0] - before[0] < 6 and after[1] - before[1] < 6


def test_a_closed_source_says_so():
    source = open_source(make_pdf(words("x")))
    source.close()
    with pytest.raises(ValueError, match="closed"):
        source.page(1)


def test_characters_that_pdfium_leaves_out_of_the_text_shift_nothing():
    content = words("one a\x03b tw\x95o three") + words(SENTENCE, y=200, size=2) + words("end \x03 here", y=150)
    lines = first_page(make_pdf(content)).text.lines
    plain = first_page(make_pdf(content.replace("\x95", ""))).text.lines
    assert [line.content for line in lines][::2] == ["one ab two three", "end here"]
    assert [line.content for line in lines] == [line.content for line in plain]
    assert bounds(lines[-1].polygon) == pytest.approx(bounds(plain[-1].polygon))


@pytest.mark.parametrize("broken", [False, True])
def test_long_documents_are_opened_anew_now_and_then(broken):
    data = make_pdf(*[words(f"page {number}") for number in range(1, 230)], password=None if broken else "open")
    if broken:
        data = data[: data.rindex(b"xref\n0")]
    with open_source(data, password=None if broken else "open") as source:
        for number in range(1, 230):
            assert texts(source.page(number)) == [f"page {number}"]
        for number in (3, 229):
            assert (source.raster(number, 36).pixels < 128).any()


def tagged(*texts: str) -> bytes:
    """A PDF whose paragraphs are tagged: each text is one, on a line of its own."""
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page(page_size=(400, 40 + 20 * len(texts)))
    page = pdf.pages[0]
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    lines = (
        f"/P <</MCID {n}>> BDC BT /F 12 Tf 1 0 0 1 20 {20 * (len(texts) - n)} Tm ({text}) Tj ET EMC"
        for n, text in enumerate(texts)
    )
    page.Contents = pdf.make_stream("\n".join(lines).encode())
    root = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
    made = [
        pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.H2, P=root, Pg=page.obj, K=number)
        )
        for number in range(len(texts))
    ]
    root.K = pikepdf.Array(made)
    parents = pdf.make_indirect(pikepdf.Array(made))
    root.ParentTree = pikepdf.Dictionary(Nums=pikepdf.Array([0, parents]))
    page.StructParents = 0
    pdf.Root.StructTreeRoot, pdf.Root.MarkInfo = root, pikepdf.Dictionary(Marked=True)
    pdf.save(out)
    return out.getvalue()


def test_tags_say_what_text_is() -> None:
    with open_source(tagged("the first head", "the second")) as source:
        text = source.page(1).text
    assert text is not None and [line.owner for line in text.lines] == [0, 1]
    assert [(element.kind, element.level) for element in text.elements] == [("heading", 2)] * 2


def test_tags_of_every_word_say_nothing() -> None:
    with open_source(tagged(*(f"w{number}" for number in range(30)))) as source:
        text = source.page(1).text
    assert text is not None and len(text.lines) == 30 and not text.elements
