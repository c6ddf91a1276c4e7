"""Errors as fal says them: a list of details where the model refuses its input, else one text and a type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from legenda.document.text import printable
from legenda.errors import LegendaError
from legenda.server import problems
from legenda.server.asking import Failure, Job
from legenda.server.auth import KEY_HEADERS
from legenda.server.dialects.fal.answers import answer
from legenda.server.dialects.queue.outputs import Unread
from legenda.server.problems import ProblemError, Told

URLS = "input_image_urls"
_DOCUMENTED = "https://docs.fal.ai/errors#"
_LONGEST = 200  # characters of an offending value that are repeated
_MODEL: Mapping[str, str] = {
    "url_refused": "file_download_error",
    "unreachable": "file_download_error",
    "too_large": "file_too_large",
    "limit": "image_too_large",
    "unsupported_format": "unsupported_image_format",
    "corrupt": "image_load_error",
    "parser_crash": "image_load_error",
    "empty": "image_load_error",
    "source": "image_load_error",
    "password": "image_load_error",
    "password_required": "image_load_error",
    "wrong_password": "image_load_error",
    "invalid_option": "value_error",
    "timed_out": "generation_timeout",
}
"""Type of a detail by code of ours; other codes are no fault of the input."""
_HOOK = frozenset(("url_refused", "unreachable"))
"""Codes that are about the webhook where they are about no input."""
_ANYWHERE = frozenset(("invalid_option", "too_large"))
"""Codes that need not be about an input."""
URLS_STATE = "fal_urls"
"""In the state of a request: the URLs of its input, as errors repeat them."""
TIMEOUT_TYPE = "x-fal-request-timeout-type"


@dataclass(frozen=True, slots=True)
class Fault:
    """An error as it is told: over HTTP, in a status, in a webhook."""

    status: int
    body: Any
    type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """For people."""
        detail = self.body["detail"]
        return detail if isinstance(detail, str) else "; ".join(str(each["msg"]) for each in detail)


class NoApplicationError(ProblemError):
    """There is no such application, or it has no such path."""

    def __init__(self, detail: str) -> None:
        super().__init__(404, "not_found", detail)


def flat(status: int, detail: str, type: str, headers: Mapping[str, str] | None = None) -> Fault:
    """An error that is not about the input."""
    named = {"x-fal-error-type": type} if type else {}
    body = {"detail": detail} | ({"error_type": type} if type else {})
    return Fault(status, body, type, named | dict(headers or {}))


def details(found: Sequence[Mapping[str, Any]], status: int = 422) -> Fault:
    """Errors about the input."""
    again = "true" if status >= 500 else "false"
    headers = {"x-fal-needs-retry": again, "x-fal-retryable": again}
    return Fault(status, {"detail": list(found)}, str(found[0]["type"]), headers)


def detail(code: str, message: str, place: int | None, urls: Sequence[str] = ()) -> dict[str, Any]:
    """One of them, by code of ours."""
    kind = _MODEL[code]
    found: dict[str, Any] = {
        "loc": ["body", URLS, place] if place is not None else ["body"],
        "msg": printable(message),
        "type": kind,
        "url": _DOCUMENTED + kind,
        "input": urls[place] if place is not None and place < len(urls) else None,
    }
    return found


def of_job(job: Job, unread: Sequence[Unread]) -> Fault | None:
    """Why a closed job has no outputs; `None` if it has.

    Args:
        job: closed.
        unread: inputs of which nothing could be read.
    """
    urls = job.request.told.get("urls", ())
    failures: list[tuple[int | None, Failure]] = [(each.place, each.failure) for each in unread]
    if not failures and job.failure:
        failures = [(job.failure.part if job.failure.part is not None else _only(urls), job.failure)]
    if not failures:
        return flat(499, "Request was cancelled", "client_cancelled") if job.state == "cancelled" else None
    return _of_failures(failures, urls)


def _only(urls: Sequence[str]) -> int | None:
    return 0 if len(urls) == 1 else None


def _of_failures(failures: Sequence[tuple[int | None, Failure]], urls: Sequence[str]) -> Fault:
    if whole := next((failure for _, failure in failures if failure.code not in _MODEL), None):
        return _ours(whole)
    found = [detail(failure.code, failure.message, place, urls) for place, failure in failures]
    return details(found, 504 if any(each["type"] == "generation_timeout" for each in found) else 422)


def _ours(failure: Failure) -> Fault:
    match failure.code:
        case "not_started":
            return flat(504, "Request timed out", "request_timeout", {TIMEOUT_TYPE: "user"})
        case "balance":
            return flat(402, failure.message, "")
    return flat(500, "Internal error", "internal_error")


def shape(request: HTTPConnection, error: Exception) -> Response | None:
    """The answer that says an error."""
    told = problems.told(error)
    fault = _of_error(request, error, told)
    return answer(request, fault.body, fault.status, {**told.headers, **fault.headers})


def _of_error(request: HTTPConnection, error: Exception, told: Told) -> Fault:
    if isinstance(error, RequestValidationError | ValidationError):
        return _invalid(error)
    if isinstance(error, LegendaError) and error.code in _MODEL:
        urls = request.scope.get("state", {}).get(URLS_STATE, ())
        if error.place is None and error.code in _HOOK:
            return details([detail("invalid_option", str(error), None) | {"loc": ["query", "fal_webhook"]}])
        place = error.place if error.place is not None or error.code in _ANYWHERE else _only(urls)
        return details([detail(error.code, str(error), place, urls)])
    if told.code == "bad_json":
        return details([{"loc": ["body", 0], "msg": "JSON decode error", "type": "json_invalid", "input": {}}])
    if told.status == 401:
        return flat(401, _unauthorized(request), "")
    if told.status == 404:
        return flat(404, _not_found(request, error), "")
    if told.status >= 500:
        return flat(told.status, "Internal error", "internal_error")
    return flat(told.status, told.detail or told.code.replace("_", " ").capitalize(), _type(told))


def _type(told: Told) -> str:
    return "bad_request" if told.status == 400 else ""


def _invalid(error: RequestValidationError | ValidationError) -> Fault:
    found = []
    for each in error.errors()[:20]:
        place = list(each["loc"]) if isinstance(error, RequestValidationError) else ["body", *each["loc"]]
        found.append(
            {
                "loc": [printable(part) if isinstance(part, str) else part for part in place],
                "msg": printable(str(each["msg"])),
                "type": each["type"],
                "url": _DOCUMENTED + each["type"],
                "input": shortened(each.get("input")),
            }
        )
    return details(found)


def shortened(value: Any) -> Any:
    """An offending value, as much of it as is worth repeating."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = printable(value if isinstance(value, str) else repr(value))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _unauthorized(request: HTTPConnection) -> str:
    if not any(name in KEY_HEADERS for name, _ in request.scope["headers"]):
        return "Authentication is required to access this application."
    app = "/".join(request.scope["path"].split("/")[2:4])
    return f'Cannot access application "{app}". Authentication failed.'


def _not_found(request: HTTPConnection, error: Exception) -> str:
    if isinstance(error, NoApplicationError):
        return error.detail
    if isinstance(error, HTTPException):
        return f"Path {request.scope['path']} not found"
    return "Request not found"
