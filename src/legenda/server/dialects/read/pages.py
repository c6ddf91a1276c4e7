"""Pages as Read has them now (`content`, `polygon`, spans), and as Read 3.x had them (`text`, `boundingBox`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from legenda.document import Block, Line, Page, Word
from legenda.document.geometry import signed
from legenda.server.dialects.read.rulers import Ruler
from legenda.server.dialects.read.styles import style_of
from legenda.server.dialects.read.words import read_words

MODEL_DATE = "2026-11-20"
"""When the models that read were chosen (`docs/weights.md`): for protocols whose model versions are dates."""

_POINTS = 72.0  # an inch
Number = int | float


def read_lines(page: Page) -> Iterator[tuple[Block, Line, Sequence[Word]]]:
    """The lines that have text, in reading order, with their words."""
    for block in page.blocks:
        for line in block.lines:
            if line.content:
                yield block, line, read_words(line)


def unit_of(page: Page) -> tuple[str, Callable[[float], Number]]:
    """`pixel` for pictures, `inch` for all else; and what makes the page's own numbers such ones."""
    if page.unit == "pixel":
        return "pixel", round
    scale = _POINTS if page.unit == "point" else 1.0
    return "inch", lambda value: round(value / scale, 4) + 0.0


def certainty(confidence: float) -> float:
    """A probability to four decimals."""
    return round(min(1.0, max(0.0, confidence)), 4)


def polygon_of(numbers: Iterable[float], measured: Callable[[float], Number]) -> list[Number]:
    """x1, y1 … x4, y4 in Read's units."""
    return [measured(value) for value in numbers]


def current(page: Page, ruler: Ruler) -> dict[str, Any]:
    """A page as Document Intelligence has it.

    Args:
        page: printable, with spans in the content.
        ruler: of the content.
    """
    lines, words = [], []
    unit, measured = unit_of(page)
    for _, line, found in read_lines(page):
        polygon = polygon_of(line.polygon, measured)
        lines.append({"content": line.content, "polygon": polygon, "spans": [ruler.span(*line.span)]})
        words += [_word(word, measured, ruler) for word in found]
    return {
        "pageNumber": page.number,
        "angle": signed(page.angle) + 0.0,
        **_size(page, unit, measured),
        "lines": lines,
        "words": words,
        "spans": [ruler.span(*page.span)],
    }


def former(page: Page) -> dict[str, Any]:
    """A page as Read 3.x has it; spans are not yet known there, and angles lie in [-180, 180)."""
    unit, measured = unit_of(page)
    angle = signed(page.angle) + 0.0
    return {
        "page": page.number,
        "angle": -180.0 if angle == 180 else angle,
        **_size(page, unit, measured),
        "lines": [_former_line(block, line, words, measured) for block, line, words in read_lines(page)],
    }


def _size(page: Page, unit: str, measured: Callable[[float], Number]) -> dict[str, Any]:
    return {"width": measured(page.width), "height": measured(page.height), "unit": unit}


def _word(word: Word, measured: Callable[[float], Number], ruler: Ruler) -> dict[str, Any]:
    return {
        "content": word.content,
        "polygon": polygon_of(word.polygon, measured),
        "confidence": certainty(word.confidence),
        "span": ruler.span(*word.span),
    }


def _former_line(
    block: Block, line: Line, words: Sequence[Word], measured: Callable[[float], Number]
) -> dict[str, Any]:
    written, confidence = style_of(block, line)
    return {
        "boundingBox": polygon_of(line.polygon, measured),
        "text": line.content,
        "appearance": {
            "style": {"name": "handwriting" if written else "other", "confidence": certainty(confidence)},
        },
        "words": [
            {
                "boundingBox": polygon_of(word.polygon, measured),
                "text": word.content,
                "confidence": certainty(word.confidence),
            }
            for word in words
        ],
    }
