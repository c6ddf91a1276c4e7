"""A document made ready to be rendered: text that can be written, and what measures it."""

from __future__ import annotations

from legenda.document import Document
from legenda.document.text import printable_page
from legenda.server.dialects.read.rulers import IndexType, Ruler


class Rendition:
    """A document, its text, and a ruler for its spans.

    Args:
        document: with spans of its own text.
        index: what offsets and lengths count.

    Attributes:
        content: the pages' texts joined by line feeds.
        pages: with spans in `content`, in code points.
        ruler: measures them.
    """

    def __init__(self, document: Document, index: IndexType = "unicodeCodePoint") -> None:
        self.pages = [printable_page(page) for page in document.pages]
        self.content = "\n".join(page.text for page in self.pages)
        self.ruler = Ruler(self.content, index)
