"""Small inputs by the thousand. No two have the same bytes: pages that were read before would not be read again."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from itertools import count

WHITE, GREY, DARK, BLACK = 1.0, 0.57, 0.3, 0.0
"""What a page looks like decides what the engine `stumble` does with it."""

_numbers = count(1)


def picture() -> bytes:
    """A picture of one page, 60 x 40 pixels."""
    return _distinct(_picture())


def pdf(pages: int | Sequence[float]) -> bytes:
    """A PDF of so many white pages, or of pages this grey; an inch square each, so that rendering costs little."""
    return _distinct(_pdf((WHITE,) * pages if isinstance(pages, int) else tuple(pages)))


def _distinct(data: bytes) -> bytes:
    return data + b"\n%%%d\n" % next(_numbers)  # what comes after the end of either format is passed over


@cache
def _picture() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (60, 40), 255).save(out, "PNG")
    return out.getvalue()


@cache
def _pdf(greys: tuple[float, ...]) -> bytes:
    """Written by hand: a document of thousands of pages takes milliseconds."""
    out = bytearray(b"%PDF-1.4\n")
    places: list[int] = []

    def put(number: int, body: bytes) -> None:
        places.append(len(out))
        out.extend(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    first = 3
    put(1, b"<</Type/Catalog/Pages 2 0 R>>")
    kids = b" ".join(b"%d 0 R" % (first + 2 * i) for i in range(len(greys)))
    put(2, b"<</Type/Pages/MediaBox[0 0 72 72]/Count %d/Kids[%s]>>" % (len(greys), kids))
    for i, grey in enumerate(greys):
        content = b"%.2f g 0 0 72 72 re f" % grey
        put(first + 2 * i, b"<</Type/Page/Parent 2 0 R/Contents %d 0 R>>" % (first + 2 * i + 1))
        put(first + 2 * i + 1, b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
    start = len(out)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    out.extend(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, rows))
    out.extend(b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, start))
    return bytes(out)
