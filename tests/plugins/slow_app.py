"""A server with our listener and an application of a test's: slow answers, and a WebSocket that says things back."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from legenda.server import logs
from legenda.server.ways.listener import listen
from legenda.server.ways.note import Note
from legenda.server.ways.sockets import opened
from legenda.settings import Settings


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        for _ in range(2):
            await send({"type": (await receive())["type"] + ".complete"})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send(message | {"type": "websocket.send"})
    else:
        await _slowly(scope, send)


async def _slowly(scope: Any, send: Any) -> None:
    say = scope.get("extensions", {}).get("legenda.interim")
    for _ in range(3):
        if say:
            say()
        await asyncio.sleep(0.02)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    if say:
        say()  # too late: it must not end up in the answer
    await send({"type": "http.response.body", "body": b"done"})


def main() -> None:
    logs.configure("info")
    settings = Settings(data_dir=Path(sys.argv[1]), port=0, tls="auto", tls_port=0, connect_proxy=int(sys.argv[2]))
    sockets = opened(settings)
    listen(app, sockets, Note(settings.data_dir, sockets).write, lambda: None)


if __name__ == "__main__":
    main()
