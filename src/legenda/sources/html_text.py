"""Text of HTML, in the sandbox. Cells of a row are parted by tabs; nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

_UNSEEN = frozenset(("script", "style", "head", "template", "noscript", "svg", "select"))
_BLOCKS = frozenset(
    (
        *(
            "p",
            "div",
            "br",
            "tr",
            "li",
            "ul",
            "ol",
            "dl",
            "dt",
            "dd",
            "table",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
        ),
        *(
            "section",
            "article",
            "header",
            "footer",
            "nav",
            "aside",
            "blockquote",
            "pre",
            "figure",
            "figcaption",
            "body",
        ),
    )
)
_SPACES = re.compile(r"[ \t\r\n\f]+")


def lines_of(text: str) -> Iterator[str]:
    """Lines, without empty ones."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = ("\t".join(cell.strip() for cell in line.split("\t")) for line in "".join(reader.parts).split("\n"))
    yield from filter(str.strip, lines)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag == "body":
            self._unseen.clear()  # whoever forgot to close the head
        elif tag in ("td", "th"):
            self.parts.append("\t")
        elif tag == "img" and not self._unseen:
            self.parts.append(dict(attrs).get("alt") or "")
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            while self._unseen.pop() != tag:
                pass
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(_SPACES.sub(" ", data))
