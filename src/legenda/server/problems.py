"""What callers are told of errors: one table says which status each has. RFC 9457, unless a dialect has a shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Match

from legenda.document.text import printable
from legenda.errors import LegendaError
from legenda.server import dialects
from legenda.server.logs import log

MEDIA_TYPE = "application/problem+json"
_LONGEST = 1000  # characters of a detail

STATUS: Mapping[str, int] = {
    "invalid_option": 422,
    "source": 422,
    "not_found": 404,
    "empty": 422,
    "unsupported_format": 415,
    "corrupt": 422,
    "parser_crash": 422,
    "password": 422,
    "password_required": 422,
    "wrong_password": 422,
    "limit": 413,
    "too_large": 413,
    "timed_out": 422,
    "out_of_memory": 422,
    "missing_component": 422,
    "conflict": 409,
    "queue_full": 429,
    "balance": 402,
    "url_refused": 422,
    "unreachable": 422,
    # ours to mend: the caller learns that, and nothing of what lies inside
    "engine": 500,
    "output": 500,
    "storage": 500,
    "seal": 500,
    "remote": 500,
    "server_unreachable": 500,
    "internal": 500,
}
"""HTTP status by code of `legenda.errors`."""


class ProblemError(Exception):
    """A request cannot be answered as asked, for a reason that only exists over HTTP.

    Args:
        status: HTTP status.
        code: stable, part of the problem's type.
        detail: what failed, why, what to do; without anything secret.
        extras: further members, such as `retry_after`.
        headers: of the answer.
    """

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **extras: Any
    ) -> None:
        super().__init__(status, code)
        self.status, self.code, self.detail, self.extras, self.headers = (
            status,
            code,
            detail,
            extras,
            dict(headers or {}),
        )


def missing(what: str = "job") -> ProblemError:
    """404, the same whether there is none or it is somebody else's."""
    return ProblemError(404, "not_found", f"There is no such {what}, or it is not yours.")


def status_of(error: LegendaError) -> int:
    """HTTP status of a typed error: its own code's, else that of the nearest class above."""
    codes = (getattr(cls, "code", "") for cls in type(error).__mro__)
    return next((STATUS[code] for code in codes if code in STATUS), 500)


@dataclass(frozen=True, slots=True)
class Told:
    """What a caller is told of an error, in whatever shape.

    Attributes:
        status: HTTP status.
        code: stable.
        detail: what failed, why, what to do.
        headers: of the answer.
        extras: further members, such as `retry_after`, in seconds.
    """

    status: int
    code: str
    detail: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    extras: Mapping[str, Any] = field(default_factory=dict)


def told(error: Exception) -> Told:
    """What is told of an error; of a bug, nothing of what went wrong inside."""
    found = _known(error) or Told(500, "internal", "This is a fault of the server; its log says more.")
    if "retry_after" not in found.extras:
        return found
    seconds = str(max(1, round(float(found.extras["retry_after"]))))
    return replace(found, headers={**found.headers, "Retry-After": seconds})


def shaped(request: HTTPConnection, error: Exception) -> Response:
    """The answer that says it: as the dialect of the path does, else as a problem."""
    shape = dialects.shape_of(request.scope["path"])
    try:
        answer = shape(request, error) if shape else None
    except Exception as fault:
        log.exception("a dialect cannot say an error")
        answer, error = None, fault
    return answer if answer is not None else problem(told(error))


def problem(of: Told) -> Response:
    """RFC 9457."""
    body: dict[str, Any] = {
        "type": f"urn:legenda:problem:{of.code}",
        "title": of.code.replace("_", " ").capitalize(),
        "status": of.status,
        "code": of.code,
    }
    if of.detail:
        body["detail"] = printable(of.detail)[:_LONGEST]
    content = json.dumps(body | dict(of.extras), separators=(",", ":"))
    return Response(content, of.status, dict(of.headers), MEDIA_TYPE)


async def handler(request: Request, error: Exception) -> Response:
    """For Starlette: what is no problem of the caller goes on to be logged as a bug."""
    if _known(error) is None:
        raise error
    answer = shaped(request, error)
    if answer.status_code == 405:
        answer.headers["Allow"] = ", ".join(_allowed(request))
    return answer


def _known(error: Exception) -> Told | None:
    """`None` for a bug, and for what is ours to mend."""
    match error:
        case ProblemError():
            return Told(error.status, error.code, error.detail, error.headers, error.extras)
        case LegendaError():
            return _typed(error)
        case RequestValidationError() | ValidationError():
            return _invalid(error)
        case HTTPException():
            code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_").replace("-", "_")
            return Told(error.status_code, code, headers=error.headers or {})
        case ClientDisconnect():
            return Told(400, "disconnected", "The request ended before its body did.")
    return None


def _allowed(request: Request) -> list[str]:
    """Methods of all routes with this path; Starlette names those of the first only."""
    matching = (route for route in request.app.state.routes if route.matches(request.scope)[0] != Match.NONE)
    methods = {method for route in matching for method in getattr(route, "methods", None) or ()}
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


def _typed(error: LegendaError) -> Told | None:
    status = status_of(error)
    if status >= 500:
        return None
    names = ("used", "cap", "period", "retry_after")
    extras = {name: value for name in names if (value := getattr(error, name, None)) is not None}
    return Told(status, error.code, str(error), extras=extras)


def _invalid(error: RequestValidationError | ValidationError) -> Told:
    """Which members are wrong and why; never their values, which may be passwords."""
    wrong = [
        {"field": _place(found["loc"]), "message": printable(str(found["msg"]))[:200]} for found in error.errors()[:20]
    ]
    detail = "; ".join(f"{w['field']}: {w['message']}" for w in wrong)
    return Told(422, "invalid_request", detail, extras={"errors": wrong})


def _place(location: tuple[int | str, ...]) -> str:
    return printable(".".join(str(part)[:64] for part in location))[:200] or "body"
