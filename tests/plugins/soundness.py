"""What holds for every document, whatever was read."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import Levenshtein

from legenda.document import Document, Line, bounds

SLACK = 3.0  # page units: boxes are grown a little beyond the ink, also over the edge of the page


def sound(document: Document) -> Document:
    """The document, after its spans, polygons, confidences and page numbers were checked."""
    numbers = [page.number for page in document.pages]
    assert numbers == sorted(set(numbers))
    assert document.text == "\n".join(page.text for page in document.pages)
    for page in document.pages:
        assert page.span.of(document.text) == page.text
        assert page.text == "\n".join(line.content for line in page.lines if line.content)
        for block in page.blocks:
            assert block.span.of(document.text) == "\n".join(x.content for x in block.lines if x.content)
        for part in (*page.lines, *page.words):
            assert part.span.of(document.text) == part.content
            assert 0 <= part.confidence <= 1
            left, top, right, bottom = bounds(part.polygon)
            assert -SLACK <= left < right <= page.width + SLACK
            assert -SLACK <= top < bottom <= page.height + SLACK
        assert all(line.unreadable == (not line.content) for line in page.lines)
        assert all(word.content == word.content.strip() != "" for word in page.words)
    return document


def likeness(text: str, truth: str) -> float:
    """1 less the share of characters that differ."""
    return Levenshtein.normalized_similarity(text, truth)


def contents(lines: Iterable[Line]) -> list[str]:
    """The lines' texts from top to bottom."""
    return [line.content for line in sorted(lines, key=lambda line: bounds(line.polygon)[1])]
