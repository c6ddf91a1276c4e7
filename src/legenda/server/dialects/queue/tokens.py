"""Short-lived tokens (JWT, HS256) for callers that must not have the key itself: browsers, realtime, uploads."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.requests import HTTPConnection

from legenda.server.auth import Caller, requires
from legenda.server.problems import ProblemError
from legenda.server.service import Service

_LONGEST = 3600.0  # seconds; a token outlives the key it was given for at most by so much
_HEAD = {"alg": "HS256", "typ": "JWT"}


def make(service: Service, caller: Caller, use: str, seconds: float, apps: Sequence[str] = ()) -> tuple[str, float]:
    """A token, and when its time is over (seconds since 1970).

    Args:
        service: signs it.
        caller: whom it stands for.
        use: what it is good for (`aud`).
        seconds: it can be used for so long, at most an hour.
        apps: aliases it is good for; none for all.
    """
    until = int(time.time() + max(1.0, min(seconds, _LONGEST)))
    claims = {
        "aud": use,
        "exp": until,
        "sub": caller.tenant,
        "key": caller.key_id,
        "plan": caller.plan,
        "address": caller.address,
        "scopes": sorted(caller.scopes - {"admin"}),
        "apps": list(apps),
    }
    text = f"{_encoded(_HEAD)}.{_encoded(claims)}"
    return f"{text}.{_signature(service, text)}", until


def read(service: Service, token: str, use: str, app: str = "") -> Caller | None:
    """Whom a token stands for; `None` if it is none of ours, too old, or good for something else.

    Args:
        service: signed it.
        token: any text.
        use: what it is to be good for.
        app: alias it is to be good for, if that matters.
    """
    text, _, given = token.rpartition(".")
    if not hmac.compare_digest(_signature(service, text).encode(), given.encode("utf-8", "replace")):
        return None
    claims = json.loads(urlsafe_b64decode(_padded(text.partition(".")[2])))
    if claims["aud"] != use or claims["exp"] <= time.time() or (app and claims["apps"] and app not in claims["apps"]):
        return None
    return Caller(claims["sub"], frozenset(claims["scopes"]), claims["key"], claims["plan"], claims["address"])


def accepts(
    use: str, scope: str, given: Callable[[HTTPConnection], str], app: Callable[[HTTPConnection], str] = lambda _: ""
) -> Callable[[HTTPConnection], Awaitable[Caller]]:
    """A dependency that lets in whoever has a token, or a key as always.

    Args:
        use: what the token is to be good for.
        scope: that is needed.
        given: the token of a request, or nothing.
        app: alias that the request is about, if that matters.
    """
    by_key = requires(scope)

    async def admit(request: HTTPConnection) -> Caller:
        token = given(request)
        caller = read(request.app.state.service, token, use, app(request)) if token.count(".") == 2 else None
        if caller is None:
            return await by_key(request)
        if scope not in caller.scopes:
            raise ProblemError(403, "forbidden", f"This token lacks the scope {scope}.")
        return caller

    return admit


def bearer(request: HTTPConnection) -> str:
    """The token in the header `Authorization`, or nothing."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _encoded(value: Any) -> str:
    return urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)


def _signature(service: Service, text: str) -> str:
    digest = hmac.digest(service.seal.derived("tokens"), text.encode("utf-8", "replace"), hashlib.sha256)
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
