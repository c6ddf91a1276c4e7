"""`/openapi/<dialect>.json`: what each dialect's routes are, apart from those of Legenda's own interface."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from legenda.server import dialects
from legenda.server.api.render import answer
from legenda.server.problems import missing

router = APIRouter(include_in_schema=False)


@router.get("/openapi/{dialect}.json")
def described(dialect: str) -> Response:
    """The description of one dialect."""
    if dialect not in dialects.ROUTERS:
        raise missing("description")
    return answer(_document(dialect))


@cache
def _document(dialect: str) -> dict[str, Any]:
    title = f"Legenda: the interface of {dialect}"
    return get_openapi(title=title, version=version("legenda"), routes=dialects.ROUTERS[dialect].routes)
