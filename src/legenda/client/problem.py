"""Problems (RFC 9457) as the errors of `legenda.errors`, by their code."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import httpx2

from legenda.errors import ExitCode, LegendaError, RemoteError

_LARGEST = 2**20
_EXITS = {401: ExitCode.USAGE, 402: ExitCode.LIMIT, 403: ExitCode.USAGE, 413: ExitCode.LIMIT, 429: ExitCode.LIMIT}


def problem(response: httpx2.Response) -> LegendaError:
    """The error an answer stands for; reads and closes it."""
    found = _body(response)
    if not isinstance(found, dict):
        where = response.headers.get("Location", "")
        why = f"it points to {where}" if response.is_redirect and where else response.reason_phrase
        return RemoteError(f"The server answered {response.status_code}", why, status=response.status_code)
    what = str(found.get("detail") or found.get("title") or f"The server answered {response.status_code}")
    return error(str(found.get("code", "")), what, response.status_code, found)


def _body(response: httpx2.Response) -> Any:
    body = b""
    try:
        for piece in response.iter_bytes():
            if len(body := body + piece) > _LARGEST:
                return None
        return json.loads(body)
    except (httpx2.HTTPError, ValueError):  # no JSON, or the connection broke: the status has to do
        return None
    finally:
        response.close()


def error(code: str, what: str, status: int = 0, extras: dict[str, Any] | None = None) -> LegendaError:
    """The typed error with this code, else a `RemoteError` that carries it.

    Args:
        code: of a problem, a failed job or a failed page.
        what: what is said about it.
        status: of the answer, 0 where there was none.
        extras: further members, such as `used` and `cap`; they become attributes.
    """
    if (kind := _kinds().get(code)) is None:
        remote = RemoteError(what, status=status)
        remote.code = code or remote.code
        remote.exit_code = _EXITS.get(status, remote.exit_code)
        return remote
    found = kind.__new__(kind)  # their own arguments differ
    LegendaError.__init__(found, what)
    for name in ("used", "cap", "period", "retry_after"):
        if extras and name in extras:
            setattr(found, name, extras[name])
    return found


@cache
def _kinds() -> dict[str, type[LegendaError]]:
    found: dict[str, type[LegendaError]] = {}
    kinds: list[type[LegendaError]] = [LegendaError]
    while kinds:
        kind = kinds.pop()
        found.setdefault(kind.code, kind)
        kinds.extend(kind.__subclasses__())
    return found
