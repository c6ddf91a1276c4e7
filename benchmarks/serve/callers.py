"""Many requests at once, with as little of the processor as Python allows: the server is to be measured."""

from __future__ import annotations

import http.client
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

_BOUNDARY = "legenda-bench"
FORM = f"multipart/form-data; boundary={_BOUNDARY}"
"""Type of what `form` makes."""


@dataclass
class Answers:
    """What came back.

    Attributes:
        seconds: of each answer.
        statuses: how often each came; 0 for a connection that failed.
        bodies: JSON of those that were asked for it.
        retry_after: of the refusals (429), how many said when to come back.
    """

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    retry_after: int = 0

    def count(self, *classes: int) -> int:
        """Answers of these classes (2 for 200..299)."""
        return sum(n for status, n in self.statuses.items() if status // 100 in classes)


def get(url: str, path: str) -> dict[str, Any]:
    """A JSON object, asked for once."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
    try:
        connection.request("GET", path)
        found: dict[str, Any] = json.loads(connection.getresponse().read())
        return found
    finally:
        connection.close()


def poll(url: str, path: str, callers: int, seconds: float) -> Answers:
    """Ask for a path over and over, from so many connections that stay open."""
    until = time.monotonic() + seconds

    def work(connection: http.client.HTTPConnection, answers: Answers) -> None:
        while time.monotonic() < until:
            began = time.perf_counter()
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            answers.seconds.append(time.perf_counter() - began)
            answers.statuses[response.status] += 1

    return _together(url, callers, work)


def submit(url: str, inputs: list[bytes], options: dict[str, str], *, wait: int = 0) -> Answers:
    """Upload all of these at the same moment, each over a connection of its own, and keep the answers."""
    todo = list(inputs)
    start = threading.Barrier(len(inputs))

    def work(connection: http.client.HTTPConnection, answers: Answers) -> None:
        body = form(todo.pop(), options)
        headers = {"Content-Type": FORM, "Prefer": f"wait={wait}"}
        headers["Idempotency-Key"] = secrets.token_hex(16)
        start.wait()
        began = time.perf_counter()
        connection.request("POST", "/v1/jobs", body, headers)
        response = connection.getresponse()
        answers.bodies.append(json.loads(response.read()))
        answers.seconds.append(time.perf_counter() - began)
        answers.statuses[response.status] += 1
        answers.retry_after += response.status == 429 and response.headers.get("Retry-After", "").isdecimal()

    return _together(url, len(inputs), work)


def form(data: bytes, options: dict[str, str], field: str = "file") -> bytes:
    """A form with a file, named `field`, and fields."""
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in options.items()]
    parts.append(f'name="{field}"; filename="input"\r\n\r\n'.encode() + data)
    start = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; ".encode()
    return b"".join(start + part + b"\r\n" for part in parts) + f"--{_BOUNDARY}--\r\n".encode()


def _together(url: str, callers: int, work: Callable[[http.client.HTTPConnection, Answers], None]) -> Answers:
    place = urlsplit(url)
    assert place.hostname
    found: list[Answers] = [Answers() for _ in range(callers)]

    def call(answers: Answers) -> None:
        connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=120)
        try:
            work(connection, answers)
        except (OSError, http.client.HTTPException, ValueError):
            answers.statuses[0] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=call, args=(answers,)) for answers in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = Answers()
    for answers in found:
        whole.seconds += answers.seconds
        whole.statuses += answers.statuses
        whole.bodies += answers.bodies
        whole.retry_after += answers.retry_after
    return whole
