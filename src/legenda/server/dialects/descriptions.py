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
    document = get_openapi(title=title, version=version("legenda"), routes=dialects.ROUTERS[dialect].routes)
    for operations in document.get("paths", {}).values():
        for operation in operations.values():
            _errors(operation["responses"])
    return document


def _errors(responses: dict[str, Any]) -> None:
    """FastAPI knows of one error only, and has a shape of its own for that."""
    if responses.get("422", {}).get("description") == "Validation Error":
        del responses["422"]
    said = {"content": {"application/json": {}}, "description": "What went wrong, as this interface says it."}
    responses.setdefault("4XX", said)
    responses.setdefault("5XX", said)
