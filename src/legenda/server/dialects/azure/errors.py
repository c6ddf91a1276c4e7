"""Errors as Azure says them: `{"error": {"code", "message", "innererror": {"code", "message"}}}`."""

from __future__ import annotations

from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from legenda.document.text import printable
from legenda.server.asking import Job
from legenda.server.problems import STATUS, Told, told

_DENIED = (
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an "
    "active subscription and use a correct regional API endpoint for your resource."
)
_INNER = {
    "unsupported_format": "InvalidContent",
    "corrupt": "InvalidContent",
    "parser_crash": "InvalidContent",
    "empty": "InvalidContent",
    "password_required": "InvalidContent",
    "wrong_password": "InvalidContent",
    "too_large": "InvalidContentLength",
    "limit": "InvalidContentLength",
    "url_refused": "ContentSourceNotAccessible",
    "unreachable": "ContentSourceNotAccessible",
}
"""What is wrong with a document, by code of `legenda.errors`; all else of a request is an argument."""
_OUTER = {
    404: ("NotFound", "Resource not found."),
    405: ("MethodNotAllowed", "The requested HTTP method is not allowed."),
    409: ("Conflict", "The request could not be completed due to a conflict."),
    415: ("UnsupportedMediaType", "Request content type is not supported."),
    503: ("ServiceUnavailable", "A transient error has occurred. Try again."),
}
_OURS = frozenset(("timed_out", "out_of_memory", "not_started", "lost"))
Json = dict[str, Any]


def shape(request: HTTPConnection, error: Exception) -> Response:
    """An error of a request to this dialect."""
    found = told(error)
    status, body = said_of(found)
    return JSONResponse({"error": body}, status, dict(found.headers))


def said_of(found: Told) -> tuple[int, Json]:
    """Status of the answer, and the error as Azure says it."""
    detail = printable(found.detail) or found.code.replace("_", " ").capitalize()
    if found.status == 401:
        return 401, _error("401", _DENIED)
    if found.status in (402, 403):
        return 403, _error("403", detail)
    if found.status in (429, 431):
        return found.status, _error(str(found.status), detail)
    if found.code in _OURS or (found.status >= 500 and found.status != 503):
        return 500, _error("InternalServerError", "An unexpected error occurred.")
    if inner := _INNER.get(found.code):
        return 400, _error("InvalidRequest", "Invalid request.", inner, detail)
    if outer := _OUTER.get(found.status):
        return found.status, _error(*outer, str(found.extras.get("inner", "")), detail)
    inner = str(found.extras.get("inner", "InvalidParameter"))
    return 400, _error("InvalidArgument", "Invalid argument.", inner, detail)


def failure(job: Job) -> Json:
    """Why a job came to nothing."""
    if job.failure is None:
        return _error("InternalServerError", f"The operation was {job.state}.")
    code = job.failure.code
    return said_of(Told(STATUS.get(code, 500), code, job.failure.message))[1]


def _error(code: str, message: str, inner: str = "", detail: str = "") -> Json:
    if not inner:
        return {"code": code, "message": message}
    return {"code": code, "message": message, "innererror": {"code": inner, "message": detail}}
