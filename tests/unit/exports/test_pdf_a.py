"""PDF/A-2b: what ISO 19005-2 asks for and Python can see. A validator is not at hand."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageCms

from legenda.document import Block, Page, compose
from legenda.errors import OutputError

Export = Callable[..., bytes]
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, dpi=(150, 150), **options)
    return out.getvalue()


def opened(data: bytes) -> pikepdf.Pdf:
    """The PDF, after all that makes it PDF/A-2b has been looked at."""
    pdf = pikepdf.open(io.BytesIO(data))
    assert data.startswith(b"%PDF-1.7\n%") and min(data[10:14]) > 127
    assert not pdf.is_encrypted and len(pdf.trailer.ID) == 2
    with pdf.open_metadata() as about:
        assert about.pdfa_status == "2B"
        assert about.get("dc:title") == (str(pdf.docinfo["/Title"]) if "/Title" in pdf.docinfo else None)
    (intent,) = pdf.Root.OutputIntents
    assert intent.S == Name.GTS_PDFA1 and str(intent.OutputConditionIdentifier)
    profile = intent.DestOutputProfile
    assert profile.N == 3 and profile.read_bytes()[16:20] == b"RGB " and profile.read_bytes()[8:10] == b"\4\x20"
    assert "sRGB" in ImageCms.getProfileDescription(io.BytesIO(profile.read_bytes()))
    text = b"".join(obj.unparse(resolved=True) for obj in pdf.objects if isinstance(obj, (Dictionary, Array)))
    for forbidden in (b"/JavaScript", b"/Launch", b"/EmbeddedFiles", b"/AA ", b"/XFA", b"/LZWDecode", b"/DeviceCMYK"):
        assert forbidden not in text, forbidden
    for obj in pdf.objects:
        if isinstance(obj, Dictionary) and obj.get("/Subtype") == Name.CIDFontType2:
            file = obj.FontDescriptor.FontFile2
            assert file.Length1 == len(file.read_bytes()) and obj.CIDToGIDMap is not None
    return pdf


@pytest.mark.parametrize(
    ("mode", "kind"), [("RGB", "PNG"), ("L", "PNG"), ("1", "TIFF"), ("CMYK", "JPEG"), ("RGB", "JPEG")]
)
def test_pictures_become_pages_for_archives(mode: str, kind: str, export: Export, written: Any) -> None:
    image, page = written("latin")
    with opened(export("pdf-a", [page], saved(image.convert(mode), kind), name="a.png")) as pdf:
        (picture,) = pdf.pages[0].images.values()
        assert str(pdf.docinfo["/Title"]) == "a.png"
        shown = pikepdf.PdfImage(picture).as_pil_image().convert("L")
        assert shown.size == image.size and shown.getpixel((0, 0)) > 250


def test_the_invisible_font_has_the_widths_it_says(export: Export, written: Any) -> None:
    from fontTools.ttLib import TTFont

    image, page = written("latin")
    with opened(export("pdf-a", [page], saved(image))) as pdf:
        (font,) = (
            obj for obj in pdf.objects if isinstance(obj, Dictionary) and obj.get("/Type") == Name.Font and "/DW" in obj
        )
        program = TTFont(io.BytesIO(font.FontDescriptor.FontFile2.read_bytes()))
        glyphs = set(font.CIDToGIDMap.read_bytes()[1::2])
        assert glyphs == {1}  # none is .notdef
        assert program["hmtx"].metrics[program.getGlyphOrder()[1]][0] == font.DW


def pdf_with(change: Callable[[pikepdf.Pdf], None]) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(480, 192))
    change(pdf)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def active(pdf: pikepdf.Pdf) -> None:
    script = Dictionary(S=Name.JavaScript, JS=b"app.alert(1)")
    pdf.Root.OpenAction = script
    pdf.Root.AA = Dictionary(WC=script)
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([b"a", script])))
    pdf.attachments["x.txt"] = b"hello"
    pdf.Root.Metadata = pikepdf.Stream(pdf, b"<not-xmp/>", Type=Name.Metadata, Subtype=Name.XML)
    pdf.docinfo["/Title"] = "A title"
    box = Array([0, 0, 10, 10])
    launch = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=box, A=Dictionary(S=Name.Launch, F=b"x.exe"))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=box, F=2, A=Dictionary(S=Name.URI, URI=b"https://a.b"))
    movie = Dictionary(Type=Name.Annot, Subtype=Name.Movie, Rect=box)
    pdf.pages[0].obj.Annots = Array([launch, link, movie])
    packed = pikepdf.Stream(pdf, b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", Filter=Name.LZWDecode)
    pdf.pages[0].obj.PieceInfo = Dictionary(Legenda=Dictionary(Private=pdf.make_indirect(packed)))


def test_what_acts_is_taken_out_of_a_pdf(export: Export, written: Any) -> None:
    _, page = written("latin")
    with opened(export("pdf-a", [page], pdf_with(active))) as pdf:
        notes = list(pdf.pages[0].obj.Annots)
        assert ["/A" in note for note in notes] == [False, True]
        assert [int(note.F) for note in notes] == [4, 4]
        assert not pdf.attachments


def bare_font(pdf: pikepdf.Pdf) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf.pages[0].obj.Resources = Dictionary(Font=Dictionary(F1=font))


def inks(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, b"0 0 0 1 k 0 0 9 9 re f")


@pytest.mark.parametrize("change", [bare_font, inks])
@pytest.mark.parametrize("source", ["ocr", "text_layer"])
def test_pages_that_cannot_be_kept_become_pictures_with_all_their_text(
    change: Any, source: Any, export: Export, block: Callable[..., Block], tmp_path: Path
) -> None:
    read = compose(Page(1, 480, 192, "point", source=source), [block("every word of it")])
    data = export("pdf-a", [read], pdf_with(change))
    with opened(data) as pdf:
        assert len(pdf.pages) == 1 and [float(v) for v in pdf.pages[0].mediabox] == pytest.approx([0, 0, 480, 192])
        (picture,) = pdf.pages[0].images.values()
        assert (picture.Width, picture.Height) == (2000, 800)
        shown = pikepdf.PdfImage(picture).as_pil_image().convert("L")
        assert (shown.getpixel((15, 785)) < 80) == (change is inks)
    (tmp_path / "a.pdf").write_bytes(data)
    text = subprocess.run(["pdftotext", str(tmp_path / "a.pdf"), "-"], capture_output=True, text=True, check=True)
    assert text.stdout.split() == ["every", "word", "of", "it"]


def test_a_page_that_is_kept_gets_no_text_twice(export: Export, block: Callable[..., Block]) -> None:
    read = compose(Page(1, 480, 192, "point", source="text_layer"), [block("its own text")])
    with opened(export("pdf-a", [read], pdf_with(lambda pdf: None))) as pdf:
        assert not pdf.pages[0].get("/Resources") and not pdf.pages[0].images


def test_encrypted_pdfs_are_refused(export: Export, page: Callable[..., Page], tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(pdf_with(lambda pdf: None))) as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(OutputError, match="encrypted"):
        export("pdf-a", [page()], tmp_path / "locked.pdf", password="u")


def test_an_archive_becomes_one(export: Export, written: Any) -> None:
    import zipfile

    (one, first), (two, second) = written("latin", 1), written("greek", 2)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.png", saved(one))
        archive.writestr("b.jpg", saved(two.convert("CMYK"), "JPEG"))
    with opened(export("pdf-a", [first, second], file.getvalue(), name="both.zip")) as pdf:
        assert len(pdf.pages) == 2
