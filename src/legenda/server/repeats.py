"""Requests that are told the same again: clients that wait for a job ask many times before something happens to it.

A request with the very head of an earlier one is answered with the bytes that one got, before any of it is looked at,
as long as nothing happened to the job. That takes a fifth of the time: a hundred of fal's clients that wait ask a
thousand times a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from legenda.server.metrics import Metrics
    from legenda.server.service import Service
    from legenda.server.snapshots import Snapshot

_SECONDS = 2.0  # ... and no longer than this: by then a key may be revoked
_MOST = 2000
_MOST_BYTES = 16 * 2**10
_STATE = "repeats"

Head = tuple[Any, ...]


@dataclass(slots=True)
class _Answer:
    """What was said, of which job as it stood, until when it may be said again."""

    snapshot: Snapshot
    until: float
    route: str
    messages: list[Message] = field(default_factory=list)


def repeatable(connection: HTTPConnection, snapshot: Snapshot) -> None:
    """The answer to this request depends on nothing but its head and a job as it stands."""
    connection.scope.setdefault("state", {})[_STATE] = snapshot


class Repeats:
    """ASGI middleware, outside of all others.

    Args:
        app: what answers.
        service: of the running server.
        metrics: count.
    """

    def __init__(self, app: ASGIApp, service: Callable[[], Service], metrics: Metrics) -> None:
        self._app, self._service, self._metrics = app, service, metrics
        self._known: dict[Head, _Answer] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        head = _head(scope)
        if answer := self._again(head):
            for message in answer.messages:
                await send(message)
            status = answer.messages[0]["status"]
            self._metrics.answered("GET", answer.route, status, time.perf_counter() - began)
            return
        said: list[Message] = []

        async def noted(message: Message) -> None:
            if len(said) < 2:
                said.append(message)
            await send(message)

        await self._app(scope, receive, noted)
        self._remember(head, scope, said)

    def _again(self, head: Head) -> _Answer | None:
        answer = self._known.get(head)
        if answer is None:
            return None
        if time.monotonic() < answer.until:
            snapshots = self._service().snapshots
            if snapshots.known(answer.snapshot.job.id, heard=True) is answer.snapshot:
                return answer
        del self._known[head]
        return None

    def _remember(self, head: Head, scope: Scope, said: list[Message]) -> None:
        snapshot = scope.get("state", {}).get(_STATE)
        if snapshot is None or len(said) < 2 or said[0]["status"] >= 300:
            return
        if said[1].get("more_body") or len(said[1]["body"]) > _MOST_BYTES:
            return
        if len(self._known) >= _MOST:
            self._known.clear()
        route = getattr(scope.get("route"), "path", "unknown")
        self._known[head] = _Answer(snapshot, time.monotonic() + _SECONDS, route, said)


def _head(scope: Scope) -> Head:
    """All that an answer may depend on: what was sent, by whom, and where it arrived."""
    place = scope["scheme"], tuple(scope.get("server") or ()), (scope.get("client") or ("",))[0]
    return scope["raw_path"], scope["query_string"], place, *scope["headers"]
