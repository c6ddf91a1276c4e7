"""uvicorn, with a cap on the head of requests, a clock for it, and an end without loose ends."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from legenda.server.guard import HEAD_BYTES
from legenda.server.logs import log
from legenda.server.ways import interim
from legenda.server.ways.connect_proxy import Gate
from legenda.server.ways.sockets import BACKLOG, Sockets

_HEAD_SECONDS = 30.0
_CLOSING_SECONDS = 10  # for downloads and uploads under way when the server ends
_MESSAGE_BYTES = 32 * 2**20  # a message over a WebSocket
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/problem+json\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


class Protocol(HttpToolsProtocol):
    """The head of a request may have so many bytes and take so many seconds; the parser by itself has no bounds."""

    _pending = 0
    _clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock."""
        super().connection_made(transport)
        self._in_head = True
        self._clock = self.loop.call_later(_HEAD_SECONDS, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop it."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes while a head is not whole."""
        super().data_received(data)
        if not self._in_head:
            return
        self._pending += len(data)
        if self._pending > HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head, self._pending = True, 0
        if self._clock is None:
            self._clock = self.loop.call_later(_HEAD_SECONDS, self._give_up)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """And is whole."""
        self._in_head = False
        self._stop_clock()
        super().on_headers_complete()
        cycle = self.cycle
        if cycle is None or cycle.scope is not self.scope or self.scope["http_version"] != "1.1":
            return
        if line := interim.line_for(self.headers):
            extension: Any = partial(self._say, cycle, line)
            self.scope["extensions"] = {interim.EXTENSION: extension}

    def _say(self, cycle: RequestResponseCycle, line: bytes) -> None:
        """Write an interim line, as long as nothing of the answer is written."""
        if not cycle.response_started and not cycle.disconnected and not self.transport.is_closing():
            self.transport.write(line)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _give_up(self) -> None:
        self._clock = None
        if not self.transport.is_closing():
            self.transport.close()


class Server(uvicorn.Server):
    """Ends on SIGTERM and SIGINT; a second SIGINT does not wait for anybody.

    Args:
        config: of uvicorn.
        doors: what to listen on.
        ready: called when it listens.
        ending: called in the event loop when the end begins.
    """

    def __init__(
        self, config: uvicorn.Config, doors: Sockets, ready: Callable[[], None], ending: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._doors, self._ready, self._ending = doors, ready, ending

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Take the signals over; unlike uvicorn, the process that was asked to end does so with status 0."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: Any = None) -> None:
        """End streams and waits first, then connections, then the application."""
        self._ending()
        await super().shutdown(sockets)

    async def startup(self, sockets: Any = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        if authority := self._doors.authority:
            gate = partial(Gate, self._protocol, authority.context, self.server_state.connections)
            for opened in self._doors.tls:
                await self._listen(self._protocol, opened, ssl=authority.context, ssl_handshake_timeout=_HEAD_SECONDS)
            for opened in self._doors.proxy:
                await self._listen(gate, opened)
        self._ready()

    async def _listen(self, make: Callable[[], asyncio.Protocol], opened: socket.socket, **options: Any) -> None:
        loop = asyncio.get_running_loop()
        self.servers.append(await loop.create_server(make, sock=opened, backlog=BACKLOG, **options))

    def _protocol(self) -> Protocol:
        return Protocol(self.config, self.server_state, self.lifespan.state)


def listen(app: Any, sockets: Sockets, ready: Callable[[], None], ending: Callable[[], None]) -> None:
    """Serve until told to end.

    Args:
        app: ASGI.
        sockets: to listen on; they are closed at the end.
        ready: called when it listens.
        ending: called in the event loop when the end begins.
    """

    async def hourly() -> None:
        authority = sockets.authority
        try:
            if authority is not None and await asyncio.to_thread(authority.renewed):
                log.info("certificate renewed")
        except Exception:
            log.exception("the certificate was not renewed")  # there are weeks left to mend it

    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="websockets-sansio",
        ws_max_size=_MESSAGE_BYTES,
        proxy_headers=False,  # `Forwarding` knows which proxies are ours
        log_config=None,
        server_header=False,
        callback_notify=hourly,
        timeout_notify=3600,
        timeout_graceful_shutdown=_CLOSING_SECONDS,
    )
    Server(config, sockets, ready, ending).run(sockets.plain)
