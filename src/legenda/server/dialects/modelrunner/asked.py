"""What a request asks for: its endpoint, its input, what is reserved in its body, and what its headers say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from starlette.requests import HTTPConnection, Request

from legenda.document.jsonio import dumps
from legenda.errors import OutboundError
from legenda.net import policy
from legenda.server.api.models import plain
from legenda.server.asking import Ask
from legenda.server.auth import requires
from legenda.server.dialects.modelrunner.answers import DIALECT
from legenda.server.dialects.queue import apps, reading, tokens
from legenda.server.dialects.queue.apps import Target
from legenda.server.dialects.queue.inputs import BODY_BYTES, Inputs
from legenda.server.problems import ProblemError
from legenda.server.strictjson import parsed
from legenda.server.uploads import whole

REALTIME = "mr-realtime"
EVENTS: Mapping[Literal["start", "completed"], Literal["started", "closed"]] = {
    "start": "started",
    "completed": "closed",
}
"""Ours, by ModelRunner's."""

_LIFECYCLE = "x-modelrunner-object-lifecycle-preference"
_STORE_IO = "x-modelrunner-store-io"
_PRIORITY = "x-modelrunner-queue-priority"
_LOW = -5
_EXPIRATION = (60, 157_680_000)  # seconds
_NOT_STORED_SECONDS = 3600.0  # results that are not to be stored can be fetched for so long
_INPUT_BYTES = 64 * 2**10
_RESERVED = ("webhook", "webhook_events_filter", "metadata")

_Key = Annotated[str, Field(min_length=1, max_length=64)]
_Value = Annotated[str, Field(max_length=512)]

reads, writes = requires("read"), requires("write")


class Prediction(Inputs):
    """The body of a request: the input, and what ModelRunner keeps for itself."""

    webhook: str | None = Field(None, min_length=1, max_length=2048, description="HTTPS URL that is told of the end")
    webhook_events_filter: list[Literal["start", "completed"]] | None = Field(None, min_length=1, max_length=16)
    metadata: dict[_Key, _Value] | None = Field(None, max_length=16, description="your own tags")

    @model_validator(mode="after")
    def _told_somewhere(self) -> Prediction:
        if self.webhook_events_filter is not None and self.webhook is None:
            raise ValueError("webhook_events_filter needs a webhook")
        return self

    @property
    def events(self) -> list[Literal["start", "completed"]]:
        """What the webhook is told of."""
        return list(dict.fromkeys(self.webhook_events_filter or ["completed"]))


@dataclass(frozen=True, slots=True)
class Order:
    """A request as it is to be put into the queue.

    Attributes:
        ask: the job.
        echo: what the answer repeats.
        body: as it came.
    """

    ask: Ask
    echo: Mapping[str, Any]
    body: bytes = field(repr=False)


def token(request: HTTPConnection) -> str:
    """The short-lived token of browsers, or nothing."""
    return request.query_params.get("modelrunner_jwt_token", "")


def alias(request: HTTPConnection) -> str:
    """What tokens call the application of a run."""
    found = apps.target(request.scope["path"].partition("/run/")[2], "mr", _aliases(request))
    return found.app.rpartition("/")[2] if found else ""


runs = tokens.accepts(REALTIME, "write", token, alias)
"""Lets in whoever has a key, or a token for the application."""
watches = tokens.accepts(REALTIME, "read", token)


def target(request: HTTPConnection, path: str) -> Target:
    """The application that a path is about.

    Raises:
        ProblemError: 404, there is none.
    """
    found = apps.target(path, "mr", _aliases(request))
    if found is None or not found.known:
        raise ProblemError(404, "not_found", "Model not found")
    return found


def endpoint(request: HTTPConnection, path: str, *beyond: str) -> Target:
    """The endpoint that a path is about, with nothing behind it but what is expected there.

    Raises:
        ProblemError: 404, there is none.
    """
    found = target(request, path)
    if not found.endpoint or found.beyond not in beyond:
        raise ProblemError(404, "not_found", "Model not found")
    return found


async def order(request: Request, found: Target) -> Order:
    """What is asked for.

    Raises:
        ProblemError: 400, the body is no JSON, or a header says what cannot be.
        ValidationError: the body is not as described.
        InvalidOptionError: a data URI is none.
    """
    text = await whole(request, BODY_BYTES)
    body = parsed(text) if text.strip() else {}
    given = Prediction.model_validate(body)
    ask = asked(request, found, given, {key: value for key, value in body.items() if key not in _RESERVED})
    echo: dict[str, Any] = {}
    if given.webhook:
        ask.webhook, ask.webhook_events = given.webhook, tuple(EVENTS[event] for event in given.events)
        echo = {"webhook": given.webhook, "webhook_events_filter": given.events}
    ask.metadata = given.metadata or {}
    return Order(ask, echo, text)


def asked(request: HTTPConnection, found: Target, given: Inputs, input: Mapping[str, Any]) -> Ask:
    """The job of an input; raises like `order`."""
    stored = _stored(request)
    kept = _kept(input) if stored else {}
    told: dict[str, Any] = {"app": found.app, "endpoint": found.endpoint, "input": kept}
    if request.app.state.service.settings.modelrunner_bare_output:
        told["bare"] = True
    ask = reading.ask(DIALECT, given, told)
    ask.expires_seconds = expiration(request)
    if not stored:
        ask.expires_seconds = min(ask.expires_seconds or _NOT_STORED_SECONDS, _NOT_STORED_SECONDS)
    ask.priority = _LOW if request.headers.get(_PRIORITY, "").lower() == "low" else 0
    return ask


def check_webhook(url: str) -> None:
    """Whether a webhook's scheme will do: HTTPS, but for own hosts. Blocks: resolves the name.

    Raises:
        ProblemError: 400, it will not.
    """
    if url[:8].lower() == "https://":
        return
    try:
        policy.check(url)
    except OutboundError:
        return  # a private host is spoken to only if the installation says so, which is looked at with all else
    raise ProblemError(400, "invalid_request", "webhook must be an https:// URL")


def _aliases(request: HTTPConnection) -> Mapping[str, str]:
    aliases: Mapping[str, str] = request.app.state.service.settings.apps
    return aliases


def _kept(input: Mapping[str, Any]) -> Mapping[str, Any]:
    """The input as results repeat it."""
    try:
        size = len(dumps(plain(input)).encode())
    except ValueError:
        return {"_elided": "the input is nested too deeply, or has half of a surrogate pair"}
    return input if size <= _INPUT_BYTES else {"_elided": f"the input has {size} bytes"}


def _stored(request: HTTPConnection) -> bool:
    text = request.headers.get(_STORE_IO, "1").lower()
    if text not in ("0", "1", "true", "false"):
        raise ProblemError(400, "invalid_request", f"{_STORE_IO} must be 0, 1, true or false")
    return text in ("1", "true")


def expiration(request: HTTPConnection) -> float | None:
    """Seconds after which something is to be deleted; `None` for as usual; raises like `order`."""
    if not (text := request.headers.get(_LIFECYCLE)):
        return None
    try:
        wanted = json.loads(text)
    except (ValueError, RecursionError):
        wanted = None
    if not isinstance(wanted, dict) or "initial_acl" in wanted:
        raise _unclear("must be a JSON object with expiration_duration_seconds alone")
    seconds, (least, most) = wanted.get("expiration_duration_seconds"), _EXPIRATION
    if seconds is None:
        return None
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not least <= seconds <= most:
        raise _unclear(f"expiration_duration_seconds must be a number from {least} to {most}, or null")
    return float(seconds)


def _unclear(why: str) -> ProblemError:
    return ProblemError(400, "invalid_request", f"{_LIFECYCLE}: {why}")
