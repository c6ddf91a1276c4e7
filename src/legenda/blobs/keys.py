"""Keys of blobs: slash-separated names that mean the same in a folder and in a bucket, and lead out of neither."""

from __future__ import annotations

import re

from legenda.errors import StorageError

_KEY = re.compile(r"(?!\.)[A-Za-z0-9._=-]{1,128}(?:/(?!\.)[A-Za-z0-9._=-]{1,128}){0,15}")


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
