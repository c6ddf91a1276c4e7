"""Files attached to PDFs."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image

import legenda
from legenda.errors import EmptySourceError, UnsupportedFormatError
from legenda.exports import EXPORTERS, Origin
from legenda.sources import open_source
from legenda.sources.archive import Archive


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("L", (40, 30), 200).save(out, "PNG")
    return out.getvalue()


def portfolio(password: str = "", **files: bytes) -> bytes:
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page(page_size=(200, 100))
    for name, data in files.items():
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, data, filename=name)
    pdf.Root.Collection = pikepdf.Dictionary(Type=pikepdf.Name.Collection)
    pdf.save(out, encryption=pikepdf.Encryption(owner=password, user=password) if password else False)
    return out.getvalue()


def test_attachments_are_listed() -> None:
    with open_source(portfolio(note=b"a note\n", picture=picture())) as source:
        assert not isinstance(source, Archive) and source.page_count == 1
        assert sorted(source.metadata["attachments"].split("; ")) == ["note", "picture"]
    with open_source(portfolio()) as source:
        assert "attachments" not in source.metadata


@pytest.mark.parametrize("password", ["", "opens it"])
def test_they_are_read_when_asked_for(password: str) -> None:
    data = portfolio(password, note=b"a note for you\n", picture=picture())
    with open_source(data, name="all.pdf", password=password or None, attachments=True) as source:
        assert isinstance(source, Archive) and source.page_count == 3
        told = {member.name: (member.format, member.pages) for member in source.members}
        assert told == {"all.pdf": ("pdf", 1), "note": ("txt", 1), "picture": ("png", 1)}
        sizes = [(source.page(number).width, source.page(number).height) for number in (1, 2, 3)]
        assert sizes[0] == (200, 100) and (40, 30) in sizes
    pages = legenda.read(data, password=password or None, attachments=True).pages
    assert "a note for you" in [page.text for page in pages]


def test_searchable_pdfs_keep_attachments_as_they_are() -> None:
    data, out = portfolio(note=b"a note for you\n", picture=picture()), io.BytesIO()
    exporter = EXPORTERS["pdf"](out, Origin("all.pdf", data))
    for page in legenda.read(data, attachments=True, text_layer="ignore", pages="1,3").pages:
        exporter.add(page)
    exporter.close()
    with pikepdf.open(io.BytesIO(out.getvalue())) as made:
        assert len(made.pages) == 1 and sorted(made.attachments) == ["note", "picture"]


def test_what_cannot_be_read_says_so_on_its_page() -> None:
    data = portfolio(empty=b"", packed=b"PK\x05\x06" + bytes(18))
    with open_source(data, attachments=True) as source:
        assert source.page_count == 3 and source.page(1).width == 200
        with pytest.raises(EmptySourceError, match="empty"):
            source.page(2)
        with pytest.raises(UnsupportedFormatError, match="packed"):
            source.page(3)
