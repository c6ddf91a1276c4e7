"""Documents as Mistral has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from legenda.document import Block, Document, Page, Word
from legenda.document.geometry import bounds
from legenda.server import asking
from legenda.server.asking import Job
from legenda.server.dialects.mistral.asked import Ocr

Json = dict[str, Any]

_DPI = 200  # of the pictures that Mistral measures pages in; an image is measured in its own pixels
_POINTS = {"point": 72.0, "inch": 1.0, "pixel": _DPI}
_KINDS = {
    "title": "title",
    "heading": "title",
    "list": "list",
    "table": "table",
    "formula": "equation",
    "caption": "caption",
    "header": "header",
    "footer": "footer",
    "page_number": "footer",
    "footnote": "aside_text",
    "code": "code",
}
_FURNITURE = {"header": ("header",), "footer": ("footer", "page_number")}


def answer(job: Job, document: Document, asked: Ocr) -> Json:
    """What was read."""
    usage = {"pages_processed": job.pages_done, "doc_size_bytes": job.request.source.size or None}
    return {
        "pages": [_page(page, asked) for page in document.pages],
        "model": asked.model or "mistral-ocr-latest",
        "document_annotation": None,
        "usage_info": usage,
    }


def _page(page: Page, asked: Ocr) -> Json:
    """A page; one that could not be read has neither text nor dimensions."""
    taken = {"header": asked.extract_header, "footer": asked.extract_footer}
    gone = {kind for where, kinds in _FURNITURE.items() if taken[where] for kind in kinds}
    body = replace(page, blocks=tuple(block for block in page.blocks if block.kind not in gone)) if gone else page
    markdown = asking.text([body], "md")
    apart = {where: _furniture(page, kinds) if taken[where] else None for where, kinds in _FURNITURE.items()}
    shown: Json = {"index": page.number - 1, "markdown": markdown, "images": [], "tables": [], "hyperlinks": []}
    return (
        shown
        | apart
        | {
            "dimensions": _dimensions(page),
            "blocks": [_block(page, block, asked) for block in page.blocks] if asked.include_blocks else None,
            "confidence_scores": _confidences(page, markdown, asked),
        }
    )


def _furniture(page: Page, kinds: Sequence[str]) -> str | None:
    blocks = tuple(block for block in page.blocks if block.kind in kinds)
    return asking.text([replace(page, blocks=blocks)], "md") if blocks else None


def _scale(page: Page) -> float:
    """Pixels a unit."""
    return _DPI / _POINTS[page.unit]


def _dimensions(page: Page) -> Json | None:
    if not page.width:
        return None
    scale = _scale(page)
    return {"dpi": _DPI, "height": round(page.height * scale), "width": round(page.width * scale)}


def _block(page: Page, block: Block, asked: Ocr) -> Json:
    left, top, right, bottom = (max(0, round(side * _scale(page))) for side in bounds(block.polygon))
    scores = asked.confidence_scores_granularity == "block"
    return {
        "type": _KINDS.get(block.kind, "text"),
        "top_left_x": left,
        "top_left_y": top,
        "bottom_right_x": right,
        "bottom_right_y": bottom,
        "content": asking.text([replace(page, blocks=(block,))], "md"),
        "confidence_scores": _of_block(block) if scores else None,
    }


def _of_block(block: Block) -> Json:
    mean, least = _spread([word for line in block.lines for word in line.words])
    told = {"average_content_confidence_score": mean, "minimum_content_confidence_score": least}
    return told | {"block_type_confidence_score": round(block.confidence, 4)}


def _confidences(page: Page, markdown: str, asked: Ocr) -> Json | None:
    words = list(page.words)
    if not asked.confidence_scores_granularity or not words:
        return None
    mean, least = _spread(words)
    told: Json = {"average_page_confidence_score": mean, "minimum_page_confidence_score": least}
    if asked.confidence_scores_granularity == "word":
        told["word_confidence_scores"] = _placed(words, markdown)
    return told


def _placed(words: Sequence[Word], markdown: str) -> list[Json]:
    """Words with their places in the Markdown; what is written otherwise there is about where it begins."""
    found, at = [], 0
    for word in words:
        start = markdown.find(word.content, at)
        place = start if start >= 0 else at
        at = start + len(word.content) if start >= 0 else at
        found.append({"text": word.content, "confidence": round(word.confidence, 4), "start_index": place})
    return found


def _spread(words: Sequence[Word]) -> tuple[float | None, float | None]:
    """Mean and least of their confidences."""
    if not words:
        return None, None
    each = [word.confidence for word in words]
    return round(sum(each) / len(each), 4), round(min(each), 4)
