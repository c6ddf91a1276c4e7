"""Whether a picture is so wide that two pages may be on it, as far as its first bytes tell."""

from __future__ import annotations

import struct

WIDE = 1.15, 2.1
"""Width in heights, from and up to which a picture may be two pages."""
_LEAST = 500
"""Pixels of the height: nobody scans books smaller."""
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of a JPEG that tell its size (ITU-T T.81, table B.1)."""

_WEBP_EXIF = 0b1000


def is_wide(width: int, height: int) -> bool:
    """Whether a picture of this size may show two pages."""
    return height >= _LEAST and WIDE[0] * height <= width <= WIDE[1] * height


def may_be_two(head: bytes, format: str) -> bool:
    """Whether a picture may show two pages; also where that cannot be told.

    Args:
        head: its first bytes.
        format: as sniffed.
    """
    if format == "png" and len(head) >= 24:
        return is_wide(*struct.unpack_from(">II", head, 16))
    if format == "bmp" and len(head) >= 26:
        short = head[14:18] == b"\x0c\0\0\0"
        width, height = struct.unpack_from("<HH" if short else "<ii", head, 18)
        return is_wide(width, abs(height))
    if format == "webp" and len(head) >= 30:
        width, height = _webp_size(head)
        turned = head[12:16] == b"VP8X" and head[20] & _WEBP_EXIF
        return is_wide(width, height) or bool(turned and is_wide(height, width))
    return _jpeg_may_be_two(head) if format == "jpeg" else True


def _webp_size(head: bytes) -> tuple[int, int]:
    """RFC 9649, 2.5 to 2.7."""
    if head[12:16] == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if head[12:16] == b"VP8L":
        both = int.from_bytes(head[21:25], "little")
        return (both & 0x3FFF) + 1, (both >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", head, 26)
    return width & 0x3FFF, height & 0x3FFF


def _jpeg_may_be_two(head: bytes) -> bool:
    at, turned = 2, False
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4], "big")
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", head, at + 5)
            return is_wide(width, height) or (turned and is_wide(height, width))
        turned = turned or (marker == 0xE1 and head[at + 4 : at + 8] == b"Exif")  # it may say that it lies on its side
        at += 1 if marker == 0xFF else 2 + length
    return True
