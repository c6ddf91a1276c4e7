"""The desk's tools for OCR.chat's callers. Some need what is not there; they are listed as such, and refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from legenda.desk.tools import TOOLS, Tool, lacks, tool
from legenda.errors import InvalidOptionError
from legenda.options import Effort
from legenda.server.problems import ProblemError

TIERS: Mapping[str, Effort] = {"cpu": "balanced", "vlm": "vlm"}
"""Tier here by tier there."""

# What the form has no fields for
_UNTOLD = {"redact": "patterns or boxes: see /v1/jobs/{id}/tools/redact"}


def chosen(slug: str) -> Tool | None:
    """The tool of a slug; `None` for no slug.

    Raises:
        ProblemError: 400, there is no such tool, or it needs what is not there.
    """
    if not slug:
        return None
    try:
        found = tool(slug)
    except InvalidOptionError:
        raise ProblemError(400, "invalid_option", f"There is no such tool; there are {', '.join(TOOLS)}.") from None
    if missing := _missing(found):
        detail = f"The tool {found.slug} needs {missing}, and this server has none."
        raise ProblemError(400, "missing_component", detail)
    return found


def named(slug: str) -> Tool | None:
    """The tool of a job, if it has one."""
    return TOOLS.get(slug)


def tier_of(tool: Tool | None) -> str:
    """The tier where none is given."""
    return "vlm" if tool and tool.read.get("effort") == "vlm" else "cpu"


def listed() -> list[dict[str, Any]]:
    """All of them."""
    return [
        {"slug": each.slug, "description": each.about, "available": not (missing := _missing(each))}
        | {"needs": missing or None}
        for each in TOOLS.values()
    ]


def _missing(tool: Tool) -> str:
    return _UNTOLD.get(tool.slug, "") or lacks(tool)
