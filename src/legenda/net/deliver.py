"""Delivers messages and results to URLs that callers name; redirects are answers like any other, never followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from legenda.net.connection import Clock, exchange
from legenda.net.policy import check, check_headers

SECONDS = (30.0, 120.0)


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: tuple[float, float] = SECONDS,
    allow: Iterable[str] = (),
) -> int:
    """POST a message.

    Args:
        url: of the receiver.
        body: sent as it is, as JSON unless `headers` say otherwise.
        headers: besides those every request has.
        seconds: until the answer's head, and for everything.
        allow: as for `policy.check`.

    Returns:
        The status of the answer; nothing else of it is read.

    Raises:
        OutboundError: the URL is refused.
        UnreachableError: the receiver cannot be spoken to.
        TimedOutError: it takes too long.
    """
    clock = Clock(*seconds)
    target = check(url, allow=allow, seconds=clock.left())
    typed = {"Content-Type": "application/json", **headers}
    with exchange("POST", target, typed, clock, body) as answer:
        return answer.status


def put(
    url: str,
    chunks: Iterable[bytes],
    size: int,
    media_type: str,
    *,
    headers: Mapping[str, str] | None = None,
    seconds: tuple[float, float] = SECONDS,
    allow: Iterable[str] = (),
) -> int:
    """PUT a result to a pre-signed URL, as it is read.

    Args:
        url: of the receiver.
        chunks: the result; must have `size` bytes in all.
        size: bytes; sent ahead, since object stores take no other bodies.
        media_type: of the result, unless `headers` say otherwise.
        headers: the caller's (`policy.check_headers`).
        seconds: until the receiver begins to take it, and for everything.
        allow: as for `policy.check`.

    Returns:
        The status of the answer; nothing else of it is read.

    Raises:
        As `post`; also `OutboundError` for headers.
    """
    clock = Clock(*seconds)
    target = check(url, allow=allow, seconds=clock.left())

    def body() -> Iterator[bytes]:
        clock.answered()  # it took the head of the request
        yield from chunks

    given = dict(headers or {})
    check_headers(given)
    if not any(name.lower() == "content-type" for name in given):
        given["Content-Type"] = media_type
    with exchange("PUT", target, given | {"Content-Length": str(size)}, clock, body()) as answer:
        return answer.status
