"""Markdown as the content: where in it lines and words stand, though markup and breaks are not as in the text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from legenda.document import Block, Page, Span, Word
from legenda.server.asking import text
from legenda.server.dialects.read import IndexType, Rendition, Ruler
from legenda.server.dialects.read.words import read_words

_BREAK = "\n\n<!-- PageBreak -->\n\n"


class Marked:
    """A document as Markdown.

    Args:
        made: the document.
        index: what offsets and lengths count.

    Attributes:
        content: the Markdown.
        ruler: measures in it what has spans in the plain text.
    """

    def __init__(self, made: Rendition, index: IndexType) -> None:
        self._pages: dict[int, Span] = {}
        self._blocks: dict[tuple[int, int], Span] = {}
        parts: list[str] = []
        placed: list[tuple[Span, Span]] = []
        offset = 0
        for page in made.pages:
            start = offset
            for place, block in enumerate(page.blocks):
                written = text([replace(page, blocks=(block,))], "md")
                gap = "" if offset == start or not written else "\n\n"
                offset += len(gap)
                self._blocks[page.number, place] = Span(offset, len(written))
                placed += _placed(block, written, offset)
                parts += [gap, written]
                offset += len(written)
            self._pages[page.number] = Span(start, offset - start)
            parts.append(_BREAK)
            offset += len(_BREAK)
        self.content = "".join(parts[:-1])
        self.ruler = MarkedRuler(self.content, index, placed)

    def page(self, page: Page) -> dict[str, int]:
        """Where a page stands."""
        return self.ruler.marked(self._pages[page.number])

    def block(self, page: Page, place: int) -> dict[str, int]:
        """Where a block of a page stands."""
        return self.ruler.marked(self._blocks[page.number, place])


class MarkedRuler(Ruler):
    """Measures in Markdown the spans of the plain text.

    Args:
        content: the Markdown.
        index: what is counted.
        placed: spans of words in the plain text, ascending, and in the Markdown.
    """

    def __init__(self, content: str, index: IndexType, placed: Sequence[tuple[Span, Span]]) -> None:
        super().__init__(content, index)
        self._starts = [plain.offset for plain, _ in placed]
        self._spans = [marked for _, marked in placed]

    def span(self, offset: int, length: int) -> dict[str, int]:
        """From the first to the last word that begins in a span of the plain text."""
        first, last = bisect_left(self._starts, offset), bisect_right(self._starts, offset + length - 1)
        within = self._spans[first:last]
        if not within:
            return self.marked(Span(self._spans[first].offset if first < len(self._spans) else 0, 0))
        start = min(span.offset for span in within)
        return self.marked(Span(start, max(sum(span) for span in within) - start))

    def marked(self, span: Span) -> dict[str, int]:
        """A span of the Markdown."""
        return super().span(*span)


def _placed(block: Block, written: str, offset: int) -> Iterator[tuple[Span, Span]]:
    """Where each word of a block stands in its Markdown: after the one before, or elsewhere if it was moved."""
    at = 0
    for line in block.lines:
        for word in read_words(line):
            found = _found(word, written, at) or (_found(word, written, 0) if at else None)
            if found:
                at = found.end()
                yield word.span, Span(offset + found.start(), at - found.start())
            else:  # a bullet, or a hyphen of a broken word
                yield word.span, Span(offset + at, 0)


def _found(word: Word, written: str, at: int) -> re.Match[str] | None:
    """A word, with backslashes in it; of a word broken at the line's end, what is left of it."""
    for content in (word.content, word.content.rstrip("-\u2010\u00ad")):
        if content and (found := re.compile(r"\\?".join(map(re.escape, content))).search(written, at)):
            return found
    return None
