"""Tools: presets by slug. Some need what is not there; they are listed as such, and refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from legenda.options import Effort
from legenda.server.problems import ProblemError

TIERS: Mapping[str, Effort] = {"cpu": "balanced", "vlm": "vlm"}
"""Tier here by tier there."""

_ALIASES = {"extract-table": "extract-tables"}


@dataclass(frozen=True, slots=True)
class Tool:
    """A preset.

    Attributes:
        slug: its name.
        about: what it is for.
        tier: where none is given.
        download: format where none is given.
        lacks: what it needs that is not there; empty where it can be used.
    """

    slug: str
    about: str
    tier: str = "cpu"
    download: str = "txt"
    lacks: str = ""


TOOLS = {
    tool.slug: tool
    for tool in (
        Tool("image-to-text", "The text of a picture."),
        Tool("pdf-to-text", "The text of a PDF."),
        Tool("image-to-markdown", "Text with headings, lists and tables as Markdown.", download="md"),
        Tool("pdf-to-word", "A Word document with the text.", download="docx"),
        Tool("searchable-pdf", "A PDF whose pages can be searched.", download="pdf"),
        Tool("extract-tables", "The rows and cells of a page, as a workbook.", download="xlsx"),
        Tool("receipt", "The lines of a receipt.", download="csv"),
        Tool("handwriting-to-text", "Reads with the most thorough tier.", tier="vlm"),
        Tool("translate", "The text in another language (`translate_to`).", lacks="a translator"),
        Tool("math-to-latex", "Formulas as LaTeX.", lacks="a recogniser of formulas"),
        Tool("sheet-music", "Notes.", lacks="a recogniser of music"),
        Tool("chemical-structure", "Structural formulas.", lacks="a recogniser of structural formulas"),
        Tool("chart-to-table", "The numbers of a chart.", lacks="a recogniser of charts"),
    )
}


def chosen(slug: str) -> Tool | None:
    """The tool of a slug; `None` for no slug.

    Raises:
        ProblemError: 400, there is no such tool, or it needs what is not there.
    """
    if not slug:
        return None
    tool = TOOLS.get(_ALIASES.get(slug, slug))
    if tool is None:
        raise ProblemError(400, "invalid_option", f"There is no such tool; there are {', '.join(TOOLS)}.")
    if tool.lacks:
        raise ProblemError(
            400, "missing_component", f"The tool {tool.slug} needs {tool.lacks}, and this server has none."
        )
    return tool


def listed() -> list[dict[str, Any]]:
    """All of them."""
    return [
        {"slug": tool.slug, "description": tool.about, "available": not tool.lacks, "needs": tool.lacks or None}
        for tool in TOOLS.values()
    ]
