from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from starlette.requests import Request

Make = Callable[..., Request]


@pytest.fixture(scope="session")
def request_of() -> Make:
    """A request with headers, whose body comes in the pieces given; `None` as the last is a caller who left."""

    def make(pieces: Iterable[bytes | None] = (), query: str = "", **headers: str) -> Request:
        coming: list[dict[str, Any]] = []
        for piece in pieces:
            more = {"type": "http.request", "body": piece, "more_body": True}
            coming.append({"type": "http.disconnect"} if piece is None else more)
        coming.append({"type": "http.request", "body": b"", "more_body": False})

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(0)
            return coming.pop(0)

        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "POST", "path": "/", "headers": raw, "query_string": query.encode()}
        return Request(scope | {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http"}, receive)

    return make
