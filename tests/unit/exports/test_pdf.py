"""Searchable PDFs are read again by Poppler, PDFium and qpdf."""

from __future__ import annotations

import html
import io
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name

from legenda.document import Block, Box, Line, Page, Polygon, Word, bounds, compose, from_box
from legenda.errors import CorruptSourceError, OutputError, PasswordRequiredError, WrongPasswordError
from legenda.exports import EXPORTERS, Origin

Export = Callable[..., bytes]
Written = Callable[..., Any]
SCALE = 72 / 150  # the pictures are written with 150 dpi

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def run(command: list[str], pdf: bytes, tmp_path: Path) -> str:
    path = tmp_path / "it.pdf"
    path.write_bytes(pdf)
    done = subprocess.run([*command[:-1], str(path), *command[-1:]], capture_output=True, text=True, check=True)
    return done.stdout


def check(pdf: bytes, tmp_path: Path, password: str = "") -> None:
    path = tmp_path / "checked.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["qpdf", f"--password={password}", "--check", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No syntax or stream encoding errors" in done.stdout


def words_of(pdf: bytes, tmp_path: Path) -> list[tuple[str, Box]]:
    """What `pdftotext -bbox` finds, in points."""
    pattern = r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>'
    found = re.findall(pattern, run(["pdftotext", "-bbox", "-"], pdf, tmp_path))
    return [(html.unescape(text), tuple(map(float, box))) for *box, text in found]  # type: ignore[misc]


def overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)


def png(image: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(150, 150))
    return out.getvalue()


@pytest.mark.parametrize("script", ["latin", "greek", "cyrillic", "arabic", "hebrew"])
def test_words_are_found_at_their_places(script: str, export: Export, written: Written, tmp_path: Path) -> None:
    image, page = written(script)
    found = dict(words_of(export("pdf", [page], png(image)), tmp_path))
    assert len(found) == len(list(page.words))
    for word in page.words:
        # Poppler gives the boxes' words as they are seen, right-to-left ones too
        text = word.content if script not in ("arabic", "hebrew") or word.content.isascii() else word.content[::-1]
        place = tuple(v * SCALE for v in bounds(word.polygon))
        assert overlap(found[text], place) > 0.9, word  # type: ignore[arg-type]


def test_characters_of_cjk_are_found_at_their_places(export: Export, written: Written, tmp_path: Path) -> None:
    image, page = written("cjk")
    found = words_of(export("pdf", [page], png(image)), tmp_path)
    assert [text for text, _ in found] == page.text.split("\n")  # 𠮷 lies beyond the BMP
    for (_, box), line in zip(found, page.lines, strict=True):
        assert overlap(box, tuple(v * SCALE for v in bounds(line.polygon))) > 0.9  # type: ignore[arg-type]


@pytest.mark.parametrize("script", ["latin", "greek", "cyrillic", "cjk", "arabic", "hebrew"])
def test_text_comes_out_in_logical_order(script: str, export: Export, written: Written, tmp_path: Path) -> None:
    image, page = written(script)
    pdf = export("pdf", [page], png(image))
    check(pdf, tmp_path)
    poppler = re.sub("[\u202a-\u202e]", " ", run(["pdftotext", "-"], pdf, tmp_path))
    assert poppler.split() == page.text.split()
    document = pypdfium2.PdfDocument(pdf)
    assert document[0].get_textpage().get_text_range().split() == page.text.split()
    document.close()


def test_phrases_are_found_and_nothing_is_seen(export: Export, written: Written) -> None:
    image, page = written("latin")
    seen = []
    for sheet in (page, Page(1, 1000, 400, "pixel")):
        document = pypdfium2.PdfDocument(export("pdf", [sheet], png(image)))
        match = document[0].get_textpage().search("quick brown fox").get_next()
        assert match == ((4, 15) if sheet is page else None)
        seen.append(np.asarray(document[0].render(scale=2).to_pil()))
        document.close()
    assert np.array_equal(*seen)


def tilted(page: Page, angle: float) -> Page:
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))

    def turn(polygon: Polygon) -> Polygon:
        points = np.array(polygon).reshape(4, 2) - (500, 200)
        return tuple(float(v) for v in (points @ [[c, s], [-s, c]] + (500, 500)).ravel())  # type: ignore[return-value]

    lines = tuple(
        Line(n.content, turn(n.polygon), 0.9, tuple(Word(w.content, turn(w.polygon), 0.9) for w in n.words))
        for n in page.lines
    )
    return compose(Page(1, 1000, 1000, "pixel"), [Block("text", turn(from_box(0, 0, 9, 9)), lines)])


@pytest.mark.parametrize("angle", [1, -4, 87, 90, 180, 270])
def test_tilted_words_are_found_whole(angle: float, export: Export, written: Written, tmp_path: Path) -> None:
    image, page = written("latin")
    page = tilted(page, angle)
    found = words_of(export("pdf", [page], png(image.resize((1000, 1000)))), tmp_path)
    assert sorted(text for text, _ in found) == sorted(word.content for word in page.words)
    for word in page.words:
        place: Any = tuple(v * SCALE for v in bounds(word.polygon))
        assert max(overlap(box, place) for text, box in found if text == word.content) > 0.7, word


def test_steep_words_lie_along_their_baseline(export: Export, written: Written) -> None:
    image, page = written("latin")
    page = tilted(page, 37)
    document = pypdfium2.PdfDocument(export("pdf", [page], png(image.resize((1000, 1000)))))
    found = document[0].get_textpage()
    assert found.get_text_range().split() == page.text.split()
    for line in page.lines:
        for word in line.words:
            index = page.text.index(word.content) + page.text[: page.text.index(word.content)].count("\n")
            left, bottom, right, top = found.get_charbox(index)
            middle = np.array([(left + right) / 2 / SCALE, 1000 - (top + bottom) / 2 / SCALE])
            corners = np.array(word.polygon).reshape(4, 2)
            along = (corners[1] - corners[0]) / len(word.content) / 2
            assert np.hypot(*(middle - (corners[0] + corners[3]) / 2 - along)) < 10  # of 50 pixels of height
    document.close()


def rectangle_pdf(**page: Any) -> tuple[pikepdf.Pdf, Box]:
    """A PDF with one black rectangle at (120, 300)-(220, 330) of its user space, on a page with these entries."""
    pdf = pikepdf.new()
    content = page.pop("content", b"q 0 g 120 300 100 30 re f Q")
    entries = {"MediaBox": Array([0, 0, 400, 600]), **page}
    for body in (b"q Q", content):
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(Dictionary(Type=Name.Page, **entries))))
        pdf.pages[-1].obj.Contents = pdf.make_stream(body)
    return pdf, (120, 300, 220, 330)


def saved(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def seen_page(data: bytes, text: str, password: str | None = None, **fields: Any) -> Page:
    """Page 2 as an engine sees it, with one word where the rectangle is."""
    document = pypdfium2.PdfDocument(data, password=password)
    width, height = document[1].get_size()
    dark = np.asarray(document[1].render(scale=4).to_pil().convert("L")) < 128
    document.close()
    ys, xs = np.nonzero(dark)
    place = from_box(xs.min() / 4, ys.min() / 4, (xs.max() + 1) / 4, (ys.max() + 1) / 4)
    turn = fields.pop("turn", 0)  # text runs along the rectangle's long side, whatever way the page is turned
    polygon: Any = place[2 * turn :] + place[: 2 * turn]
    line = Line(text, polygon, 0.9, (Word(text, polygon, 0.9),), engine=fields.pop("line_engine", "cpu"))
    return compose(Page(2, width, height, "point", **fields), [Block("text", polygon, (line,))])


def check_over_rectangle(pdf: bytes, rectangle: Box, text: str, password: str | None = None) -> None:
    document = pypdfium2.PdfDocument(pdf, password=password)
    lines = document[1].get_textpage()
    assert lines.get_text_range() == text
    boxes = np.array([lines.get_charbox(index) for index in range(len(text))])
    document.close()
    place: Any = (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))
    assert overlap(place, rectangle) > 0.9


UNBALANCED = b"q q .5 0 0 .5 50 60 cm q 0 g 140 480 200 60 re f Q"  # two q are never closed
GEOMETRIES: dict[str, dict[str, Any]] = {
    "plain": {},
    "turned 90": {"Rotate": 90, "turn": 3},
    "turned 180": {"Rotate": 180, "turn": 2},
    "turned 270": {"Rotate": -90, "turn": 1},
    "cropped": {"CropBox": Array([100, 200, 390, 580])},
    "cropped, turned": {"CropBox": Array([100, 200, 390, 580]), "Rotate": 450, "turn": 3},
    "crop box beyond the page": {"CropBox": Array([-100, -100, 350, 9000])},
    "offset": {"MediaBox": Array([-200, -100, 300, 500]), "Rotate": 90, "turn": 3},
    "corners exchanged": {"MediaBox": Array([400, 600, 0, 0])},
    "user unit": {"UserUnit": 2.5},
    "unbalanced q": {"content": UNBALANCED},
    "unbalanced Q": {"content": b"Q Q Q " + UNBALANCED},
    "broken resources": {"Resources": 7},
    "broken fonts": {"Resources": Dictionary(Font=Array([]))},
    "name taken": {"Resources": Dictionary(Font=Dictionary(Lgd0=Dictionary()))},
}


@pytest.mark.parametrize("case", GEOMETRIES)
def test_text_lies_over_pages_of_every_geometry(case: str, export: Export, tmp_path: Path) -> None:
    entries = dict(GEOMETRIES[case])
    turn = entries.pop("turn", 0)
    pdf, rectangle = rectangle_pdf(**entries)
    data = saved(pdf)
    given = export("pdf", [seen_page(data, "Findme", turn=turn)], data)
    check_over_rectangle(given, rectangle, "Findme")
    if not case.startswith("unbalanced"):
        check(given, tmp_path)


def test_inherited_and_shared_resources(export: Export, tmp_path: Path) -> None:
    pdf, _ = rectangle_pdf()
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    pdf.Root.Pages.Resources = pdf.make_indirect(Dictionary(Font=pdf.make_indirect(Dictionary(F1=font))))
    for page in pdf.pages:
        assert "/Resources" not in page.obj
        page.obj.Contents = pdf.make_stream(page.Contents.read_bytes() + b" BT /F1 20 Tf 130 400 Td (own) Tj ET")
    pdf.pages[0].obj.Contents = pdf.pages[1].obj.Contents  # contents shared too
    data = saved(pdf)
    pages = [seen_page(data, "Findme")]
    given = export("pdf", [Page(1, 400, 600, "point"), *pages], data)
    check(given, tmp_path)
    assert run(["pdftotext", "-"], given, tmp_path).split() == ["own", "own", "Findme"]


def test_pages_with_their_own_text_are_left_as_they_are(export: Export) -> None:
    pdf, _ = rectangle_pdf()
    data = saved(pdf)
    given = export("pdf", [seen_page(data, "Findme", source="text_layer", line_engine="text-layer")], data)
    with pikepdf.open(io.BytesIO(data)) as before, pikepdf.open(io.BytesIO(given)) as after:
        for old, new in zip(before.pages, after.pages, strict=True):
            assert old.Contents.read_raw_bytes() == new.Contents.read_raw_bytes()
        assert not [thing for thing in after.objects if isinstance(thing, Dictionary) and "/FontFile2" in thing]


def test_of_mixed_pages_only_what_was_read_is_added(export: Export, tmp_path: Path) -> None:
    pdf, _ = rectangle_pdf()
    data = saved(pdf)
    read, own = seen_page(data, "Read"), seen_page(data, "Own", line_engine="text-layer")
    mixed = compose(Page(2, 400, 600, "point", source="mixed"), [*read.blocks, *own.blocks])
    assert run(["pdftotext", "-"], export("pdf", [mixed], data), tmp_path).split() == ["Read"]


HIDDEN = b"BT 3 Tr /F1 20 Tf 130 400 Td (garbage) Tj (more) ' [(kern) 20 (ed)] TJ 0 Tr ET"
INK = b"q 0 g 120 300 100 30 re f Q BI /W 1 /H 1 /BPC 8 /CS /G ID \xc8 EI"
EARLIER: dict[str, tuple[bytes, str, str]] = {
    "hidden": (HIDDEN + b" " + INK, "Type1", "Findme"),
    "hidden, set before": (b"3 Tr q " + INK + b" BT /F1 20 Tf (garbage) Tj ET Q", "Type1", "Findme"),
    "some of it seen": (INK + b" BT /F1 20 Tf 130 500 Td (seen) Tj ET " + HIDDEN, "Type1", "seen garbage"),
    "seen after a q": (b"q 3 Tr Q " + INK + b" BT /F1 20 Tf 130 500 Td (seen) Tj ET", "Type1", "seen"),
    "painted in any mode": (HIDDEN + b" " + INK, "Type3", ""),
}


@pytest.mark.parametrize("case", EARLIER)
def test_what_an_earlier_reading_hid_on_the_page_is_replaced(case: str, export: Export, tmp_path: Path) -> None:
    content, kind, left = EARLIER[case]
    font = Dictionary(Type=Name.Font, Subtype=Name("/" + kind), BaseFont=Name.Helvetica)
    pdf, rectangle = rectangle_pdf(content=content, Resources=Dictionary(Font=Dictionary(F1=font)))
    data = saved(pdf)
    page = seen_page(data, "Findme")
    given = export("pdf", [page], data)
    check(given, tmp_path)
    if case.startswith("hidden"):
        check_over_rectangle(given, rectangle, "Findme")
    else:
        words = run(["pdftotext", "-"], given, tmp_path).split()
        assert "Findme" in words and set(left.split()) <= set(words)
    drawn = []
    for document in map(pypdfium2.PdfDocument, (data, given)):
        drawn.append(np.asarray(document[1].render(scale=2).to_pil()))
        document.close()
    assert np.array_equal(*drawn)


def test_trusted_hidden_text_stays_on_mixed_pages(export: Export, tmp_path: Path) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf, _ = rectangle_pdf(content=HIDDEN + b" " + INK, Resources=Dictionary(Font=Dictionary(F1=font)))
    data = saved(pdf)
    words = run(["pdftotext", "-"], export("pdf", [seen_page(data, "Read", source="mixed")], data), tmp_path).split()
    assert {"garbage", "Read"} <= set(words)


@pytest.mark.parametrize("strength", [2, 3, 4, 6])
def test_encrypted_files_stay_encrypted(strength: Any, export: Export, tmp_path: Path) -> None:
    pdf, rectangle = rectangle_pdf()
    cipher = {"aes": strength >= 4, "metadata": strength >= 4}
    data = saved(pdf, encryption=pikepdf.Encryption(owner="boss", user="secret", R=strength, **cipher))
    page = seen_page(data, "Findme", password="secret")
    given = export("pdf", [page], data, password="secret")
    check(given, tmp_path, "secret")
    check_over_rectangle(given, rectangle, "Findme", "secret")
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(given))
    with pytest.raises(WrongPasswordError):
        export("pdf", [page], data, password="wrong")
    with pytest.raises(PasswordRequiredError):
        export("pdf", [page], data)


def test_a_file_with_permissions_only_needs_no_password(export: Export, tmp_path: Path) -> None:
    pdf, rectangle = rectangle_pdf()
    data = saved(pdf, encryption=pikepdf.Encryption(owner="boss", allow=pikepdf.Permissions(print_highres=False)))
    given = export("pdf", [seen_page(data, "Findme")], data)
    check_over_rectangle(given, rectangle, "Findme")
    with pikepdf.open(io.BytesIO(given)) as after:
        assert after.is_encrypted
        assert not after.allow.print_highres


def test_broken_cross_references_are_mended(export: Export, tmp_path: Path) -> None:
    pdf, rectangle = rectangle_pdf()
    data = saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    page = seen_page(data, "Findme")
    broken = re.sub(rb"startxref\n\d+", b"startxref\n999999", data)
    assert broken != data
    given = export("pdf", [page], broken)
    check(given, tmp_path)
    check_over_rectangle(given, rectangle, "Findme")


def test_what_is_no_pdf_is_an_error(export: Export) -> None:
    page = Page(1, 10, 10, "point")
    with pytest.raises(CorruptSourceError):
        export("pdf", [page], b"%PDF-1.7 and then nothing of the kind")
    with pytest.raises(CorruptSourceError):
        export("pdf", [page], b"\x89PNG\r\n\x1a\n and nothing more")
    with pytest.raises(OutputError):
        EXPORTERS["pdf"](io.BytesIO(), Origin())


def test_a_page_that_is_not_there_is_an_error(export: Export) -> None:
    pdf, _ = rectangle_pdf()
    data = saved(pdf)
    page = seen_page(data, "x")
    moved = compose(Page(3, 400, 600, "point"), page.blocks)
    with pytest.raises(CorruptSourceError, match="no page 3"):
        export("pdf", [moved], data)


def test_degenerate_polygons_keep_their_text(export: Export, tmp_path: Path) -> None:
    pdf, _ = rectangle_pdf()
    polygons: list[Any] = [(50.0, 50.0) * 4, (1e9, -1e9, 1e9, -1e9, 5, 5, 5, 5), (float("nan"),) * 8]
    blocks = [Block("text", from_box(0, 0, 1, 1), (Line(f"w{n}", p, 0.5),)) for n, p in enumerate(polygons)]
    given = export("pdf", [compose(Page(1, 400, 600, "point"), blocks)], saved(pdf))
    check(given, tmp_path)
    assert "w0" in run(["pdftotext", "-"], given, tmp_path)


def test_more_characters_than_codes(export: Export, tmp_path: Path) -> None:
    pdf, _ = rectangle_pdf()
    many = "".join(map(chr, [*range(0x4E00, 0x9FFF), *range(0xAC00, 0xD7A0), *range(0x20000, 0x2A000)]))
    lines = [
        Line(many[n : n + 50], from_box(10, 10 + n / 200, 390, 20 + n / 200), 0.5) for n in range(0, len(many), 50)
    ]
    page = compose(Page(1, 400, 600, "point"), [Block("text", from_box(0, 0, 1, 1), tuple(lines))])
    given = export("pdf", [page], saved(pdf))
    check(given, tmp_path)
    document = pypdfium2.PdfDocument(given)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert many[0] in text
    assert "\ufffd" in text
