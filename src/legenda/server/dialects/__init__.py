"""Other services' interfaces, each a thin translator: what it has goes into the registries below when it is imported.

Routes lie under canonical paths, to which `doorway` maps whatever way a request took; they have no slash at their end.

| interface | canonical paths |
|---|---|
| fal | `/run`, `/queue`, `/rest`, `/cdn` |
| ModelRunner | `/mr/run`, `/mr/queue`, `/mr/rest` |
| Lazarus | `/api/forms`, `/api/developer`, `/api/library-metrics` |
| OCR.chat | `/api/v1` |
| PicWish | `/task`, `/api/tasks/document/ocr` |
| OpenAI | `/v1/chat/completions`, `/v1/models` |
| Mistral | `/v1/ocr`, `/v1/files` |
| Azure | `/documentintelligence`, `/vision/v3.2` |
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import APIRouter
    from starlette.requests import HTTPConnection
    from starlette.responses import Response

    from legenda.execute.hooks import Hook

    Shape = Callable[[HTTPConnection, Exception], Response | None]
    """An error as the dialect says it; `None` leaves it to RFC 9457. `problems.told` knows every error's status."""

DIALECTS: list[str] = [
    # one line a dialect: the package `legenda.server.dialects.<name>`, which has a `router`
    "lazarus",
    "azure",
    "fal",
    "openai",
    "mistral",
    "modelrunner",
    "ocrchat",
    "picwish",
]

ROUTERS: dict[str, APIRouter] = {}
"""By dialect, in the order of `DIALECTS`."""

SHAPES: dict[str, Shape] = {}
"""By canonical prefix without a slash at its end, such as `/mr/queue`; the longest that fits counts."""

HOOKS: dict[str, Hook] = {}
"""What renders and signs the messages of a dialect's jobs, by dialect (`legenda.execute.hooks`)."""


def load() -> None:
    """Import every dialect, and so fill the registries."""
    for name in DIALECTS:
        ROUTERS[name] = import_module(f"{__name__}.{name}").router


def shape_of(path: str) -> Shape | None:
    """How errors under a canonical path are said; `None` where RFC 9457 says them."""
    while path:
        if shape := SHAPES.get(path):
            return shape
        path = path.rpartition("/")[0]
    return None
