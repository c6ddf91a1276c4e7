"""Around every request: caps on its head, a problem instead of a crash, headers of safety, numbers for the metrics."""

from __future__ import annotations

import time
from asyncio import CancelledError
from typing import TYPE_CHECKING

from anyio import move_on_after
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from legenda.server import problems
from legenda.server.logs import log
from legenda.server.problems import ProblemError

if TYPE_CHECKING:
    from legenda.server.metrics import Metrics

HEAD_BYTES = 32 * 2**10
_SWALLOWED_BYTES, _SWALLOWED_SECONDS = 4 * 2**20, 3.0
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
}


class Guard:
    """ASGI middleware.

    Args:
        app: what answers.
        metrics: count.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send)
        started = time.perf_counter()
        try:
            await self._served(scope, exchange)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            self._metrics.answered(scope["method"], route, exchange.status, time.perf_counter() - started)

    async def _served(self, scope: Scope, exchange: _Exchange) -> None:
        size = sum(len(name) + len(value) for name, value in scope["headers"]) + len(scope["raw_path"] or b"")
        if size + len(scope["query_string"]) > HEAD_BYTES:
            error = ProblemError(431, "head_too_large", f"Path and headers hold more than {HEAD_BYTES} bytes.")
            answer = problems.shaped(HTTPConnection(scope), error)
            await answer(scope, exchange.receive, exchange.send)
            return
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except CancelledError:
            raise
        except Exception as error:
            log.exception("a request failed", extra={"fields": {"method": scope["method"]}})
            if not exchange.status:
                answer = problems.shaped(HTTPConnection(scope), error)
                await answer(scope, exchange.receive, exchange.send)
            else:
                # the connection is closed, so that nobody takes half for all
                raise ConnectionAbortedError from None


class _Exchange:
    """The two channels of a request."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._body_ended = False
        self.status = 0

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self._body_ended = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
            if self.status >= 400 and not self._body_ended and self._has_body():
                await self._swallow()
                headers["Connection"] = "close"
        await self._send(message)

    def _has_body(self) -> bool:
        names = {name: value for name, value in self._scope["headers"]}
        return b"transfer-encoding" in names or names.get(b"content-length", b"0") != b"0"

    async def _swallow(self) -> None:
        """Take a little more of a body nobody wants: a caller who is still writing would not read the answer."""
        if any(name == b"expect" for name, _ in self._scope["headers"]):
            return
        taken = 0
        with move_on_after(_SWALLOWED_SECONDS):
            while not self._body_ended and taken < _SWALLOWED_BYTES:
                taken += len((await self.receive()).get("body", b""))
