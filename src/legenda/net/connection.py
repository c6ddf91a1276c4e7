"""One HTTP/1.1 exchange with a checked target: pinned to its addresses, ended by the clock on the wall."""

from __future__ import annotations

import functools
import logging
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import httpcore2

from legenda.errors import TimedOutError, UnreachableError
from legenda.net.policy import Target

Content = bytes | Iterator[bytes] | None

# At the level of debugging it writes whole header lines: signatures in redirects, secrets of webhooks
logging.getLogger("httpcore2").setLevel(logging.WARNING)


class Clock:
    """Time left for an exchange; a peer that sends a byte now and then does not stretch it.

    Args:
        first: seconds to resolve, connect, send and get the answer's head.
        total: seconds for everything.
    """

    def __init__(self, first: float, total: float) -> None:
        self._end = time.monotonic() + total
        self._limit = min(time.monotonic() + first, self._end)

    def answered(self) -> None:
        """The peer is there: from here on, the total counts."""
        self._limit = self._end

    def left(self) -> float:
        """Seconds left, 0 when the time is up."""
        return max(0.0, self._limit - time.monotonic())


class _Stream(httpcore2.NetworkStream):
    """A stream whose every wait ends with the clock."""

    def __init__(self, inner: httpcore2.NetworkStream, clock: Clock) -> None:
        self._inner, self._clock = inner, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._clock, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # In pieces of a TLS record: one write of all would begin to wait anew after every bit that is taken
        for start in range(0, len(buffer), 16384):
            self._inner.write(buffer[start : start + 16384], _left(self._clock, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left(self._clock, httpcore2.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Pinned(httpcore2.NetworkBackend):
    """Connects to the addresses that were checked, whatever name it is told."""

    def __init__(self, target: Target, clock: Clock) -> None:
        self._target, self._clock = target, clock

    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore2.NetworkStream:
        addresses = self._target.addresses
        for number, address in enumerate(addresses[:-1]):
            with suppress(httpcore2.ConnectError, httpcore2.ConnectTimeout):
                return self._connect(address, 1 / (len(addresses) - number))
        return self._connect(addresses[-1], 1.0)

    def _connect(self, address: str, share: float) -> httpcore2.NetworkStream:
        left = _left(self._clock, httpcore2.ConnectTimeout) * share
        return _Stream(httpcore2.SyncBackend().connect_tcp(address, self._target.port, left), self._clock)


def _left(clock: Clock, error: type[httpcore2.TimeoutException]) -> float:
    left = clock.left()
    if not left:
        raise error
    return left


@functools.cache
def _trust() -> ssl.SSLContext:
    return httpcore2.default_ssl_context()


@contextmanager
def exchange(
    method: str, target: Target, headers: Mapping[str, str], clock: Clock, content: Content = None
) -> Iterator[httpcore2.Response]:
    """Send a request and give the answer, its body not read yet; the connection is closed at the end.

    Nothing else is sent or done: no redirects, no cookies, no proxies, no decompression.

    Args:
        method: of the request.
        target: from `policy.check`.
        headers: besides `Host`, `User-Agent`, `Accept-Encoding` and `Connection`; with `Content-Length` if `content`
            is an iterator.
        clock: ends every wait.
        content: body.

    Raises:
        UnreachableError: no connection, a wrong certificate, a broken or nonsensical answer; also of the body.
        TimedOutError: as soon as the clock has run down.
    """
    url = httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    origin = httpcore2.Origin(target.scheme.encode(), target.host.encode(), target.port)
    trust = _trust() if target.scheme == "https" else None
    sent = {"Host": target.authority, "User-Agent": "Legenda", "Accept-Encoding": "identity", "Connection": "close"}
    own = {name.lower() for name in headers}
    sent = {name: value for name, value in sent.items() if name.lower() not in own}
    connection = httpcore2.HTTPConnection(origin, trust, network_backend=_Pinned(target, clock))
    try:
        with (
            connection,
            connection.stream(method, url, headers=[*sent.items(), *headers.items()], content=content) as answer,
        ):
            clock.answered()
            yield answer
    except httpcore2.TimeoutException:
        raise TimedOutError(f"{target.origin} was too slow", "", "try again later") from None
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise UnreachableError(f"{target.origin} cannot be spoken to", _why(error)) from None


def _why(error: Exception) -> str:
    """What went wrong, in words of ours: the peer has no say in messages."""
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "its certificate is not valid for it"
        if isinstance(cause, ssl.SSLError):
            return "no secure connection could be made"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpcore2.ConnectError):
        return "nobody takes connections there"
    return "it broke the connection off" if isinstance(error, httpcore2.NetworkError) else "what it sent is not HTTP"


def header(answer: httpcore2.Response, name: str) -> str:
    """Value of an answer's first header of this name, or nothing."""
    wanted = name.lower().encode()
    return next((value.decode("utf-8", "replace") for key, value in answer.headers if key.lower() == wanted), "")


def chunks(answer: httpcore2.Response) -> Iterable[bytes]:
    """The body of an answer as it comes in."""
    return answer.iter_stream()
