"""Fetches what is to be read from where its URL says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urljoin

import httpcore2

from legenda.errors import TooLargeError, UnreachableError
from legenda.net.connection import Clock, chunks, exchange, header
from legenda.net.names import file_name
from legenda.net.policy import Target, check

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,64}/[a-z0-9!#$&^_.+-]{1,64}")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched.

    Attributes:
        size: bytes.
        sha256: of them, hexadecimal.
        name: of the file, made harmless.
        type: media type the server claims, without parameters; empty if it claims none.
    """

    size: int
    sha256: str
    name: str
    type: str


def fetch(
    url: str,
    out: BinaryIO,
    *,
    megabytes: float,
    seconds: tuple[float, float] = (30.0, 120.0),
    redirects: int = 5,
    allow: Iterable[str] = (),
) -> Fetched:
    """Fetch a URL into a file, following redirects; each is decided about anew, and is sent nothing but its own URL.

    Args:
        url: of the file.
        out: is written to as the bytes come in; holds a part of them after an error.
        megabytes: most it may have (2**20 bytes each).
        seconds: until the first byte, and for everything, redirects included.
        redirects: most that are followed.
        allow: as for `policy.check`.

    Raises:
        OutboundError: the URL, or one it redirects to, is refused.
        UnreachableError: the server cannot be spoken to, or gives no file.
        TooLargeError: it gives more than `megabytes`.
        TimedOutError: it takes too long.
    """
    allow, clock = tuple(allow), Clock(*seconds)
    for _ in range(redirects + 1):
        target = check(url, allow=allow, seconds=clock.left())
        with exchange("GET", target, {"Accept": "*/*"}, clock) as answer:
            if answer.status not in _REDIRECTS:
                return _save(answer, target, out, int(megabytes * 2**20))
            url = _next(target, header(answer, "Location"))
    raise UnreachableError(f"{target.origin} gives no file", f"more than {redirects} redirects")


def _next(target: Target, location: str) -> str:
    try:
        return urljoin(target.url, location)
    except ValueError:
        raise UnreachableError(f"{target.origin} gives no file", "it redirects to nowhere") from None


def _save(answer: httpcore2.Response, target: Target, out: BinaryIO, most: int) -> Fetched:
    if answer.status != 200:
        raise UnreachableError(f"{target.origin} gives no file", f"it answers with status {answer.status}")
    if header(answer, "Content-Encoding").strip().lower() not in ("", "identity"):
        # What unpacks to a thousand times its size is not unpacked at all
        raise UnreachableError(f"{target.origin} gives no file", "it sends it compressed, which was not asked for")
    length = header(answer, "Content-Length")
    size, digest = 0, hashlib.sha256()
    if length.isdecimal() and int(length) > most:
        raise _too_large(target, most)
    for chunk in chunks(answer):
        size += len(chunk)
        if size > most:
            raise _too_large(target, most)
        digest.update(chunk)
        out.write(chunk)
    name = file_name(header(answer, "Content-Disposition"), target.url)
    return Fetched(size, digest.hexdigest(), name, _media_type(header(answer, "Content-Type")))


def _media_type(value: str) -> str:
    kind = value.partition(";")[0].strip().lower()
    return kind if _TYPE.fullmatch(kind) else ""


def _too_large(target: Target, most: int) -> TooLargeError:
    return TooLargeError(f"What {target.origin} gives is too large", f"more than {most / 2**20:g} MiB")
