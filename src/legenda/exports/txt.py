"""Plain text, UTF-8: in reading order, or laid out as on the page. A form feed stands alone between pages."""

from __future__ import annotations

from legenda.document import Page
from legenda.exports.base import Exporter
from legenda.exports.grid import layout


class Text(Exporter):
    """Reading order: a line per line, a blank line between blocks."""

    format = "txt"
    suffix = ".txt"

    def _add(self, page: Page) -> None:
        text = self._text(page)
        self._write(("\f\n" if self._count else "") + (f"{text}\n" if text else ""))

    def close(self) -> None:
        """Nothing comes after the last page."""

    def _text(self, page: Page) -> str:
        blocks = ("\n".join(line.content for line in block.lines if line.content) for block in page.blocks)
        return "\n\n".join(block for block in blocks if block)


class LayoutText(Text):
    """Columns, table gaps and blank space kept by placing text on a grid of characters."""

    format = "txt-layout"

    def _text(self, page: Page) -> str:
        return layout(list(page.lines))
