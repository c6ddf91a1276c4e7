"""Names for files that came from elsewhere: from headers (RFC 6266) or URLs, made harmless."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

_EXTENDED = re.compile(r"""filename\*\s*=\s*"?([\w-]+)'[\w-]*'([^;"\s]+)""", re.IGNORECASE)
_QUOTED = re.compile(r'filename\s*=\s*"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_BARE = re.compile(r'filename\s*=\s*([^;"\s]+)', re.IGNORECASE)
_LONGEST = 200  # bytes; file systems take 255, and something may be appended
_LONGEST_HEADER = 4096


def file_name(disposition: str = "", url: str = "") -> str:
    """Find the name a server gives a file, in `Content-Disposition` or else the last part of the URL's path.

    Returns:
        A name that `clean` has passed; `document` where there is none.
    """
    return clean(_given(disposition[:_LONGEST_HEADER])) or clean(unquote(urlsplit(url).path)) or "document"


def clean(name: str) -> str:
    """Make a name harmless: no folders, no control or direction-turning characters, not hidden, at most 200 bytes."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(" " if c.isspace() else c for c in last if c.isspace() or unicodedata.category(c)[0] != "C")
    plain = re.sub(r'[<>:"|?*]', "_", " ".join(seen.split())).strip(". ")
    stem, dot, suffix = plain.rpartition(".")
    if len(plain.encode()) <= _LONGEST:
        return plain
    if not stem or len(suffix.encode()) > 16:
        stem, dot, suffix = plain, "", ""
    room = _LONGEST - len(f"{dot}{suffix}".encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + dot + suffix


def _given(disposition: str) -> str:
    if match := _EXTENDED.search(disposition):
        # RFC 8187 knows UTF-8 only, its forerunner this one besides
        return unquote(match[2], encoding="latin-1" if match[1].lower() == "iso-8859-1" else "utf-8", errors="replace")
    if match := _QUOTED.search(disposition):
        return re.sub(r"\\(.)", r"\1", match[1])
    match = _BARE.search(disposition)
    return match[1] if match else ""
