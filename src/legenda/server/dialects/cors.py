"""Which web pages may call: those that bring a key, and those of origins that were configured."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import Message, Scope, Send

from legenda.server.auth import KEY_HEADERS

_METHODS = "GET, POST, PUT, DELETE, OPTIONS"
_HEADERS = re.compile(rb"[A-Za-z0-9, _-]{1,2000}")
_EXPOSED = (
    "x-fal-request-id, x-fal-error-type, x-fal-request-timeout-type, x-fal-needs-retry, x-fal-retryable, "
    "x-fal-billable-units, x-modelrunner-request-id, etag, location, operation-location, retry-after, "
    "content-disposition"
)
_TOKENS = ("api_token", "fal_jwt_token", "modelrunner_jwt_token", "sig")


class Cors:
    """Cross-origin resource sharing (Fetch standard).

    No cookies are used, so a page that brings a key got it from somebody who has it. Pages without one get nothing,
    since here addresses, or sitting at this machine, may be all that lets callers in.

    Args:
        origins: that may call without a key; `*` for all.
    """

    def __init__(self, origins: Collection[str]) -> None:
        self._origins = frozenset(origins)

    def preflight(self, scope: Scope) -> Response | None:
        """The answer to a preflight; it opens nothing, since the request itself is looked at again."""
        names = dict(scope["headers"])
        if scope["method"] != "OPTIONS" or b"origin" not in names or b"access-control-request-method" not in names:
            return None
        asked = names.get(b"access-control-request-headers", b"")
        headers = {
            "Access-Control-Allow-Origin": names[b"origin"].decode("latin-1"),
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Max-Age": "600",
            "Vary": "Origin, Access-Control-Request-Headers",
        }
        if _HEADERS.fullmatch(asked):
            headers["Access-Control-Allow-Headers"] = asked.decode()
        return Response(status_code=204, headers=headers)

    def sending(self, scope: Scope, send: Send) -> Send:
        """`send`, with the headers a page's browser asks for."""
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
        if origin is None:
            return send
        allowed = self._allows(scope, origin.decode("latin-1"))

        async def shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.append("Vary", "Origin")
                if allowed:
                    headers["Access-Control-Allow-Origin"] = origin.decode("latin-1")
                    headers["Access-Control-Expose-Headers"] = _EXPOSED
            await send(message)

        return shared

    def _allows(self, scope: Scope, origin: str) -> bool:
        if origin in self._origins or "*" in self._origins or scope["path"].startswith("/files/"):
            return True
        if any(name in KEY_HEADERS for name, _ in scope["headers"]):
            return True
        query = scope["query_string"]
        return any(token.encode() in query for token in _TOKENS) and bool(
            parse_qs(query.decode("latin-1")).keys() & set(_TOKENS)
        )
