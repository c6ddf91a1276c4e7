"""Blocks with boxes: markers between texts, as LightOnOCR-3 writes them, or JSON, as dots.mocr does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from legenda.document import Box
from legenda.document.model import BlockKind
from legenda.engines.markup.markdown import markdown
from legenda.engines.markup.plain import plain
from legenda.engines.transcriber import Passage

_MARKER = re.compile(r"!\[([A-Za-z_][\w-]*?)\+?\]\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\)[ \t]*")
_KINDS: Mapping[str, BlockKind] = {
    "title": "title",
    "section": "heading",
    "section-header": "heading",
    "list": "list",
    "list-item": "list",
    "table": "table",
    "chart": "chart",
    "formula": "formula",
    "code": "code",
    "image": "figure",
    "picture": "figure",
    "caption": "caption",
    "footnote": "footnote",
    "header": "header",
    "page-header": "header",
    "footer": "footer",
    "page-footer": "footer",
    "page_number": "page_number",
}


def grounded(text: str) -> tuple[Passage, ...]:
    """Blocks after markers `![label](x1,y1,x2,y2)`, coordinates of 1000; without one, Markdown."""
    marks = list(_MARKER.finditer(text))
    if not marks:
        return markdown(text)
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    found: list[Passage] = list(markdown(text[: marks[0].start()]))
    for mark, end in zip(marks, ends, strict=True):
        left, top, right, bottom = (int(side) / 1000 for side in mark.groups()[1:])
        found += _blocks(mark[1].lower(), (left, top, right, bottom), text[mark.end() : end])
    return tuple(found)


def layout_json(text: str, size: tuple[int, int]) -> tuple[Passage, ...]:
    """A JSON list of `{"bbox", "category", "text"}`, boxes in pixels; what was cut off is read as far as it goes.

    Args:
        text: of the model.
        size: width and height of the picture it was given.
    """
    found: list[Passage] = []
    for block in _objects(text):
        box, content = _box(block.get("bbox"), size), block.get("text") or ""
        if isinstance(content, str):
            found += _blocks(str(block.get("category", "")).lower(), box, content)
    return tuple(found) if found else plain(text)


def _blocks(label: str, box: Box | None, text: str) -> Iterator[Passage]:
    """What stands in one box: pictures are described by some models, which is not on the paper."""
    kind = _KINDS.get(label, "text")
    if kind == "figure":
        return
    stripped = text.strip()
    if kind == "formula" and stripped and not re.match(r"\$|\\\[|\\begin", stripped):
        stripped = f"$${stripped}$$"
    for passage in markdown(stripped):
        own = kind if passage.kind == "text" or (kind, passage.kind) == ("chart", "table") else passage.kind
        yield replace(passage, kind=own, box=box)


def _box(value: Any, size: tuple[int, int]) -> Box | None:
    if not (isinstance(value, list) and len(value) == 4 and all(isinstance(x, int | float) for x in value)):
        return None
    left, top, right, bottom = (min(1.0, max(0.0, x / size[i % 2])) for i, x in enumerate(value))
    return (left, top, right, bottom) if left < right and top < bottom else None


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Objects of the outermost list, one by one: the last may be cut off."""
    decoder, at = json.JSONDecoder(), text.find("{")
    while 0 <= at < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        if isinstance(value, dict):
            yield value
        at = text.find("{", end)
