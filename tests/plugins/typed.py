"""Pages with text at known places, as a reader would give them."""

from __future__ import annotations

from legenda.document import Block, Line, Page, Word, compose, from_box


def line(content: str, x: float, y: float, height: float = 20.0, confidence: float = 0.9) -> Line:
    """A line of words, each as wide as half its height times its letters."""
    words, at = [], x
    for token in content.split():
        width = height / 2 * len(token)
        words.append(Word(token, from_box(at, y, at + width, y + height), confidence))
        at += width + height / 2
    return Line(content, from_box(x, y, max(at - height / 2, x + 1), y + height), confidence, tuple(words))


def page(*texts: str, number: int = 1) -> Page:
    """A page with a block for each text; lines end where the text says, `|` sets cells 300 apart."""
    blocks, y = [], 0.0
    for text in texts:
        lines = []
        for content in text.split("\n"):
            lines += [line(cell.strip(), 300.0 * n, y) for n, cell in enumerate(content.split("|")) if cell.strip()]
            y += 26
        blocks.append(Block("text", from_box(0, y - 26 * len(text.split("\n")), 900, y), tuple(lines)))
        y += 60
    return compose(Page(number, 1000, 1400, "pixel"), blocks)
