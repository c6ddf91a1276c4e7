"""Markdown (CommonMark): paragraphs, headings and lists by kind of block; what would be misread is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence

from legenda.document import Block, Line, Page
from legenda.exports.base import Exporter
from legenda.exports.grid import layout
from legenda.exports.paragraphs import is_table, items, joined, paragraphs
from legenda.exports.table_markdown import markdown
from legenda.exports.tables import table

_HEADINGS = {"title": "# ", "heading": "## "}
_INLINE = re.compile(
    r"""\\(?=[!-/:-@\[-`{-~]|$) | ` | (?<!\s)\*|\*(?!\s) | (?<!\w)_|_(?!\w) | \](?=[(\[:]) | \[(?=[ xX]\]\s|\^)
    | <(?=[A-Za-z/!?]) | &(?=\#?\w+;) | ~(?=~)|(?<=\S)~""",
    re.VERBOSE,
)
_START = re.compile(r"(?=\#{1,6}(?:\s|$)|>|[-+*](?:\s|$)|[-=_:|*][-=_:|*\s]*$|\|)")
_ORDERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")


class Markdown(Exporter):
    """One paragraph per block, one blank line between blocks and pages."""

    format = "md"
    suffix = ".md"

    def __init__(self, *args: object, page_breaks: bool = False) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._page_breaks = page_breaks
        self._begun = False

    def _add(self, page: Page) -> None:
        blocks = [text for block in page.blocks if (text := _block(block, page.text))]
        if self._page_breaks and self._count:
            blocks.insert(0, "---")
        for text in blocks:
            self._write(("\n" if self._begun else "") + text + "\n")
            self._begun = True

    def close(self) -> None:
        """Nothing comes after the last page."""


def _block(block: Block, page_text: str) -> str:
    lines = [line for line in block.lines if line.content.strip()]
    if not lines:
        return ""
    if block.table:
        return markdown(table(block), lambda cell: escape(cell.text) if cell.text else "")
    if block.kind == "code" or is_table(block):
        return _fenced(layout(lines))
    if block.kind == "list":
        return _list(lines, page_text)
    if block.kind in _HEADINGS:
        return _HEADINGS[block.kind] + escape(joined([line.content for line in lines], page_text)).rstrip("#")
    return "\\\n".join(escape(text) for text in paragraphs(lines, page_text))


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _list(lines: Sequence[Line], page_text: str) -> str:
    return "\n".join(f"{name} {escape(text)}" for name, text in items(lines, page_text))


def escape(text: str) -> str:
    """One line of text with a backslash before everything CommonMark or GitHub would read as markup."""
    text = _INLINE.sub(lambda match: "\\" + match[0], " ".join(text.split()))
    text = _ORDERED.sub(r"\1\\\2", text, count=1) if _ORDERED.match(text) else text
    return "\\" + text if _START.match(text) else text
