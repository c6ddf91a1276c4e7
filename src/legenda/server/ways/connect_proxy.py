"""A proxy for clients whose hosts are constants: `CONNECT` to a service that is spoken here leads to this server.

Nothing is passed on to anywhere. The tunnel ends in the same process, so the server sees who really calls.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, MutableSet
from http import HTTPStatus
from typing import Any

from legenda.server.dialects.hosts import role_of

_HEAD_BYTES = 8192
_SECONDS = 20.0  # for the head, and again for the handshake
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Gate(asyncio.Protocol):
    """One connection to the proxy.

    Args:
        make: a protocol of the server.
        context: of TLS.
        connections: of the server; they are told when it ends.
    """

    def __init__(
        self, make: Callable[[], asyncio.Protocol], context: ssl.SSLContext, connections: MutableSet[Any]
    ) -> None:
        self._make, self._context, self._connections = make, context, connections
        self._head = b""
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock."""
        self._transport = transport
        self._connections.add(self)
        self._clock = asyncio.get_running_loop().call_later(_SECONDS, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop it."""
        self._clock.cancel()
        self._connections.discard(self)

    def shutdown(self) -> None:
        """The server ends."""
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Collect the head, and decide."""
        self._head += data
        head, ended, rest = self._head.partition(b"\r\n\r\n")
        if not ended and len(self._head) <= _HEAD_BYTES:
            return
        if refusal := _refusal(head) if ended and not rest and len(head) <= _HEAD_BYTES else HTTPStatus.BAD_REQUEST:
            self._refuse(refusal)
            return
        self._clock.cancel()
        self._transport.pause_reading()  # what comes next is the handshake's
        self._transport.write(_ESTABLISHED)
        self._task = asyncio.get_running_loop().create_task(self._lead())

    def _refuse(self, status: HTTPStatus) -> None:
        allow = "Allow: CONNECT\r\n" if status == HTTPStatus.METHOD_NOT_ALLOWED else ""
        line = f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        self._transport.write(f"{line}{allow}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        self._transport.close()

    async def _lead(self) -> None:
        """TLS, and then the server's own protocol."""
        held = _Held()
        try:
            transport = await asyncio.get_running_loop().start_tls(
                self._transport, held, self._context, server_side=True, ssl_handshake_timeout=_SECONDS
            )
        except (OSError, TimeoutError):
            self._transport.close()  # of those who do not trust the authority; they know why
            return
        finally:
            self._connections.discard(self)
        if transport is None or held.lost:
            return
        protocol = self._make()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        if held.data:
            protocol.data_received(bytes(held.data))


class _Held(asyncio.Protocol):
    """Keeps what comes between the handshake and the moment the server's protocol takes over."""

    def __init__(self) -> None:
        self.data, self.lost = bytearray(), False

    def data_received(self, data: bytes) -> None:
        self.data += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True


def _refusal(head: bytes) -> HTTPStatus | None:
    """Why a request is not served; `None` if it is."""
    method, _, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
    target, _, protocol = rest.partition(" ")
    if not protocol.startswith("HTTP/1."):
        return HTTPStatus.BAD_REQUEST
    if method != "CONNECT":
        return HTTPStatus.METHOD_NOT_ALLOWED
    host, _, port = target.rpartition(":")
    if port != "443" or role_of(host.lower()) is None:
        return HTTPStatus.FORBIDDEN
    return None
