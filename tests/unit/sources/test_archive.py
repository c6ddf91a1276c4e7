from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from pdf_maker import make_pdf, words
from PIL import Image
from written import written

from legenda.errors import (
    CorruptSourceError,
    EmptySourceError,
    LegendaError,
    PasswordRequiredError,
    TooLargeError,
    UnsupportedFormatError,
)
from legenda.options import Limits
from legenda.sources import Source, open_source
from legenda.sources.archive import Archive, Member
from legenda.sources.archive_parts import Piece, join, split


def picture(format: str = "PNG", width: int = 40, pages: int = 1) -> bytes:
    out = io.BytesIO()
    frames = [Image.new("L", (width, 30), 255 - n) for n in range(pages)]
    frames[0].save(out, format, **({"save_all": True, "append_images": frames[1:]} if pages > 1 else {}))
    return out.getvalue()


def packed(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def opened(data: bytes, **more: object) -> Archive:
    source = open_source(data, **more)  # type: ignore[arg-type]
    assert isinstance(source, Archive)
    return source


def test_pages_count_on_across_members() -> None:
    book = make_pdf(*(words(f"page {n}") for n in range(1, 4)))
    data = packed(
        ("a.png", picture(width=41)), ("folder/", b""), ("folder/b.pdf", book), ("c.tif", picture("TIFF", 42, 2))
    )
    with opened(data, name="all.zip") as archive:
        assert (archive.format, archive.page_count) == ("zip", 6)
        assert archive.members == (
            Member("a.png", "png", 1),
            Member("folder/b.pdf", "pdf", 3),
            Member("c.tif", "tiff", 2),
        )
        pages = [archive.page(number) for number in range(1, 7)]
        assert [page.number for page in pages] == [1, 2, 3, 4, 5, 6]
        assert [page.unit for page in pages] == ["pixel", "point", "point", "point", "pixel", "pixel"]
        layer = pages[2].text
        assert layer and [line.content for line in layer.lines] == ["page 2"]
        assert pages[5].width == 42 and archive.raster(1, 200).pixels.shape == (30, 41)
        with pytest.raises(IndexError, match="6 pages, not page 7"):
            archive.page(7)


def test_counts_that_are_known_are_not_counted_again() -> None:
    data = packed(("b.pdf", make_pdf(words("one"), words("two"))), ("a.png", picture()))
    with opened(data, counts=(2, 1)) as archive:
        assert archive.page_count == 3 and archive.page(2).unit == "point" and archive.page(3).unit == "pixel"
    with opened(data, counts=(7,)) as archive:  # of something else
        assert archive.page_count == 3


def test_what_systems_put_beside_files_is_passed_over() -> None:
    junk = [(name, b"x") for name in ("__MACOSX/._a.png", ".DS_Store", "f/.hidden", "Thumbs.db", "f/desktop.ini")]
    with opened(packed(*junk, ("a.png", picture()))) as archive:
        assert [member.name for member in archive.members] == ["a.png"]


@pytest.mark.parametrize(
    ("name", "data", "kind", "says"),
    [
        ("drawing.ps", b"%!PS", UnsupportedFormatError, "drawing.ps cannot be read: it is a PostScript file"),
        ("none.png", b"", EmptySourceError, "none.png is empty"),
        ("half.png", picture()[:40], CorruptSourceError, "half.png is damaged"),
        ("half.pdf", b"%PDF-1.7\nnothing", CorruptSourceError, "half.pdf"),
        ("inner.zip", packed(("a.png", picture())), UnsupportedFormatError, "an archive in an archive"),
    ],
)
def test_a_member_that_cannot_be_opened_is_a_page_that_fails(
    name: str, data: bytes, kind: type[LegendaError], says: str
) -> None:
    with opened(packed(("a.png", picture()), (name, data), ("b.png", picture()))) as archive:
        assert archive.page_count == 3
        for _ in range(2):
            with pytest.raises(kind) as failed:
                archive.page(2), archive.raster(2, 100)
            assert says in str(failed.value)
        assert archive.page(3).unit == "pixel"


def encrypted(data: bytes, *, every: bool) -> bytes:
    """With the flag that says so set in the first, or in all, of its headers."""
    changed = bytearray(data)
    for signature, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            changed[at + flag] |= 1
            if not every:
                break
    return bytes(changed)


def test_encrypted_members() -> None:
    data = packed(("a.png", picture()), ("b.png", picture()))
    with opened(encrypted(data, every=False)) as archive:
        with pytest.raises(PasswordRequiredError, match="archives with passwords"):
            archive.page(1)
        assert archive.page(2).width == 40
    with pytest.raises(PasswordRequiredError, match="is encrypted"):
        open_source(encrypted(data, every=True))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_methods_are_not_unpacked(method: int) -> None:
    data = packed(("a.png", picture()), method=method)
    with opened(data) as archive, pytest.raises(UnsupportedFormatError, match="cannot be unpacked"):
        archive.page(1)


def test_empty_archives() -> None:
    for data in (packed(), packed(("folder/", b"")), packed((".DS_Store", b"x"))):
        with pytest.raises(EmptySourceError, match="there are no files in it"):
            open_source(data)


def test_office_documents_nobody_reads_are_none() -> None:
    drawing = b"application/vnd.oasis.opendocument.graphics"
    for parts in ((("[Content_Types].xml", b"<x/>"), ("visio/document.xml", b"<x/>")), (("mimetype", drawing),)):
        with pytest.raises(UnsupportedFormatError, match=r"is an (Office document|OpenDocument file)"):
            open_source(packed(*parts, method=zipfile.ZIP_STORED))


def test_a_picture_that_talks_of_word_is_none() -> None:
    data = packed(("a.pdf", b"%PDF-1.4 word/ xl/ [Content_Types].xml"), ("b.png", picture()), method=zipfile.ZIP_STORED)
    with opened(data) as archive:
        assert archive.page_count == 2


def test_too_much() -> None:
    many = packed(*((f"{n}.png", picture()) for n in range(12)))
    with pytest.raises(TooLargeError, match="too many files"):
        open_source(many, limits=Limits(pages=11))
    with pytest.raises(TooLargeError, match="too many pages"):
        open_source(
            packed(("a.tif", picture("TIFF", pages=9)), ("b.tif", picture("TIFF", pages=9))), limits=Limits(pages=12)
        )
    with pytest.raises(TooLargeError, match="once it is unpacked"):
        open_source(packed(("a.bmp", b"BM" + bytes(2**20))), limits=Limits(bytes=2**19))
    with pytest.raises(TooLargeError, match="200 times its size"):
        open_source(packed(*((f"{n}.bmp", b"BM" + bytes(2**25)) for n in range(3))))


def test_very_many_members_are_refused_before_they_are_looked_at() -> None:
    with pytest.raises(TooLargeError, match="60000, of 5000"):
        open_source(packed(*((f"{n}", b"") for n in range(60_000)), method=zipfile.ZIP_STORED))


def lying(data: bytes, size: int) -> bytes:
    """With another size than the true one in every header."""
    changed = bytearray(data)
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        changed[(place := data.find(signature)) + at : place + at + 4] = struct.pack("<I", size)
    return bytes(changed)


def test_what_says_it_is_small() -> None:
    data = lying(packed(("a.bmp", b"BM" + bytes(2**20))), 1000)
    with opened(data, limits=Limits(bytes=2**19)) as archive, pytest.raises(LegendaError):
        archive.page(1)


def test_damage() -> None:
    data = packed(("a.png", picture()), ("b.png", picture()))
    for broken in (
        data[:-30],
        data[:60],
        b"PK\x03\x04" + bytes(4000),
        b"PK\x05\x06" + bytes(18),
        data.replace(b"PK\x01\x02", b"PK\x01\x01"),
    ):
        with pytest.raises((CorruptSourceError, EmptySourceError)):
            open_source(broken)


def test_every_flipped_byte_is_a_typed_error_or_none() -> None:
    data = packed(("a.png", picture()), ("b.png", picture()))
    for at in range(0, len(data), 7):
        changed = bytearray(data)
        changed[at] ^= 0xFF
        try:
            with open_source(bytes(changed)) as source:
                for number in range(1, source.page_count + 1):
                    source.page(number)
        except LegendaError:
            pass


def test_names_may_be_anything() -> None:
    with opened(packed(("../../etc/passwd", picture()), ("/abs\x01.png", picture()), ("ä" * 3000, b"x"))) as archive:
        assert archive.page_count == 3 and len(archive.members[2].name) == 1000


def test_inputs_joined_and_split(tmp_path: Path) -> None:
    file = tmp_path / "b"
    file.write_bytes(make_pdf(words("of a file")))
    pieces = [Piece(2, "", len(picture()), picture()), Piece(0, "b.pdf", file.stat().st_size, file)]
    first, second = io.BytesIO(), io.BytesIO()
    join(pieces, first)
    whole = tmp_path / "whole.zip"
    whole.write_bytes(first.getvalue())
    with split(whole) as found:
        assert [(piece.place, piece.name) for piece in found] == [(0, "b.pdf"), (2, "")]
        join([*found, Piece(1, "ä-1.png", len(picture()), picture())], second)
    with opened(second.getvalue()) as archive:
        assert archive.members == (Member("b.pdf", "pdf", 1), Member("ä-1.png", "png", 1), Member("", "png", 1))
    again = io.BytesIO()
    join(pieces[::-1], again)
    assert again.getvalue() == first.getvalue()


def test_the_child_that_died_is_started_again() -> None:
    with opened(packed(("a.png", picture(width=41)), ("b.png", picture(width=42)))) as archive:
        archive._child.close()
        assert archive.page(2).width == 42
        archive.close()
        with pytest.raises(ValueError, match="closed"):
            archive.page(1)


def test_one_archive_in_threads() -> None:
    from concurrent.futures import ThreadPoolExecutor

    data = packed(*((f"{n}.png", picture(width=40 + n)) for n in range(6)))
    with opened(data) as archive, ThreadPoolExecutor(4) as threads:
        widths = list(threads.map(lambda n: archive.page(n).width, [1, 6, 2, 5, 3, 4] * 3))
    assert widths == [40, 45, 41, 44, 42, 43] * 3


def test_a_source_that_is_no_archive_is_one_as_before() -> None:
    with open_source(picture()) as source:
        assert type(source) is Source and not hasattr(source, "members")


def test_reading(tmp_path: Path) -> None:
    """The library reads one like any document."""
    import legenda

    out = io.BytesIO()
    Image.fromarray(written("Dear Ms Lindqvist")).save(out, "PNG")
    book = make_pdf(words("an honest page"), words("and another"))
    document = legenda.read(packed(("a.png", out.getvalue()), ("x.ps", b"%!PS"), ("b.pdf", book)), effort="fast")
    assert [page.number for page in document.pages] == [1, 2, 3, 4]
    assert "Lindqvist" in document.pages[0].text and document.pages[3].text == "and another"
    (problem,) = document.pages[1].problems
    assert problem.code == "unsupported_format"


def test_names_that_lead_elsewhere_are_only_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (inner := tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(inner)
    names = ("../../slip.png", "/tmp/slip.png", "a\\..\\slip.png", "C:\\slip.png", "a/../../slip.png")
    with opened(packed(*((name, picture()) for name in names))) as archive:
        assert archive.page_count == len(names)
        assert {archive.raster(number, 100).pixels.shape[0] for number in range(1, len(names) + 1)} == {30}
        assert [member.format for member in archive.members] == ["png"] * len(names)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []
