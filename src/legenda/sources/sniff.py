"""Formats by content: the name of a file says nothing."""

from __future__ import annotations

from collections.abc import Iterable

from legenda.sources.plain import text_format
from legenda.sources.shape import may_be_two

HEAD_BYTES = 4096

_OFFICE_PARTS = {
    b"word/": "a Word document",
    b"xl/": "an Excel workbook",
    b"ppt/": "a PowerPoint presentation",
    b"mimetypeapplication/vnd.oasis": "an OpenDocument file",
    b"mimetypeapplication/epub": "an EPUB book",
    b"[Content_Types].xml": "an Office document",
}
_OFFICE_STARTS = (
    *(b"[Content_Types].xml", b"_rels/.rels", b"word/document.xml", b"xl/workbook.xml", b"ppt/presentation.xml"),
    b"mimetypeapplication/",
)
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06")
_ODF = b"application/vnd.oasis.opendocument."
_MIMETYPES = {
    **{_ODF + kind: format for kind, format in ((b"text", "odt"), (b"spreadsheet", "ods"), (b"presentation", "odp"))},
    b"application/epub+zip": "epub",
}
"""What lies unpacked at the start of OpenDocument files and books, or the beginning of it."""
_MAIN_PARTS = ((b"word/document", "docx"), (b"xl/workbook.bin", "xlsb"), (b"xl/workbook", "xlsx"), (b"ppt/", "pptx"))
_UNREADABLE = {
    b"%!PS": "a PostScript file",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"AT&TFORM": "a DjVu document",
    b"<svg": "an SVG drawing",
    b"8BPS": "a Photoshop picture",
    b"\x00\x00\x00\x0cJXL ": "a JPEG XL picture",
    b"\xff\x0a": "a JPEG XL picture",
}
_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"BM": "bmp",
    b"II*\x00": "tiff",
    b"MM\x00*": "tiff",
    b"II+\x00": "tiff",
    b"MM\x00+": "tiff",
    b"\x00\x00\x00\x0cjP  \r\n\x87\n": "jpeg2000",
    b"\xff\x4f\xff\x51": "jpeg2000",
    b"\x00\x00\x01\x00": "ico",
}
_OTHERS = {b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "ole", b"{\\rtf": "rtf"}
_BRANDS = {b"avif": "avif", b"avis": "avif"} | dict.fromkeys(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"miaf"), "heic"
)


_WEBP_MOVES = 0b10
"""Of the flags of an extended WebP: it is an animation."""
PICTURES = frozenset((*_MAGIC.values(), *_BRANDS.values(), "webp", "pnm"))
OFFICE = frozenset(
    ("ooxml", "ole", "docx", "xlsx", "pptx", "odt", "ods", "odp", "xlsb", "epub", "rtf", "html", "csv", "txt")
)
"""Of these `legenda.sources.office` makes pages. `ooxml` and `ole` are families: which it is takes more than a look."""


def sniff(head: bytes) -> str:
    """Name of the format of a file that begins with `head` (its first `HEAD_BYTES`), or an empty string.

    A `zip` may turn out to be an Office file after all.
    """
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        brands = [head[8:12], *(head[i : i + 4] for i in range(16, min(int.from_bytes(head[:4], "big"), 64), 4))]
        return next((_BRANDS[b] for b in sorted(brands, key=lambda b: b not in (b"avif", b"avis")) if b in _BRANDS), "")
    if len(head) > 2 and head[:1] == b"P" and head[1:2] in b"123456" and head[2:3] in b" \t\r\n#":
        return "pnm"
    if head[:4] in _ARCHIVES:
        return _packed(head)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    for magic, name in _OTHERS.items():
        if head.startswith(magic):
            return name
    return "" if _known_unreadable(head) else text_format(head, len(head) < HEAD_BYTES)


def still(head: bytes) -> bool:
    """Whether a file that begins with `head` is a picture of one page, without a look at the rest."""
    format = sniff(head)
    if format == "webp":
        lies = len(head) > 20 and (head[12:16] != b"VP8X" or not head[20] & _WEBP_MOVES)
    else:
        lies = format in ("jpeg", "bmp") or (format == "png" and b"acTL" not in head)
    return lies and not may_be_two(head, format)


def _packed(head: bytes) -> str:
    """Format of a ZIP: its first members tell what it is meant to be, most often."""
    names = [head[30 : 30 + int.from_bytes(head[26:28], "little")], head[30:]]
    if names[0] == b"mimetype":
        return next((name for kind, name in _MIMETYPES.items() if head[38:].startswith(kind)), "ooxml")
    return (office_format(names) or "ooxml") if office(names) else "zip"


def office_format(names: Iterable[bytes]) -> str:
    """Which Office format an archive with members of these names has; an empty string if that is not said."""
    names = tuple(names)
    return next((name for part, name in _MAIN_PARTS if any(part in found for found in names)), "")


def office(names: Iterable[bytes]) -> str:
    """What an archive is that has members of these names, where it is a document; else an empty string."""
    names = tuple(names)
    if not any(name.startswith(_OFFICE_STARTS) for name in names):
        return ""
    return next((what for part, what in _OFFICE_PARTS.items() if any(part in name for name in names)), "a document")


def describe(head: bytes) -> str:
    """What a file that cannot be read seems to be, as words for a message; empty when nobody knows."""
    if name := _known_unreadable(head):
        return name
    if head.startswith(b"PK\x03\x04"):
        return next((name for part, name in _OFFICE_PARTS.items() if part in head), "a ZIP archive")
    return ""


def _known_unreadable(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return next((n for magic, n in _UNREADABLE.items() if start[: len(magic)].lower() == magic.lower()), "")
