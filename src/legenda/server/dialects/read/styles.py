"""What is written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from legenda.document import Block, Line, Page, Span
from legenda.server.dialects.read.rulers import Ruler


def style_of(block: Block, line: Line) -> tuple[bool, float]:
    """Whether a line is written by hand, and how sure that is (0..1); 0 where nobody looked."""
    style = line.style
    if style and style.handwritten is not None:
        return style.handwritten, 1.0 if style.handwritten_confidence is None else style.handwritten_confidence
    return (True, block.confidence) if block.kind == "handwriting" else (False, 0.0)


def handwriting(pages: Iterable[Page], ruler: Ruler) -> list[dict[str, Any]]:
    """Styles of what is written by hand: one for each confidence to one decimal, neighbouring lines in one span."""
    found: dict[float, list[Span]] = {}
    for page in pages:
        for block in page.blocks:
            for line in block.lines:
                written, confidence = style_of(block, line)
                if written and line.content:
                    _put(found.setdefault(round(confidence, 1), []), line.span, page)
    return [
        {"confidence": confidence, "spans": [ruler.span(*span) for span in spans], "isHandwritten": True}
        for confidence, spans in sorted(found.items(), reverse=True)
    ]


def _put(spans: list[Span], span: Span, page: Page) -> None:
    """Add a span, to the last one where only a line feed of the same page lies between."""
    if spans and spans[-1].offset >= page.span.offset and sum(spans[-1]) + 1 == span.offset:
        span = Span(spans[-1].offset, span.length + span.offset - spans.pop().offset)
    spans.append(span)
