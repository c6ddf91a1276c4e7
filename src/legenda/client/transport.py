"""Requests to a server: keyed, tried again where that does no harm, refused with typed errors."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from legenda.client.problem import problem
from legenda.errors import ServerUnreachableError

TRIES = 5  # of a request whose connection fails: some 4 seconds, so that a wrong address is not waited for
LONGEST_WAIT = 60.0  # seconds, whatever Retry-After says
_BUSY = frozenset((429, 502, 503, 504))

Build = Callable[[], dict[str, Any]]


class Transport:
    """A connection pool to one server. Thread safe.

    Args:
        base_url: of the server; a path in it is kept.
        key: sent as a bearer token, to this server only: redirects are not followed.
        timeout: seconds without a byte after which a request counts as failed.
        patience: seconds to come back to a server that says it is busy (429, 503).
    """

    def __init__(self, base_url: str, key: str | None, timeout: float, patience: float) -> None:
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._patience = patience
        self._url = base_url
        try:
            self._client = httpx2.Client(base_url=base_url, headers=headers, timeout=timeout)
        except httpx2.InvalidURL as error:
            raise ServerUnreachableError(f"{base_url} is no address of a server", str(error)) from None

    def json(self, method: str, path: str, build: Build = dict) -> dict[str, Any]:
        """Send a request that may be repeated, and give the JSON object it is answered with.

        Args:
            method: GET, DELETE, or POST with an idempotency key.
            path: below the base URL.
            build: makes the request's further parts, anew for every try, since a body can be read only once.

        Raises:
            LegendaError: the problem the server answered with, or it cannot be reached.
        """
        with self.stream(method, path, build) as response:
            response.read()
            if not response.content:
                return {}
            found = response.json()
            if not isinstance(found, dict):
                raise ValueError(found)
            return found

    @contextmanager
    def stream(self, method: str, path: str, build: Build = dict) -> Iterator[httpx2.Response]:
        """The same for an answer that is read piece by piece; only getting to its first byte is tried again."""
        response = self._answered(method, path, build)
        try:
            yield response
        except (httpx2.TransportError, httpx2.DecodingError, ValueError) as error:
            raise self._unreachable(error) from None
        finally:
            response.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _answered(self, method: str, path: str, build: Build) -> httpx2.Response:
        failures, began = 0, time.monotonic()
        while True:
            try:
                response = self._client.send(self._client.build_request(method, path, **build()), stream=True)
            except (httpx2.TransportError, httpx2.UnsupportedProtocol) as error:
                failures += 1
                if failures >= TRIES or isinstance(error, httpx2.UnsupportedProtocol):
                    raise self._unreachable(error) from None
                time.sleep(_backoff(failures))
                continue
            if response.is_success:
                return response
            pause = _pause(response)
            if pause is None or time.monotonic() - began + pause > self._patience:
                raise problem(response)
            response.close()
            time.sleep(pause)

    def _unreachable(self, error: Exception) -> ServerUnreachableError:
        why = str(error) or type(error).__name__
        return ServerUnreachableError(f"The server at {self._url} cannot be reached", why, "check the address")


def _backoff(tries: int) -> float:
    return min(0.25 * 2.0**tries, 10.0) * random.uniform(0.5, 1.0)


def _pause(response: httpx2.Response) -> float | None:
    """Seconds until the request may be tried again, `None` if that is no use."""
    if response.status_code not in _BUSY:
        return None
    told = response.headers.get("Retry-After", "")
    if told.isdecimal():
        return min(float(told), LONGEST_WAIT) * random.uniform(1.0, 1.2)  # not all at once
    try:
        return min(max(parsedate_to_datetime(told).timestamp() - time.time(), 0.0), LONGEST_WAIT)
    except (ValueError, TypeError):
        return _backoff(3)
