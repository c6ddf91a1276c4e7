"""Ids of jobs as interfaces write them that have UUIDs: 32 hexadecimal digits, with dashes or without."""

from __future__ import annotations

import re

_UUID = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}")


def plain(text: str) -> str:
    """The id of a job; empty for what can be none."""
    text = text.lower()
    return text.replace("-", "") if _UUID.fullmatch(text) else ""


def dashed(id: str) -> str:
    """The same in the usual form."""
    return f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}"
