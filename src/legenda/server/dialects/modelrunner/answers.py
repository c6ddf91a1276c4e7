"""Answers as ModelRunner's clients read them: the id of the request in a header of each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import Response

from legenda.document.jsonio import dumps
from legenda.server.dialects.queue.ids import nano_of

DIALECT = "modelrunner"
REQUEST_ID = "x-modelrunner-request-id"
_STATE = "modelrunner_request_id"


def request_id(request: HTTPConnection) -> str:
    """Id of what is asked for; a new one unless `name` gave one."""
    found: str = request.scope.setdefault("state", {}).setdefault(_STATE, nano_of(uuid.uuid4().hex))
    return found


def name(request: HTTPConnection, id: str) -> None:
    """Give what is asked for the id that it has."""
    request.scope.setdefault("state", {})[_STATE] = id


def answer(
    request: HTTPConnection, value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """JSON."""
    named = {REQUEST_ID: request_id(request)} | dict(headers or {})
    return Response(dumps(value), status, named, "application/json")
