"""docs/server.md says what is so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined

from legenda.server.api.models import JobOptions
from legenda.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "server.md").read_text("utf-8")


def _default(field: Any) -> str:
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or isinstance(value, (Path, SecretStr)) or value in ("", ()):
        return ""
    if isinstance(value, dict):
        value = {
            name: part.model_dump(exclude_unset=True) if isinstance(part, BaseModel) else part
            for name, part in value.items()
        }
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def table() -> str:
    rows = [
        f"| `LEGENDA_{name.upper()}` | {_default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| setting | default | meaning |", "|---|---|---|", *rows])


def test_the_table_of_settings_is_that_of_the_code() -> None:
    found = re.search(r"<!-- settings:.*?-->\n(.*?)\n?<!-- end of settings -->", PAGE, re.S)
    assert found
    assert found[1] == table(), f"put this into docs/server.md:\n\n{table()}\n"


def test_every_option_of_a_job_is_explained() -> None:
    options = PAGE[PAGE.index("| option |") : PAGE.index("The same `Idempotency-Key`")]
    assert {
        name
        for row in options.splitlines()[2:]
        for name in re.findall(r"`([a-z_]+)`", row.split("|")[1] if "|" in row else "")
    } == set(JobOptions.model_fields)


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert target.startswith("https://") or (ROOT / "docs" / target).exists(), target
