"""Inputs and outputs over a WebSocket: one message an input, one message its output, in MessagePack."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgpack
from starlette.websockets import WebSocket, WebSocketDisconnect

MOST_WAITING = 60
"""Messages that may wait for their turn; beyond that the oldest is dropped, as the service does."""
_NORMAL, _BAD_DATA = 1000, 1007

Answer = Callable[[Any], Awaitable[Any]]
"""From an input to its output; raises `RefusedError` where there is none."""


class RefusedError(Exception):
    """An input has no output.

    Args:
        error: short, for programs.
        reason: for people.
    """

    def __init__(self, error: str, reason: str) -> None:
        super().__init__(error)
        self.error, self.reason = error, reason


async def converse(socket: WebSocket, prefix: str, answer: Answer, waiting: int = MOST_WAITING) -> None:
    """Answer one message after the other until the caller goes; what is not answered by then is called off.

    Args:
        socket: not accepted yet.
        prefix: of the types of messages about messages, such as `x-fal`.
        answer: gives the outputs.
        waiting: messages that may wait.
    """
    await socket.accept()
    inbox: deque[Any] = deque(maxlen=max(1, min(waiting, MOST_WAITING)))
    news = asyncio.Event()
    hearing = asyncio.create_task(_hear(socket, inbox, news))
    speaking = asyncio.create_task(_speak(socket, prefix, answer, inbox, news))
    try:
        done, _ = await asyncio.wait((hearing, speaking), return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            await task
    except WebSocketDisconnect:
        return
    finally:
        for task in (hearing, speaking):
            task.cancel()
        await asyncio.gather(hearing, speaking, return_exceptions=True)


async def _hear(socket: WebSocket, inbox: deque[Any], news: asyncio.Event) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", _NORMAL))
        content = message.get("bytes") or (message.get("text") or "")
        try:
            inbox.append(_decoded(content))
        except (ValueError, RecursionError):
            await socket.close(_BAD_DATA, "a message was neither MessagePack nor JSON")
            return
        news.set()


def _decoded(content: bytes | str) -> Any:
    if isinstance(content, str):
        return json.loads(content)
    try:
        return msgpack.unpackb(content, raw=False)
    except Exception as error:  # its errors have several bases
        raise ValueError(type(error).__name__) from None


async def _speak(socket: WebSocket, prefix: str, answer: Answer, inbox: deque[Any], news: asyncio.Event) -> None:
    while True:
        await news.wait()
        news.clear()
        while inbox:
            try:
                output = msgpack.packb(await answer(inbox.popleft()), use_bin_type=True)
            except RefusedError as error:
                told = {"type": f"{prefix}-error", "error": error.error, "reason": error.reason}
                output = json.dumps(told)  # in ASCII, as all text to these clients
            with suppress(RuntimeError):  # the socket was closed meanwhile
                await (socket.send_text(output) if isinstance(output, str) else socket.send_bytes(output))
