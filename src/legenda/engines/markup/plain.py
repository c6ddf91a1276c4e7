"""Text without markup."""

from __future__ import annotations

import re

from legenda.engines.transcriber import Passage


def plain(text: str) -> tuple[Passage, ...]:
    """Paragraphs, with their lines as they are."""
    parts = (part.strip("\n") for part in re.split(r"\n\s*\n", text))
    return tuple(Passage(part) for part in parts if part.strip())
