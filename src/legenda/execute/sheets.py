"""Pages as they are stored."""

from __future__ import annotations

from typing import Any, NamedTuple


class Sheet(NamedTuple):
    """A page as plain values (`page_to_dict`), and the same as JSON text."""

    page: dict[str, Any]
    written: str


Kept = dict[str, Sheet]
"""The page read last, by its key: often the next thing wanted is the document that it is all of."""
