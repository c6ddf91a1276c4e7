"""Answers with the id of the request in a header of each, since clients read it from nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import Response

from legenda.document.jsonio import dumps


class Answers:
    """The answers of one dialect.

    Args:
        header: that has the id.
        new_id: for a request that has none yet.
    """

    def __init__(self, header: str, new_id: Callable[[], str]) -> None:
        self.header, self._new_id = header, new_id

    def request_id(self, request: HTTPConnection) -> str:
        """Id of what is asked for; a new one unless `name` gave one."""
        state = request.scope.setdefault("state", {})
        if self.header not in state:
            state[self.header] = self._new_id()
        found: str = state[self.header]
        return found

    def name(self, request: HTTPConnection, id: str) -> None:
        """Give what is asked for the id that it has."""
        request.scope.setdefault("state", {})[self.header] = id

    def answer(
        self, request: HTTPConnection, value: Any, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        """JSON."""
        named = {self.header: self.request_id(request)} | dict(headers or {})
        return Response(dumps(value), status, named, "application/json")
