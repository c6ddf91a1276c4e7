"""Plain text, UTF-8: in reading order, or laid out as on the page. A form feed stands alone between pages."""

from __future__ import annotations

from legenda.document import Block, Page
from legenda.exports.base import Exporter
from legenda.exports.grid import layout
from legenda.exports.rows import rows

_BETWEEN_CELLS = "  "


class Text(Exporter):
    """Reading order: a line per visual row, two spaces between its cells, a blank line between blocks."""

    format = "txt"
    suffix = ".txt"

    def _add(self, page: Page) -> None:
        text = self._text(page)
        self._write(("\f\n" if self._count else "") + (f"{text}\n" if text else ""))

    def close(self) -> None:
        """Nothing comes after the last page."""

    def _text(self, page: Page) -> str:
        return "\n\n".join(text for block in page.blocks if (text := _block(block)))


def _block(block: Block) -> str:
    found = rows([line for line in block.lines if line.content])
    return "\n".join(_BETWEEN_CELLS.join(line.content for line in row) for row in found)


class LayoutText(Text):
    """Columns, table gaps and blank space kept by placing text on a grid of characters."""

    format = "txt-layout"

    def _text(self, page: Page) -> str:
        return layout(list(page.lines))
