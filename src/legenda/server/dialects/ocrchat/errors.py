"""Errors as OCR.chat says them: `{"error": "a short message"}`, with the statuses its documentation has."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from legenda.server.asking import Job, Standing
from legenda.server.problems import ProblemError, told

_STATUS = {403: 401, 408: 400, 410: 404, 413: 400, 415: 400, 422: 400}
_REFUSED = frozenset(("empty", "limit", "too_large", "unsupported_format"))
"""Failures of jobs which its documentation has as answers to the request that sends the file."""


def shape(request: HTTPConnection, error: Exception) -> Response:
    """An error of a request to this dialect."""
    found = told(error)
    status = _STATUS.get(found.status, found.status)
    counted = {name: found.extras[name] for name in ("used", "cap", "period") if name in found.extras}
    message = found.detail or found.code.replace("_", " ").capitalize()
    return JSONResponse({"error": message} | counted, status, dict(found.headers))


def refused(job: Job, standing: Standing | None) -> ProblemError | None:
    """The error that a job's failure is to whoever waited for it; `None` where the job itself is the answer."""
    failure = job.failure
    if failure and failure.code == "balance" and standing:
        used, cap, period = standing.used, standing.cap, standing.period
        return ProblemError(402, failure.code, failure.message, used=used, cap=cap, period=period)
    if failure and failure.code in _REFUSED:
        return ProblemError(400, failure.code, failure.message)
    return None
