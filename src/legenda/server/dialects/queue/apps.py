"""Applications by the names their callers know. They are data (`data/apps.tsv`, and `apps` in the settings)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Family = Literal["fal", "mr"]

_LEGACY = re.compile(r"([0-9]+)-([a-zA-Z0-9-]+)")  # ids of fal's early days: `123-name` is `123/name`
_NAMESPACES = ("workflows", "comfy")
_TAKEN = frozenset(
    ("v1", "files", "api", "run", "queue", "rest", "cdn", "mr", "task", "openapi", "models", ".well-known")
)


@dataclass(frozen=True, slots=True)
class Target:
    """What a path names.

    Attributes:
        app: `owner/alias`, after its namespace if it has one: what the links of a request begin with.
        rest: of the path, without slashes around it: of the endpoint, or `stream`, `realtime`, `requests/…`.
        known: whether there is such an application at all.
        endpoint: `owner/alias/path` as it is registered; empty if none fits.
    """

    app: str
    rest: str
    known: bool = False
    endpoint: str = ""

    @property
    def beyond(self) -> str:
        """What comes after the endpoint, such as `stream`."""
        own = self.endpoint.removeprefix(self.app).strip("/")
        return self.rest.removeprefix(own).strip("/")


@cache
def table() -> Mapping[str, Family]:
    """Whose interface an endpoint belongs to, by its name."""
    text = (files("legenda") / "data" / "apps.tsv").read_text("utf-8")
    lines = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {endpoint: "mr" if family == "mr" else "fal" for endpoint, family in lines}


def endpoints(family: Family, aliases: Mapping[str, str] | None = None) -> list[str]:
    """Names of a family's endpoints.

    Args:
        family: whose.
        aliases: more names, each with the endpoint it stands for.
    """
    more = [name for name, stands_for in (aliases or {}).items() if table().get(stands_for) == family]
    return [name for name, whose in table().items() if whose == family] + more


def owners(aliases: Mapping[str, str]) -> dict[str, Family]:
    """Whose interface the applications of an owner belong to; owners of Legenda's own paths are none."""
    found = {
        name.partition("/")[0]: table()[stands_for] for name, stands_for in aliases.items() if stands_for in table()
    }
    return {owner: family for owner, family in found.items() if owner not in _TAKEN}


def target(path: str, family: Family, aliases: Mapping[str, str] | None = None) -> Target | None:
    """What a path names, as far as it names an application; `None` if it has not even the form.

    Args:
        path: after the prefix of the interface.
        family: whose interface that is.
        aliases: as for `endpoints`.
    """
    first, _, after = path.strip("/").partition("/")
    if match := _LEGACY.fullmatch(first):
        first, after = match[1], f"{match[2]}/{after}"
    parts = [first, *after.rstrip("/").split("/")]
    size = 3 if first in _NAMESPACES else 2
    if len(parts) < size or not all(parts[:size]):
        return None
    app, whole = "/".join(parts[:size]), "/".join(parts)
    mine = [name for name in endpoints(family, aliases) if f"{name}/".startswith(f"{app}/")]
    fitting = (name for name in mine if f"{whole}/".startswith(f"{name}/"))
    return Target(app, whole.removeprefix(app).strip("/"), bool(mine), max(fitting, key=len, default=""))
