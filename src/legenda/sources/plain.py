"""Files without a signature: plain text, tables as text, HTML, mail. Told by their first bytes; decoded whole."""

from __future__ import annotations

import codecs
import csv
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
"""What no text has: control characters but tabs, line ends, form feeds and escapes."""
_MIN_LEGACY = 32
"""Bytes from which on text that is no UTF-8 can be told from anything else that has no control characters."""
_MOSTLY = 0.7
"""Share of ASCII in text of Latin script in an old code page; Cyrillic and Greek have a quarter."""
_HTML = re.compile(
    r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|(?:html|head|body|title|meta|table|div|h1|p)[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_HEADER = re.compile(r"[!-9;-~]+:(?:[ \t].*)?")
_MAIL = frozenset(
    ("from", "to", "cc", "subject", "date", "received", "message-id", "mime-version", "return-path", "delivered-to")
)
_MIN_MAIL = 2
DELIMITERS = ",;\t|"
_MAX_SPACED = 0.5
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)


def text_format(head: bytes, whole: bool = False) -> str:
    """`eml`, `html`, `csv` or `txt`; an empty string where this is no text.

    Args:
        head: the first bytes, or all of them.
        whole: whether these are all.
    """
    encoding = _encoding(head, whole)
    if not encoding:
        return ""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head, whole).lstrip("\ufeff")
    start = text.lstrip()
    if _is_mail(text):
        return "eml"
    if _HTML.match(start):
        return "html"
    return "csv" if delimiter_of(text, whole) else "txt" * bool(start)


def decoded(data: bytes) -> str:
    """All of a text, whatever it is encoded in; what cannot be decoded becomes U+FFFD.

    HTML may say what it is encoded in.
    """
    encoding = _encoding(data, True) or "cp1252"
    if encoding in _LEGACY and (said := _CHARSET.search(data[:4096])):
        try:
            encoding = codecs.lookup(said[1].decode("ascii")).name
        except LookupError:
            encoding = "cp1252"
    return data.decode(encoding, "replace").lstrip("\ufeff")


def delimiter_of(text: str, whole: bool = True) -> str:
    """What parts the fields of a table; an empty string where this is none.

    Two lines or more have the same number of fields. Commas of prose are followed by spaces.
    """
    lines = [line for line in text.splitlines()[: None if whole else -1] if line.strip()]
    for mark in DELIMITERS:
        if len(lines) < 2 or mark not in lines[0]:
            continue
        if mark in ",;" and text.count(f"{mark} ") > _MAX_SPACED * text.count(mark):
            continue
        rows = [len(row) for row in csv.reader(lines[:200], delimiter=mark)]
        if len(set(rows)) == 1 and rows[0] > 1:
            return mark
    return ""


_LEGACY = ("cp1252", "cp1251")


def _encoding(data: bytes, whole: bool) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    if not data or _CONTROLS.search(data):
        return ""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, whole)
        return "utf-8"
    except UnicodeDecodeError:
        pass
    ascii = sum(byte < 0x80 for byte in data) / len(data)
    if ascii > _MOSTLY:
        return "cp1252"
    words = re.findall(rb"[\xc0-\xff\xa8\xb8]{2,}", data)
    cyrillic = sum(map(len, words)) > 0.8 * (1 - ascii) * len(data)
    return "cp1251" if len(data) >= _MIN_LEGACY and cyrillic and b" " in data else ""


def _is_mail(text: str) -> bool:
    """Whether it begins with headers, of which some are those of mail."""
    lines = text.splitlines()
    if lines and lines[0].startswith("From "):  # of an mbox
        lines = lines[1:]
    names: set[str] = set()
    for line in lines[:100]:
        if not line.strip():
            break
        if line[0] in " \t" and names:
            continue
        if not _HEADER.fullmatch(line):
            return False
        names.add(line.partition(":")[0].lower())
    return len(names & _MAIL) >= _MIN_MAIL
