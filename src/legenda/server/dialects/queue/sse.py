"""Server-sent events, as far as these clients can read them: one line of ASCII an event."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import StreamingResponse

PING = b": ping\n\n"
"""A comment, which clients pass over."""
PING_SECONDS = 10.0


def event(data: Any, kind: str = "") -> bytes:
    """One event. In ASCII: the JavaScript client decodes each piece of the network by itself, and cuts characters."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    named = f"event: {kind}\n" if kind else ""
    return f"{named}data: {text}\n\n".encode("ascii")


def answer(events: AsyncIterator[bytes], headers: dict[str, str] | None = None) -> StreamingResponse:
    """The stream, past proxies that would hold it back."""
    kept = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, 200, kept | (headers or {}), "text/event-stream")
