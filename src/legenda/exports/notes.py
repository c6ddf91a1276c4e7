"""Notes at the foot of a page and the marks in its text that lead to them."""

from __future__ import annotations

import re

from legenda.document import Block, Page

_LABEL = re.compile(r"\s*(\d{1,3}|[*†‡§¶]{1,3}|[a-z])[.)]?\s*(?=\S)")


class Notes:
    """The notes of a page that something in its text leads to; of others nobody would see the text.

    Args:
        page: with marks in its lines.
    """

    def __init__(self, page: Page) -> None:
        self._prefix = str(page.number)
        raised = {
            line.content[mark.start : mark.start + mark.length].strip()
            for block in page.blocks
            if block.kind != "footnote"
            for line in block.lines
            for mark in line.marks
            if mark.kind == "superscript"
        }
        labels = [_label(block) for block in page.blocks if block.kind == "footnote"]
        self._names = {label for label in labels if label in raised and label.isalnum()}

    def name_of(self, block: Block) -> str:
        """Of a note that is referred to, else empty."""
        label = _label(block) if block.kind == "footnote" else ""
        return f"{self._prefix}-{label}" if label in self._names else ""

    def reference(self, raised: str) -> str:
        """The name of the note that a raised number leads to, else empty."""
        return f"{self._prefix}-{raised}" if raised in self._names else ""

    def without_label(self, text: str) -> str:
        """The text of a note as it is written, without its number."""
        return re.sub(r"^(<sup>)?\W*\w{1,3}\W*?(</sup>|\\?[.)])?\s+", "", text, count=1)


def _label(block: Block) -> str:
    match = _LABEL.match(block.lines[0].content) if block.lines else None
    return match[1] if match else ""
