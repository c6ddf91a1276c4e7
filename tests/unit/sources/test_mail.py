from __future__ import annotations

import io
from email.message import EmailMessage

import pytest
from PIL import Image

import legenda
from legenda.errors import LegendaError, UnsupportedFormatError
from legenda.sources import open_source
from legenda.sources.archive import Archive


def message(*, html: bool = False) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Åse <a@example.com>", "b@example.com", "Rechnung für März"
    made.set_content("Guten Tag,\nanbei <die> Rechnung.\n")
    if html:
        made.add_alternative("<p>Guten Tag,</p><p>anbei &lt;die&gt; Rechnung.</p>", subtype="html")
    return made


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("L", (40, 20), 255).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(autouse=True)
def without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legenda.sources.libreoffice.installed", lambda: None)


@pytest.mark.parametrize("html", [False, True])
def test_headers_and_text(html: bool) -> None:
    text = legenda.read(bytes(message(html=html))).text
    lines = ["From: Åse <a@example.com>", "To: b@example.com", "Subject: Rechnung für März"]
    assert text.split("\n") == [*lines, "Guten Tag,", "anbei <die> Rechnung."]


def test_attachments_are_members() -> None:
    made = message()
    made.add_attachment(picture(), maintype="image", subtype="png", filename="scan.png")
    made.add_attachment(b"PK\x03\x04", maintype="application", subtype="zip", filename="more.zip")
    made.add_attachment(message())
    with open_source(bytes(made), name="mail.eml") as source:
        assert isinstance(source, Archive) and source.format == "eml"
        found = [(member.name, member.format) for member in source.members]
        assert found == [("message", "html"), ("scan.png", "png"), ("more.zip", ""), ("attachment 3", "")]
        assert source.page(2).width == 40
        with pytest.raises(UnsupportedFormatError, match="an archive in a message"):
            source.page(3)
        with pytest.raises(UnsupportedFormatError, match="a message in a message"):
            source.page(4)


def test_a_mailbox_begins_with_its_own_line() -> None:
    data = b"From a@example.com Thu Jan  1 00:00:00 2026\n" + bytes(message())
    assert "Guten Tag," in legenda.read(data).text


def test_deeply_nested_parts_end() -> None:
    head = b"From: a@example.com\nTo: b@example.com\nMIME-Version: 1.0\n"
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3000))
    try:
        assert legenda.read(head + nested + b"\ntext").pages
    except LegendaError as error:
        assert str(error)
