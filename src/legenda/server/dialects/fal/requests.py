"""What a request asks for: its application, its input, and what its headers say of both."""

from __future__ import annotations

import math
from hashlib import sha256

from starlette.requests import HTTPConnection, Request

from legenda.server.asking import Ask
from legenda.server.auth import Caller, requires
from legenda.server.dialects.fal.answers import DIALECT
from legenda.server.dialects.fal.errors import URLS_STATE, NoApplicationError, shortened
from legenda.server.dialects.queue import apps, reading, tokens
from legenda.server.dialects.queue.apps import Target
from legenda.server.dialects.queue.inputs import BODY_BYTES, Inputs, lifecycle
from legenda.server.strictjson import parsed
from legenda.server.uploads import whole

_TIMEOUTS = ("x-fal-request-timeout", "x-fal-request-start-timeout")
_LIFECYCLES = ("x-fal-object-lifecycle-preference", "x-fal-object-lifecycle")
_LOW = -5
_LONGEST_URL = 1000
REALTIME = "fal-realtime"

reads, writes = requires("read"), requires("write")


def token(request: HTTPConnection) -> str:
    """The short-lived token of browsers, or nothing."""
    return request.query_params.get("fal_jwt_token", "")


def alias(request: HTTPConnection) -> str:
    """What tokens call the application of a run, or of a request in the queue."""
    found = apps.target(request.scope["path"].lstrip("/").partition("/")[2], "fal")
    return found.app.rpartition("/")[2] if found else ""


runs = tokens.accepts(REALTIME, "write", token, alias)
streams = tokens.accepts(REALTIME, "read", token, alias)
"""Let in whoever has a key, or a token for the application."""


def target(request: HTTPConnection, prefix: str) -> Target:
    """The application that a path is about.

    Raises:
        NoApplicationError: there is none.
    """
    path = request.scope["path"].removeprefix(prefix).strip("/")
    aliases = request.app.state.service.settings.apps
    found = apps.target(path, "fal", aliases)
    if found is None or not found.known:
        raise NoApplicationError(f"Application {(found.app if found else path)[:200]!r} not found")
    return found


def endpoint(request: HTTPConnection, prefix: str, *beyond: str) -> Target:
    """The endpoint that a path is about, with nothing behind it but what is expected there.

    Raises:
        NoApplicationError: there is none.
    """
    found = target(request, prefix)
    if not found.endpoint or found.beyond not in beyond:
        raise NoApplicationError(f"Path /{found.rest[:200]} not found")
    return found


async def body(request: Request) -> bytes:
    """The body; it is held in memory."""
    return await whole(request, BODY_BYTES)


def inputs(text: bytes) -> Inputs:
    """The input in a body; none is an empty one.

    Raises:
        ProblemError: it is not JSON.
        ValidationError: it is not as described.
    """
    return Inputs.model_validate(parsed(text) if text.strip() else {})


def ask(request: HTTPConnection, given: Inputs, app: str) -> Ask:
    """The job, as input and headers have it.

    Raises:
        InvalidOptionError: a data URI that is none.
    """
    named = [
        str(shortened(url)) if url[:5].lower() == "data:" else url[:_LONGEST_URL] for url in given.input_image_urls
    ]
    urls = request.scope.setdefault("state", {})[URLS_STATE] = _kept(named)
    asked = reading.ask(DIALECT, given, {"app": app, "urls": urls})
    asked.start_seconds = start_seconds(request)
    asked.expires_seconds = lifecycle(request.headers, *_LIFECYCLES)
    asked.priority = _LOW if request.headers.get("x-fal-queue-priority", "").lower() == "low" else 0
    return asked


def _kept(urls: list[str]) -> list[str]:
    """URLs that errors repeat; of very many only as much as there is room for (256 KiB, in JSON)."""
    most = max(16, 200_000 // (6 * max(1, len(urls))))
    return [url[:most] for url in urls]


def start_seconds(request: HTTPConnection) -> float | None:
    """Seconds in which the job must be begun, if that was asked for."""
    for text in filter(None, map(request.headers.get, _TIMEOUTS)):
        try:
            seconds = float(text)
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds > 0:
            return seconds
    return None


def identity(caller: Caller, found: Target, text: bytes) -> tuple[str, ...]:
    """What makes two requests the same one, asked again: who, what, and with which body."""
    return caller.tenant, caller.key_id, f"{found.app}/{found.rest}", sha256(text).hexdigest()
