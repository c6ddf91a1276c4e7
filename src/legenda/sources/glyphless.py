"""A font that draws nothing, for text that is found and copied but not seen.

Every character takes the same width. Codes are given out per document as characters turn up, so
characters beyond the Basic Multilingual Plane need nothing special; `ToUnicode` maps them back (ISO 32000-2, 9.10.3).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

ADVANCE, ASCENT, DESCENT = 500, 800, -200
"""In thousandths of the font size; ascent and descent make one em, so a word's box is as high as the font size."""

NAME = "LegendaGlyphless"
_MOST_CODES = 0xFFFE
_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


class Alphabet:
    """The characters of one document and their two-byte codes."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self.encode(" \ufffd")

    def __len__(self) -> int:
        return len(self._codes)

    def encode(self, text: str) -> str:
        """The text as hexadecimal codes, four digits a character."""
        codes = self._codes
        try:
            return "".join([codes[character] for character in text])
        except KeyError:
            for character in text:
                if character not in codes:
                    full = len(codes) >= _MOST_CODES
                    codes[character] = codes["\ufffd"] if full else f"{len(codes) + 1:04X}"
            return "".join([codes[character] for character in text])

    def to_unicode(self) -> bytes:
        """The CMap that leads from codes back to text."""
        pairs = {code: character.encode("utf-16-be").hex().upper() for character, code in reversed(self._codes.items())}
        lines = [f"<{code}> <{text}>\n" for code, text in sorted(pairs.items())]
        chunks = (lines[start : start + 100] for start in range(0, len(lines), 100))
        return _CMAP.format("".join(f"{len(c)} beginbfchar\n{''.join(c)}endbfchar\n" for c in chunks)).encode()


def font_file() -> bytes:
    """A TrueType file with two glyphs that draw nothing (OpenType 1.9, chapter 5; about 600 bytes)."""
    glyph = _glyph()
    tables = {
        b"OS/2": _os2(),
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 1, 12) + _cmap_without_characters(),
        b"glyf": glyph,
        b"head": struct.pack(
            ">IIIIHHqqhhhhHHhhh",
            *(0x00010000, 0x00010000, 0, 0x5F0F3CF5, 0, 1000, 0, 0),
            *(0, DESCENT, ADVANCE, ASCENT, 0, 8, 2, 0, 0),
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH", 0x00010000, ASCENT, DESCENT, 0, ADVANCE, 0, 0, ADVANCE, 1, *([0] * 7), 1
        ),
        b"hmtx": struct.pack(">Hhh", ADVANCE, 0, 0),
        b"loca": struct.pack(">HHH", 0, 0, len(glyph) // 2),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x00010000, 2, 3, 1, 0, 0, 2, *([0] * 8)),
        b"name": _names(),
        b"post": struct.pack(">IIhhIIIII", 0x00030000, 0, -100, 50, 1, 0, 0, 0, 0),
    }
    return _assembled(tables)


def _glyph() -> bytes:
    """From one corner of the em to the other and back: it has a box, but no area.

    PDFium leaves out text of one character whose glyph has no box.
    """
    flags = bytes([1, 1, 1])  # on the curve, coordinates in two bytes
    xs, ys = struct.pack(">hhh", 0, ADVANCE, -ADVANCE), struct.pack(">hhh", DESCENT, 1000, -1000)
    return struct.pack(">hhhhhHH", 1, 0, DESCENT, ADVANCE, ASCENT, 2, 0) + flags + xs + ys + bytes(1)


def _cmap_without_characters() -> bytes:
    return struct.pack(">HHHHHHHHHHhH", 4, 24, 0, 2, 2, 0, 0, 0xFFFF, 0, 0xFFFF, 1, 0)


def _os2() -> bytes:
    return struct.pack(
        ">HhHHHhhhhhhhhhhh10sIIII4sHHHhhhHH",
        *(0, ADVANCE, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 250, 0),
        *(bytes(10), 0, 0, 0, 0, b"NONE", 0x40, 0x20, 0xFFFF, ASCENT, DESCENT, 0, ASCENT, -DESCENT),
    )


def _names() -> bytes:
    text = NAME.encode("utf-16-be")
    wanted = (1, 4, 6)  # family, full and PostScript name
    records = b"".join(struct.pack(">HHHHHH", 3, 1, 0x409, number, len(text), 0) for number in wanted)
    return struct.pack(">HHH", 0, len(wanted), 6 + len(records)) + records + text


def _assembled(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    directory = struct.pack(">IHHHH", 0x00010000, count, 16 << power, power, 16 * count - (16 << power))
    offset, body = 12 + 16 * count, b""
    for tag, table in sorted(tables.items()):
        directory += struct.pack(">4sIII", tag, _checksum(table), offset + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    font = bytearray(directory + body)
    head = font.index(tables[b"head"])
    struct.pack_into(">I", font, head + 8, (0xB1B0AFBA - _checksum(font)) & 0xFFFFFFFF)
    return bytes(font)


def _checksum(data: bytes | bytearray) -> int:
    padded = bytes(data) + bytes(-len(data) % 4)
    words: Iterable[tuple[int]] = struct.iter_unpack(">I", padded)
    return sum(word for (word,) in words) & 0xFFFFFFFF
