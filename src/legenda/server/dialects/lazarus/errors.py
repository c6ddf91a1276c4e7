"""Errors as this interface says them: `{"status": "FAILURE", "message": …}`; whatever is wrong with a key is a 403."""

from __future__ import annotations

from typing import NamedTuple

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from legenda.document.text import printable
from legenda.server.asking import Job
from legenda.server.problems import STATUS, Told, told

NEWER = "2025-05-22"
"""The version of the interface since which errors of the server are 521 and 522, and queued jobs SUBMITTED."""
NO_INPUT = (
    "Requests must include an uploaded file using either a path to file, an input URL, or a file encoded as a base64 "
    "string. JSON requests must include either an 'inputURL' or 'base64' field. Multipart-form requests must include a "
    "'file' field."
)
NO_OUTPUT = "Request body is missing required field(s): outputURL"

_UNREAD = "We made three attempts to process the model with no success."
_INTERNAL = "Error during request to OCR microservice."
_AS_THEY_ARE = frozenset((400, 403, 404, 405, 413, 429, 431, 500, 502, 503))
_OURS = frozenset(("timed_out", "out_of_memory", "not_started", "lost"))
"""Codes of pages and jobs that failed through no fault of their input."""


class Said(NamedTuple):
    """What a caller is told: the status of the answer, the word for it, and the message."""

    code: int
    status: str
    message: str


def shape(request: HTTPConnection, error: Exception) -> Response:
    """An error of a request to this dialect."""
    found = told(error)
    said = said_of(found, request.headers.get("apiversion", ""))
    return JSONResponse({"status": said.status, "message": said.message}, said.code, dict(found.headers))


def said_of(found: Told, api: str) -> Said:
    """How this interface says an error.

    Args:
        found: the error.
        api: the version that the caller speaks, `YYYY-MM-DD`.
    """
    if found.status in (401, 402, 403):
        message = found.detail if found.status == 402 else "Invalid authentication"
        return Said(403, "AUTH_FAILURE", message)
    if found.status >= 500 or found.code in _OURS:
        return _fault(found, api)
    code = found.status if found.status in _AS_THEY_ARE else 400
    return Said(code, "FAILURE", printable(found.detail) or found.code.replace("_", " ").capitalize())


def failure(job: Job, api: str) -> Said:
    """How a job that came to nothing is said."""
    if job.failure is None:
        return Said(500, "FAILURE", f"The request was {'cancelled' if job.state == 'cancelled' else 'not finished'}.")
    code = job.failure.code
    return said_of(Told(STATUS.get(code, 500), code, job.failure.message), api)


def _fault(found: Told, api: str) -> Said:
    """A fault of the server: nothing of what lies inside is said."""
    model = found.code in _OURS or found.code == "engine"
    if api >= NEWER:
        if model:
            return Said(522, "FAILURE", "An OCR model error occurred")
        return Said(521, "FAILURE", "An internal error occurred. Please retry your request")
    if found.code == "engine":
        return Said(502, "FAILURE", "Request to the model failed.")
    return Said(500, "FAILURE", _UNREAD if model else _INTERNAL)
