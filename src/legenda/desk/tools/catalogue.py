"""Which tools there are, and what each needs that is not here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from legenda.errors import InvalidOptionError

Does = Literal["read", "extract", "translate", "summarise", "redact", "mrz", "barcodes"]

_NEEDED = {"formula": "formulas", "chart": "charts", "molecule": "structural formulas", "score": "notes"}


@dataclass(frozen=True, slots=True)
class Tool:
    """A preset.

    Attributes:
        slug: its name.
        about: what it is for.
        format: of its result.
        read: options of reading other than the usual ones.
        does: what is done with what was read.
        needs: kind of notation it cannot do without; empty for none.
        schema: what `extract` asks for.
        others: names it has elsewhere.
    """

    slug: str
    about: str
    format: str
    read: Mapping[str, Any] = field(default_factory=dict)
    does: Does = "read"
    needs: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[str, ...] = ()


def _loaded() -> dict[str, Tool]:
    found = {}
    for slug, row in tomllib.loads(Path(__file__).with_name("tools.toml").read_text("utf-8")).items():
        fields = row.pop("fields", {})
        properties = {name: {"type": kind} if isinstance(kind, str) else kind for name, kind in fields.items()}
        schema = {"type": "object", "properties": properties} if properties else {}
        others = tuple(row.pop("others", ()))
        found[slug] = Tool(slug, schema=schema, others=others, **row)
    return found


TOOLS: Mapping[str, Tool] = _loaded()
"""All of them, by slug."""

_NAMES = {name: tool for tool in TOOLS.values() for name in (tool.slug, *tool.others)}


def tool(name: str) -> Tool:
    """The tool of a slug, or of a name it has elsewhere.

    Raises:
        InvalidOptionError: there is none.
    """
    if name not in _NAMES:
        raise InvalidOptionError(f"There is no tool {name!r}", f"there are {', '.join(TOOLS)}")
    return _NAMES[name]


def lacks(tool: Tool) -> str:
    """What a tool needs that is not here, in words; empty where it can be used."""
    if tool.needs:
        from legenda.notation import READ

        return "" if tool.needs in READ else f"a reader of {_NEEDED[tool.needs]}"
    if tool.does == "translate":
        from legenda.desk.model import configured
        from legenda.desk.translate import known, pairs

        addable = " or ".join(sorted({f"legenda models add {package}" for package in known().values()}))
        return "" if pairs() or configured() else f"a translator: {addable}, or set LEGENDA_MODEL_URL"
    return ""
