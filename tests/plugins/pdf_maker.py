"""Small PDFs for tests, written with qpdf."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pikepdf
from numpy.typing import NDArray
from pikepdf import Array, Dictionary, Name


def make_pdf(
    *contents: str,
    box: Sequence[float] = (0, 0, 400, 300),
    password: str | None = None,
    pictures: Sequence[NDArray[np.uint8]] = (),
    **page: object,
) -> bytes:
    """A PDF with a page per content stream.

    Fonts are /F1 (Helvetica) and two with a false ToUnicode: /F2 is off by two letters, /F3 says Cyrillic.
    /Im is the page's picture, uint8 [height, width]; of pages beyond `pictures`, one with a dark bar.
    """
    pdf = pikepdf.new()
    helvetica = {"Type": Name.Font, "Subtype": Name.Type1, "BaseFont": Name.Helvetica}
    shifted, cyrillic = ([97 + (i + 2) % 26 for i in range(26)], range(0x430, 0x430 + 26))
    false = [Dictionary(**helvetica, ToUnicode=_mapping(pdf, letters)) for letters in (shifted, cyrillic)]
    fonts = Dictionary(F1=Dictionary(**helvetica), F2=false[0], F3=false[1])
    for number, content in enumerate(contents):
        picture = pictures[number] if number < len(pictures) else _bar()
        attributes = Dictionary(
            Type=Name.Page,
            MediaBox=Array(box),
            Resources=Dictionary(Font=fonts, XObject=Dictionary(Im=_picture(pdf, picture))),
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


def scanned(*pictures: NDArray[np.uint8], text: str = "", dpi: float = 144, **page: object) -> bytes:
    """A PDF of full-page pictures, all of one size, with the same text over each."""
    height, width = (side * 72 / dpi for side in pictures[0].shape)
    content = f"q {width} 0 0 {height} 0 0 cm /Im Do Q\n{text}"
    return make_pdf(*[content] * len(pictures), box=(0, 0, width, height), pictures=pictures, **page)


def _bar() -> NDArray[np.uint8]:
    """A grey picture of 800 x 600 pixels with a dark bar."""
    pixels = np.full((600, 800), 0xF0, np.uint8)
    pixels[200:260, 100:700] = 0x10
    return pixels


def _picture(pdf: pikepdf.Pdf, pixels: NDArray[np.uint8]) -> pikepdf.Object:
    return pdf.make_stream(
        pixels.tobytes(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=pixels.shape[1],
        Height=pixels.shape[0],
        ColorSpace=Name.DeviceGray,
        BitsPerComponent=8,
    )


def _mapping(pdf: pikepdf.Pdf, letters: Sequence[int]) -> pikepdf.Object:
    """A ToUnicode map of the small letters, as careless programs write."""
    lower = "".join(f"<{97 + i:02x}> <{letter:04x}>\n" for i, letter in enumerate(letters))
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"26 beginbfchar\n{lower}endbfchar\nendcmap end end"
    )
    return pdf.make_stream(cmap.encode())
