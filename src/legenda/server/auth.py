"""Who asks, and what they may do."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from legenda.server.dialects import hosts
from legenda.server.problems import ProblemError
from legenda.server.ways.forwarded import HEADERS as FORWARDED

if TYPE_CHECKING:
    from legenda.jobs.keys import Keys
    from legenda.server.service import Service

LOCAL = "local"
KEY_HEADERS = frozenset(
    (b"authorization", b"x-api-key", b"authkey", b"ocp-apim-subscription-key", b"apikey", b"api-key")
)
"""Headers in which the clients of one interface or another send their key."""
_LOOKED_UP_SECONDS = 2.0
_ALL = frozenset(("read", "write", "admin"))


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who was let in.

    Attributes:
        tenant: whose jobs they see.
        scopes: of `read`, `write`, `admin`.
        key_id: of their key, empty without one.
        plan: of their key.
        address: anonymous callers are counted by it; empty for others.
    """

    tenant: str
    scopes: frozenset[str]
    key_id: str = ""
    plan: str = "default"
    address: str = ""


class Doors:
    """Whether the server stands open to its own machine: on loopback, as long as there is no key.

    Args:
        keys: of the installation.
        local: nobody but this machine can reach the server.
    """

    def __init__(self, keys: Keys, local: bool) -> None:
        self._keys, self._local = keys, local
        self._keyless, self._until = False, 0.0

    async def keyless(self) -> bool:
        """Looked up every other second: a key made meanwhile by the command counts from then on."""
        if self._local and time.monotonic() >= self._until:
            self._keyless = not await run_in_threadpool(self._keys.any)
            self._until = time.monotonic() + _LOOKED_UP_SECONDS
        return self._local and self._keyless

    def look_again(self) -> None:
        """A key was made or revoked: what was looked up before is not true any more."""
        self._until = 0.0


def is_loopback(host: str) -> bool:
    """Whether an address, or the name localhost, is this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def requires(scope: str) -> Callable[[HTTPConnection], Awaitable[Caller]]:
    """A dependency that lets in whoever has the scope.

    Raises:
        ProblemError: 401 without a valid key where one is needed, 403 without the scope.
    """

    async def admit(request: HTTPConnection) -> Caller:
        caller = await _caller(request, request.app.state.service)
        if scope not in caller.scopes:
            raise ProblemError(403, "forbidden", f"This key lacks the scope {scope}.")
        return caller

    return admit


async def _caller(request: HTTPConnection, service: Service) -> Caller:
    if (secret := _secret(request)) is None:
        return _anonymous(request, service, await service.doors.keyless())
    key = service.keys.remembered(secret) or await run_in_threadpool(service.keys.verify, secret)
    if key is not None:
        return Caller(key.tenant, frozenset(key.scopes), key.id, key.plan)
    if await service.doors.keyless():
        return _at_home(request)  # clients that insist on sending some key
    raise _unauthorized("The key is not valid.")


def _secret(request: HTTPConnection) -> str | None:
    """The key: in a header, or as `?api_token=`. Two that differ are an error, not a choice."""
    found = set(request.query_params.getlist("api_token"))
    for name, raw in request.scope["headers"]:
        if name in KEY_HEADERS:
            value = raw.decode("latin-1").strip()
            found.add(_bare(value) if name == b"authorization" else value)
    if len(found) > 1:
        raise _unauthorized("The request carries different keys.")
    return found.pop() if found else None


def _bare(authorization: str) -> str:
    kind, _, value = authorization.partition(" ")
    if kind.lower() not in ("bearer", "key") or not value.strip():
        raise _unauthorized("Authorization must be `Bearer` or `Key`, and a key.")
    return value.strip()


def _anonymous(request: HTTPConnection, service: Service, keyless: bool) -> Caller:
    if keyless:
        return _at_home(request)
    if not service.settings.anonymous_pages:
        raise _unauthorized("A key is needed.")
    address = _counted(_client(request))
    # no key's tenant has a colon
    tenant = f"anonymous:{service.seal.pseudonym('tenants', address)}"
    return Caller(tenant, frozenset(("read", "write")), address=address)


def _at_home(request: HTTPConnection) -> Caller:
    """Without keys, whoever sits at this machine is let in: not web pages they visit, nor others through a proxy."""
    if _proxied(request) or not is_loopback(_client(request)) or not (_here(request) or _as_vendor(request)):
        raise ProblemError(
            403,
            "forbidden",
            "Without keys this server answers programs on its own machine only, under its loopback address. "
            "Make a key: legenda keys create.",
        )
    return Caller(LOCAL, _ALL)


def _proxied(request: HTTPConnection) -> bool:
    return any(name in FORWARDED for name, _ in request.scope["headers"])


def _here(request: HTTPConnection) -> bool:
    """Asked for under a loopback name (others may be made to point here), by no web page from elsewhere."""
    named, origin = request.headers.get("host", ""), request.headers.get("origin", "")
    if not is_loopback(hosts.named(named)):
        return False
    if origin and origin in request.app.state.service.settings.allow_origins:
        return True
    same = not origin or origin.partition("://")[2] == named
    return same and request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


def _as_vendor(request: HTTPConnection) -> bool:
    """A vendor's client that was led here. Over TLS: the client trusts our authority, so nobody else leads it.

    No web pages at all, since the vendor's own would count as from here.
    """
    secure = request.scope["scheme"] in ("https", "wss")
    page = "origin" in request.headers or "sec-fetch-site" in request.headers
    return secure and not page and hosts.role_of(hosts.named(request.headers.get("host", ""))) is not None


def _client(request: HTTPConnection) -> str:
    return request.client.host if request.client else ""


def _counted(address: str) -> str:
    """An IPv6 caller owns a /64, so that is what counts."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:50]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _unauthorized(detail: str) -> ProblemError:
    return ProblemError(401, "unauthorized", detail, headers={"WWW-Authenticate": 'Bearer realm="legenda"'})
