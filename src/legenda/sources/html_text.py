"""Text and structure of HTML, in the sandbox; nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from legenda.sources.told import MOST_COLUMNS, Piece, Spanning, grid

_UNSEEN = frozenset(("script", "style", "head", "template", "noscript", "svg", "select"))
_BLOCKS = frozenset(
    (
        *("p", "div", "br", "tr", "li", "ul", "ol", "dl", "dt", "dd", "table", "caption", "hr", "pre"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "header", "footer", "nav", "aside"),
        *("blockquote", "figure", "figcaption", "body"),
    )
)
_LISTS = ("ul", "ol")
_HEADING = re.compile(r"h[1-6]")
_SPACES = re.compile(r"[ \t\r\n\f]+")


def pieces_of(text: str) -> Iterator[Piece]:
    """Paragraphs and cells, without empty ones."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.end()
    yield from (piece for piece in reader.pieces if piece.text.strip())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self._text: list[str] = []
        self._kind, self._level = "text", 0
        self._unseen: list[str] = []
        self._lists = self._tables = 0
        self._nested = 0
        self._rows: list[list[Spanning]] = []
        self._cell: tuple[int, int, bool] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag == "body":
            self._unseen.clear()  # whoever forgot to close the head
        elif tag == "img" and not self._unseen:
            self._text.append(dict(attrs).get("alt") or "")
        if tag in _LISTS:
            self._lists += 1
        if tag == "table":
            self._nested += 1
        if self._nested == 1 and tag in ("tr", "td", "th"):
            self._end_cell()
            if tag == "tr" or not self._rows:
                self._rows.append([])
            if tag != "tr":
                self._cell = (*(_span(dict(attrs).get(f"{side}span")) for side in ("row", "col")), tag == "th")  # type: ignore[assignment]
        elif tag in _BLOCKS or tag in ("td", "th"):
            self._end_paragraph()
        if _HEADING.fullmatch(tag):
            self._kind, self._level = "heading", int(tag[1])
        elif tag == "li":
            self._kind, self._level = "list", max(self._lists, 1)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            while self._unseen.pop() != tag:
                pass
            return
        if tag in _LISTS:
            self._lists = max(0, self._lists - 1)
        if tag == "table" and self._nested:
            self._nested -= 1
            if not self._nested:
                self._end_table()
        elif self._nested == 1 and tag in ("tr", "td", "th"):
            self._end_cell()
        elif tag in _BLOCKS:
            self._end_paragraph()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._text.append(_SPACES.sub(" ", data))

    def end(self) -> None:
        """Nothing comes any more."""
        self._end_table()
        self._end_paragraph()

    def _end_paragraph(self) -> None:
        if self._cell is not None:
            self._text.append("\n")
            return
        self.pieces.append(Piece("".join(self._text), self._kind, self._level))
        self._text.clear()
        self._kind, self._level = "text", 0

    def _end_cell(self) -> None:
        if self._cell is None:
            self._end_paragraph()
            return
        lines = (line.strip() for line in "".join(self._text).split("\n"))
        self._rows[-1].append(Spanning("\n".join(filter(None, lines)), *self._cell))
        self._text.clear()
        self._cell = None

    def _end_table(self) -> None:
        if self._cell is not None:
            self._end_cell()
        self.pieces += grid(self._rows, self._tables)
        self._tables += 1
        self._nested = 0
        self._rows = []
        self._end_paragraph()


def _span(value: str | None) -> int:
    return min(int(value), MOST_COLUMNS) if value and value.isdecimal() and len(value) < 6 else 1
