"""Page objects by the thousand, each with a number of its own: nine PDFs of a line for every picture of one."""

from __future__ import annotations

import io
from pathlib import Path

PICTURES = 10
"""One object in so many is a picture."""


def fill(folder: Path, count: int) -> None:
    """Put so many objects into a folder, a thousand to a folder of it."""
    for number in range(count):
        suffix, data = ("png", _picture(number)) if number % PICTURES == 0 else ("pdf", _pdf(number))
        file = folder / f"{number // 1000:03}" / f"{number:06}.{suffix}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def text(number: int) -> str:
    """What an object says."""
    return f"Archive page {number:06}"


def _picture(number: int) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (320, 48), 255)
    ImageDraw.Draw(image).text((16, 10), text(number), font=ImageFont.load_default(26), fill=0)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _pdf(number: int) -> bytes:
    content = b"BT /F 26 Tf 16 16 Td (%s) Tj ET" % text(number).encode()
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 320 48]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for place, body in enumerate(bodies, 1):
        places.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (place, body)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n%s" % b"".join(places)
    out += b"trailer<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)
