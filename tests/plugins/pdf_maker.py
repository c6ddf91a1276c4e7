"""Small PDFs for tests, written with qpdf."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name


def make_pdf(
    *contents: str, box: Sequence[float] = (0, 0, 400, 300), password: str | None = None, **page: object
) -> bytes:
    """A PDF with a page per content stream. Fonts /F1 (Helvetica) and /F2 (Helvetica with a false ToUnicode)."""
    pdf = pikepdf.new()
    helvetica = {"Type": Name.Font, "Subtype": Name.Type1, "BaseFont": Name.Helvetica}
    fonts = Dictionary(F1=Dictionary(**helvetica), F2=Dictionary(**helvetica, ToUnicode=_shifted(pdf)))
    for content in contents:
        attributes = Dictionary(
            Type=Name.Page,
            MediaBox=Array(box),
            Resources=Dictionary(Font=fonts, XObject=Dictionary(Im=_picture(pdf))),
            Contents=pdf.make_stream(content.encode("latin-1")),
        )
        for key, value in page.items():
            attributes[f"/{key}"] = value
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(attributes)))
    out = io.BytesIO()
    pdf.save(out, encryption=pikepdf.Encryption(user=password, owner=password) if password else None)
    return out.getvalue()


def words(text: str, x: float = 50, y: float = 250, size: float = 12, font: str = "F1", before: str = "") -> str:
    """Content that shows a line of text."""
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT {before} /{font} {size} Tf {x} {y} Td ({escaped}) Tj ET\n"


def _picture(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """A grey picture of 800 x 600 pixels with a dark bar."""
    pixels = bytearray(b"\xf0" * (800 * 600))
    for row in range(200, 260):
        pixels[row * 800 + 100 : row * 800 + 700] = b"\x10" * 600
    return pdf.make_stream(
        bytes(pixels),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=800,
        Height=600,
        ColorSpace=Name.DeviceGray,
        BitsPerComponent=8,
    )


def _shifted(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """A ToUnicode map that is off by two letters, as careless programs write."""
    lower = "".join(f"<{97 + i:02x}> <{97 + (i + 2) % 26:04x}>\n" for i in range(26))
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"26 beginbfchar\n{lower}endbfchar\nendcmap end end"
    )
    return pdf.make_stream(cmap.encode())
