"""Formats by content: the name of a file says nothing."""

from __future__ import annotations

from collections.abc import Iterable

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
_UNREADABLE = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old or encrypted Office document",
    b"{\\rtf": "an RTF document",
    b"%!PS": "a PostScript file",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"AT&TFORM": "a DjVu document",
    b"<svg": "an SVG drawing",
    b"<!DOCTYPE": "an HTML or XML page",
    b"<html": "an HTML page",
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
_BRANDS = {b"avif": "avif", b"avis": "avif"} | dict.fromkeys(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"miaf"), "heic"
)


def sniff(head: bytes) -> str:
    """Name of the format of a file that begins with `head` (its first `HEAD_BYTES`), or an empty string."""
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
        return "" if office([head[30 : 30 + int.from_bytes(head[26:28], "little")], head[30:]]) else "zip"
    return "pdf" if b"%PDF-" in head[:1024] else ""


def office(names: Iterable[bytes]) -> str:
    """What an archive is that has members of these names, where it is a document; else an empty string."""
    names = tuple(names)
    if not any(name.startswith(_OFFICE_STARTS) for name in names):
        return ""
    return next((what for part, what in _OFFICE_PARTS.items() if any(part in name for name in names)), "a document")


def describe(head: bytes) -> str:
    """What a file that cannot be read seems to be, as words for a message; empty when nobody knows."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, name in _UNREADABLE.items():
        if start[: len(magic)].lower() == magic.lower():
            return name
    if head.startswith(b"PK\x03\x04"):
        return next((name for part, name in _OFFICE_PARTS.items() if part in head), "a ZIP archive")
    if head and not any(b < 9 or 13 < b < 27 for b in head):
        return "plain text"
    return ""
