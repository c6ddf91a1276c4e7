from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pdf_maker import make_pdf, words
from PIL import Image
from written import written

import legenda
from legenda.errors import EmptySourceError, WrongPasswordError
from legenda.exports import EXPORTERS, Origin

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def packed(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def tiff(*texts: str) -> bytes:
    out = io.BytesIO()
    first, *others = [Image.fromarray(written(text)) for text in texts]
    first.save(out, "TIFF", save_all=True, append_images=others)
    return out.getvalue()


def locked(data: bytes, password: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner=password, user=password))
    return out.getvalue()


def searchable(data: bytes | Path, password: str | None = None) -> bytes:
    with legenda.Reader(legenda.ReadOptions(effort="fast", password=password), jobs=1) as reader:
        out = io.BytesIO()
        exporter = EXPORTERS["pdf"](out, Origin("all.zip", data, password))
        for page in reader.pages(data):
            exporter.add(page)
        exporter.close()
    return out.getvalue()


def texts(pdf: bytes, password: str | None = None) -> list[str]:
    document = pypdfium2.PdfDocument(pdf, password=password)
    try:
        return [page.get_textpage().get_text_bounded().strip() for page in document]
    finally:
        document.close()


def test_members_become_one_pdf(tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    bad = ("notes.dat", b"\0\1\2\3"), ("half.png", b"\x89PNG\r\n\x1a\nxx")
    file.write_bytes(
        packed(("a.tif", tiff("Lindqvist", "workshop")), *bad, ("b.pdf", make_pdf(words("one"), words("two"))))
    )
    found = searchable(file)
    first, second, third, fourth = texts(found)
    assert "Lindqvist" in first and "workshop" in second and (third, fourth) == ("one", "two")
    with pikepdf.open(io.BytesIO(found)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "all.zip" and not pdf.is_encrypted


def test_what_was_encrypted_stays_so() -> None:
    data = packed(("a.pdf", locked(make_pdf(words("secret")), "pass")), ("b.pdf", make_pdf(words("open"))))
    found = searchable(data, "pass")
    assert texts(found, "pass") == ["secret", "open"]
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(found))


def test_a_member_that_cannot_be_opened_is_left_out() -> None:
    data = packed(("a.pdf", locked(make_pdf(words("secret")), "pass")), ("b.pdf", make_pdf(words("open"))))
    assert texts(searchable(data)) == ["open"]
    assert WrongPasswordError.code in str([page.problems for page in legenda.read(data, password="no").pages])


def test_nothing_to_be_shown() -> None:
    with pytest.raises(EmptySourceError, match="nothing in the archive"):
        searchable(packed(("notes.dat", b"\0\1\2\3"), ("half.png", b"\x89PNG\r\n\x1a\nxx")))
