"""Who asks: the headers `orgId`, `authKey`, `subOrgId`, `apiVersion` and `version`."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.requests import Request

from legenda.server.auth import Caller, requires
from legenda.server.problems import ProblemError

API_VERSION = "2025-02-27"
"""The version of the interface where a request names none."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_KEY = re.compile(r"[A-Za-z0-9_:-]{1,512}")  # keys may be given as `id:secret`
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Client:
    """A caller of this interface.

    Attributes:
        caller: as everywhere.
        organization: `orgId`; taken as it is, since the key says whose jobs these are.
        suborganization: `subOrgId`.
        api: `apiVersion`.
        version: of the OCR, as the header has it; `None` without one.
    """

    caller: Caller
    organization: str
    suborganization: str
    api: str
    version: int | None


def client(scope: str) -> Callable[[Request], Awaitable[Client]]:
    """A dependency that lets in whoever has the scope, and shows both headers.

    Raises:
        ProblemError: 401 or 403 as `requires`, or without a header; 400, one of the other headers is wrong.
    """
    admit = requires(scope)

    async def let_in(request: Request) -> Client:
        given = request.headers
        organization = given.get("orgid", "")
        if not _NAME.fullmatch(organization) or not _KEY.fullmatch(given.get("authkey", "")):
            raise ProblemError(403, "forbidden", "orgId and authKey are needed.")
        caller = await admit(request)
        return Client(caller, organization, _label(request), _api(request), _version(request))

    return let_in


def _label(request: Request) -> str:
    label = request.headers.get("suborgid", "")
    if label and not _NAME.fullmatch(label):
        raise _wrong("subOrgId must be letters, digits, - and _.")
    return label


def _api(request: Request) -> str:
    api = request.headers.get("apiversion", "") or API_VERSION
    try:
        if _DATE.fullmatch(api):
            date.fromisoformat(api)
            return api
    except ValueError:
        pass
    raise _wrong("apiVersion must be a date, YYYY-MM-DD.")


def _version(request: Request) -> int | None:
    version = request.headers.get("version", "")
    if version not in ("", "1", "2"):
        raise _wrong("version must be 1 or 2.")
    return int(version) if version else None


def _wrong(detail: str) -> ProblemError:
    return ProblemError(400, "invalid_request", detail)


def _header(name: str, pattern: str, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "schema": {"type": "string", "pattern": pattern}}


HEADERS: list[dict[str, Any]] = [
    _header("orgId", "^[a-zA-Z0-9_-]{1,64}$", required=True),
    _header("authKey", "^[a-zA-Z0-9_-]{1,64}$", required=True),
    _header("apiVersion", "^20[0-9]{2}-0[1-9]-[01][1-9]$"),
    _header("subOrgId", "^[a-zA-Z0-9_-]{1,64}$"),
    _header("version", "^[12]$"),
]
"""The headers, for the description of every route."""
