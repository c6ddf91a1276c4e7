"""Errors as Mistral says them: `detail` for what does not fit the description, else an object `error`."""

from __future__ import annotations

from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from legenda.document.text import printable
from legenda.server.problems import Told, told

_STATUS = {408: 400, 409: 400, 410: 400, 413: 400, 415: 400, 422: 400}
"""422 stays for values that cannot be: Mistral's clients look for `detail` in it."""
_MOST = 20  # errors that are told


def shape(request: HTTPConnection, error: Exception) -> Response:
    """An error of a request to this dialect."""
    found = told(error)
    if isinstance(error, RequestValidationError | ValidationError):
        return JSONResponse({"detail": _details(error)}, 422, dict(found.headers))
    status = _STATUS.get(found.status, found.status)
    return JSONResponse(_body(found, status), status, dict(found.headers))


def _body(found: Told, status: int) -> dict[str, Any]:
    kind = "internal_server_error" if status >= 500 else "invalid_request_error"
    if found.code in ("invalid_model", "unauthorized", "queue_full"):
        kind = found.code
    message = printable(found.detail) or found.code.replace("_", " ").capitalize()
    return {"object": "error", "message": message, "type": kind, "param": found.extras.get("param"), "code": found.code}


def _details(error: RequestValidationError | ValidationError) -> list[dict[str, Any]]:
    """Which values are wrong and why; never the values."""
    begin: tuple[str, ...] = () if isinstance(error, RequestValidationError) else ("body",)
    return [
        {
            "type": found["type"],
            "loc": [printable(part)[:64] if isinstance(part, str) else part for part in (*begin, *found["loc"])],
            "msg": printable(found["msg"])[:200],
        }
        for found in error.errors()[:_MOST]
    ]
