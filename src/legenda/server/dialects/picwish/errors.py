"""Errors as PicWish says them: the HTTP status, and the same in the body with a message."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from legenda.server.problems import told

_STATUS = {402: 400, 403: 401, 408: 400, 409: 400, 410: 404, 415: 400, 422: 400, 503: 500}


def shape(request: HTTPConnection, error: Exception) -> Response:
    """An error of a request to this dialect."""
    found = told(error)
    status = _STATUS.get(found.status, found.status)
    message = found.detail or found.code.replace("_", " ").capitalize()
    return JSONResponse({"status": status, "message": message, "data": None}, status, dict(found.headers))
