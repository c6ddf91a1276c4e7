"""Keys of blobs: slash-separated names that mean the same in a folder and in a bucket, and lead out of neither."""

from __future__ import annotations

import re
import string
from hashlib import sha256

from legenda.errors import StorageError

_KEY = re.compile(r"(?!\.)[A-Za-z0-9._=-]{1,128}(?:/(?!\.)[A-Za-z0-9._=-]{1,128}){0,15}")
_PLAIN = frozenset(string.ascii_letters + string.digits + "._-")
_LONGEST = 100  # leaves room for the suffix of a format


def checked(key: str) -> str:
    """The key, if it is one: up to 16 names of ASCII letters, digits and `._=-`, none of which begins with a dot.

    Raises:
        StorageError: it is not; nothing outside the store can be named (`..`, absolute paths, control characters).
    """
    if not _KEY.fullmatch(key):
        raise StorageError(
            f"{key[:80]!r} is no key of a blob", "keys are names of letters, digits and ._=- with / between"
        )
    return key


def checked_prefix(prefix: str) -> str:
    """The same for a prefix: empty, or whole names, with or without a slash at the end."""
    return checked(prefix.removesuffix("/")) if prefix else ""


def escaped(name: str) -> str:
    """Any name of slash-separated parts as a key that stands for it alone.

    What keys may not have becomes `=` and two hexadecimal digits a byte, as in quoted-printable (RFC 2045). Parts that
    are too long for a key are cut, and end in a digest of the whole.
    """
    parts = [_escaped(part) for part in name.split("/") if part] or ["="]
    return "/".join([*parts[:14], _escaped("/".join(parts[14:]))] if len(parts) > 15 else parts)


def _escaped(part: str) -> str:
    written = "".join(c if c in _PLAIN else "".join(f"={byte:02X}" for byte in c.encode()) for c in part)
    written = f"=2E{written[1:]}" if written.startswith(".") else written
    if len(written) <= _LONGEST:
        return written
    return f"{written[: _LONGEST - 18]}=={sha256(part.encode()).hexdigest()[:16]}"
