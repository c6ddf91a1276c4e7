"""Errors as OpenAI says them: `{"error": {"message", "type", "param", "code"}}`."""

from __future__ import annotations

from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from legenda.document.text import printable
from legenda.server.problems import Told, told

_STATUS = {402: 429, 408: 400, 409: 400, 410: 400, 413: 400, 415: 400, 422: 400}
"""OpenAI's own for ours. Its clients try 408, 409, 429 and 5xx again: those stay for what may be better next time."""
_CODES = {"unauthorized": "invalid_api_key", "queue_full": "rate_limit_exceeded", "balance": "insufficient_quota"}


def shape(request: HTTPConnection, error: Exception) -> Response:
    """An error of a request to this dialect."""
    found = told(error)
    status = _STATUS.get(found.status, found.status)
    return JSONResponse(body(found, status), status, dict(found.headers))


def body(found: Told, status: int) -> dict[str, Any]:
    """What is said of it, in an answer or in a stream."""
    errors = found.extras.get("errors") or [{}]
    kind = "invalid_request_error"
    if status == 429:
        kind = "insufficient_quota" if found.code == "balance" else "requests"
    elif status >= 500:
        kind = "server_error"
    return {
        "error": {
            "message": printable(found.detail) or found.code.replace("_", " ").capitalize(),
            "type": kind,
            "param": found.extras.get("param") or errors[0].get("field"),
            "code": _CODES.get(found.code, found.code),
        }
    }
