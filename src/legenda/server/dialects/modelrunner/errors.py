"""Errors as ModelRunner says them: `error` is a text or a list of issues; `message` and `statusCode` say it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.requests import HTTPConnection
from starlette.responses import Response

from legenda.document.text import printable
from legenda.server import problems
from legenda.server.dialects.modelrunner.answers import answer, request_id

_STATUS = {405: 404, 408: 400, 409: 400, 410: 404, 413: 400, 415: 400, 422: 400, 431: 400}
"""ModelRunner's own for ours: 422 stays for outputs, and its Python client sends what got 408 or 409 again."""
_MOST = 20  # issues that are told


def shape(request: HTTPConnection, error: Exception) -> Response:
    """The answer that says an error."""
    found = problems.told(error)
    status = _STATUS.get(found.status, found.status)
    headers = {name: value for name, value in found.headers.items() if name.lower() != "www-authenticate"}
    if isinstance(error, RequestValidationError | ValidationError):
        return answer(request, body(request, status, _issues(error)), status, headers)
    text = printable(found.detail) or found.code.replace("_", " ").capitalize()
    return answer(request, body(request, status, text), status, headers)


def body(
    request: HTTPConnection,
    status: int,
    error: str | list[dict[str, Any]],
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What is said of an error."""
    text = error if isinstance(error, str) else "; ".join(f"{issue['path']}: {issue['message']}" for issue in error)
    said = {"error": error, "message": text, "statusCode": status, "request_id": request_id(request)}
    return said | ({"details": dict(details)} if details else {})


def _issues(error: RequestValidationError | ValidationError) -> list[dict[str, Any]]:
    """Which members are wrong and why; never their values."""
    return [
        {
            "path": ".".join(printable(str(part))[:64] for part in found["loc"]) or "body",
            "message": printable(str(found["msg"]))[:200],
            "code": found["type"],
        }
        for found in error.errors()[:_MOST]
    ]
