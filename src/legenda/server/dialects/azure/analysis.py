"""What was read, as Document Intelligence has it: `analyzeResult`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from legenda.document import Block, Document, Page, Span
from legenda.document.text import printable
from legenda.server.asking import Job
from legenda.server.dialects.azure.markdown import Marked
from legenda.server.dialects.read import Rendition, Ruler, current, handwriting
from legenda.server.dialects.read.pages import certainty, polygon_of, unit_of

Json = dict[str, Any]

_ROLES = {
    "title": "title",
    "heading": "sectionHeading",
    "header": "pageHeader",
    "footer": "pageFooter",
    "page_number": "pageNumber",
    "footnote": "footnote",
    "formula": "formulaBlock",
}


def analysed(job: Job, document: Document) -> Json:
    """All that was read.

    Args:
        job: done or partial.
        document: what was read.
    """
    told = job.request.told
    made = Rendition(document, told["index"])
    marked = Marked(made, told["index"]) if told["format"] == "markdown" else None
    ruler: Ruler = marked.ruler if marked else made.ruler
    result = {
        "apiVersion": told["api"],
        "modelId": told["model"],
        "stringIndexType": told["index"],
        "content": marked.content if marked else made.content,
        "pages": [_page(page, ruler, marked) for page in made.pages],
        "paragraphs": list(_paragraphs(made, ruler, marked, roles=told["model"] == "prebuilt-layout")),
        "styles": handwriting(made.pages, ruler),
        "contentFormat": told["format"],
    }
    if told["model"] == "prebuilt-layout":
        result |= {"tables": [], "figures": [], "sections": _sections(result)}
    if told["languages"]:
        result["languages"] = _languages(made.pages, ruler)
    if warnings := [_warning(page) for page in document.pages if page.problems]:
        result["warnings"] = warnings
    return result


def _page(page: Page, ruler: Ruler, marked: Marked | None) -> Json:
    shown = current(page, ruler)
    return shown | {"spans": [marked.page(page)]} if marked else shown


def _paragraphs(made: Rendition, ruler: Ruler, marked: Marked | None, *, roles: bool) -> Iterator[Json]:
    for page in made.pages:
        _, measured = unit_of(page)
        for place, block in enumerate(page.blocks):
            if not block.span.length:
                continue
            region = {"pageNumber": page.number, "polygon": polygon_of(block.polygon, measured)}
            span = marked.block(page, place) if marked else ruler.span(*block.span)
            shown: Json = {"spans": [span], "boundingRegions": [region], "content": _flowing(made, block)}
            if roles and (role := _ROLES.get(block.kind)):
                shown["role"] = role
            yield shown


def _flowing(made: Rendition, block: Block) -> str:
    """The text of a block, without the breaks of its lines."""
    return " ".join(block.span.of(made.content).split("\n"))


def _sections(result: Json) -> list[Json]:
    """One: nobody looked for others."""
    elements = [f"/paragraphs/{place}" for place in range(len(result["paragraphs"]))]
    spans = [span for page in result["pages"] for span in page["spans"]]
    if not spans or not elements:
        return []
    end = spans[-1]["offset"] + spans[-1]["length"]
    return [{"spans": [{"offset": 0, "length": end}], "elements": elements}]


def _languages(pages: list[Page], ruler: Ruler) -> list[Json]:
    """Lines by language. How sure the language is nobody says; that is how sure the reading is."""
    found: dict[str, list[tuple[Span, float]]] = {}
    for page in pages:
        for line in page.lines:
            if line.language and line.content:
                found.setdefault(line.language, []).append((line.span, line.confidence))
    return [
        {
            "locale": language,
            "spans": [ruler.span(*span) for span, _ in lines],
            "confidence": certainty(sum(confidence for _, confidence in lines) / len(lines)),
        }
        for language, lines in found.items()
    ]


def _warning(page: Page) -> Json:
    problem = page.problems[0]
    return {"code": problem.code, "message": printable(problem.message), "target": str(page.number)}
