"""HEAD is answered as GET is, without the body, wherever a route does not answer it itself (RFC 9110, 9.3.2)."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Heads:
    """ASGI middleware.

    Args:
        app: what answers.
        routes: of it.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._app, self._routes = app, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or not self._only_got(scope):
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body"})  # a stream sees from this that nobody listens any more

        got = {**scope, "method": "GET"}
        try:
            await self._app(got, receive, send_head)
        finally:
            scope["route"] = got.get("route")  # for the metrics

    def _only_got(self, scope: Scope) -> bool:
        return not self._matches(scope) and self._matches({**scope, "method": "GET"})

    def _matches(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] == Match.FULL for route in self._routes)
