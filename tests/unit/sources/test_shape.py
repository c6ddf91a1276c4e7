"""What the first bytes of a picture tell of its shape."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from legenda.sources.shape import may_be_two
from legenda.sources.sniff import HEAD_BYTES, sniff, still

KINDS = [("PNG", {}), ("JPEG", {}), ("JPEG", {"progressive": True}), ("BMP", {})]
KINDS += [("WEBP", {}), ("WEBP", {"lossless": True}), ("WEBP", {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0"})]


def head(size: tuple[int, int], kind: str, **options: object) -> bytes:
    Image.new("RGB", size, "white").save(out := io.BytesIO(), kind, **options)
    return out.getvalue()[:HEAD_BYTES]


@pytest.mark.parametrize(("kind", "options"), KINDS)
@pytest.mark.parametrize(
    ("size", "wide"), [((900, 640), True), ((640, 640), False), ((2000, 640), False), ((300, 200), False)]
)
def test_wide_pictures(kind: str, options: dict[str, object], size: tuple[int, int], wide: bool) -> None:
    data = head(size, kind, **options)
    assert may_be_two(data, sniff(data)) is wide
    assert still(data) is not wide


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_pictures_that_may_lie_on_their_side(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = head((640, 900), kind, exif=exif)
    assert may_be_two(data, sniff(data)) and not still(data)


def test_what_cannot_be_told_may_be_two() -> None:
    data = head((640, 640), "JPEG", exif=b"Exif\0\0" + bytes(HEAD_BYTES))
    assert may_be_two(data, "jpeg") and may_be_two(b"\x89PNG", "png") and may_be_two(data, "tiff")
    assert not still(b"II*\0" + bytes(100))


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_no_byte_raises(kind: str, options: dict[str, object]) -> None:
    data = head((900, 640), kind, **options)
    for at in range(2, min(len(data), 40)):
        for value in (0, 0xFF):
            may_be_two(data[:at] + bytes((value,)) + data[at + 1 :], kind.lower())
        may_be_two(data[:at], kind.lower())
