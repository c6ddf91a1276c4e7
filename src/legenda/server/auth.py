"""Who asks, and what they may do."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from legenda.server.problems import ProblemError

if TYPE_CHECKING:
    from legenda.jobs.keys import Keys
    from legenda.server.service import Service

LOCAL = "local"
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


def is_loopback(host: str) -> bool:
    """Whether an address, or the name localhost, is this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def requires(scope: str) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency that lets in whoever has the scope.

    Raises:
        ProblemError: 401 without a valid key where one is needed, 403 without the scope.
    """

    async def admit(request: Request) -> Caller:
        caller = await _caller(request, request.app.state.service)
        if scope not in caller.scopes:
            raise ProblemError(403, "forbidden", f"This key lacks the scope {scope}.")
        return caller

    return admit


async def _caller(request: Request, service: Service) -> Caller:
    if (secret := _secret(request)) is None:
        return _anonymous(request, service, await service.doors.keyless())
    key = service.keys.remembered(secret) or await run_in_threadpool(service.keys.verify, secret)
    if key is not None:
        return Caller(key.tenant, frozenset(key.scopes), key.id, key.plan)
    if await service.doors.keyless():
        return _at_home(request)  # clients that insist on sending some key
    raise _unauthorized("The key is not valid.")


def _secret(request: Request) -> str | None:
    """The key: `Authorization: Bearer`, or `?api_token=`. Two that differ are an error, not a choice."""
    found = set(request.query_params.getlist("api_token"))
    for header in request.headers.getlist("authorization"):
        kind, _, value = header.partition(" ")
        if kind.lower() != "bearer" or not value.strip():
            raise _unauthorized("Authorization must be `Bearer` and a key.")
        found.add(value.strip())
    if len(found) > 1:
        raise _unauthorized("The request carries different keys.")
    return found.pop() if found else None


def _anonymous(request: Request, service: Service, keyless: bool) -> Caller:
    if keyless:
        return _at_home(request)
    if not service.settings.anonymous_pages:
        raise _unauthorized("A key is needed.")
    address = _counted(_client(request))
    # no key's tenant has a colon
    tenant = f"anonymous:{service.seal.pseudonym('tenants', address)}"
    return Caller(tenant, frozenset(("read", "write")), address=address)


def _at_home(request: Request) -> Caller:
    """Without keys, whoever sits at this machine is let in: not web pages they visit, nor others through a proxy."""
    host = request.url.hostname or ""
    origin = request.headers.get("origin", "")
    foreign = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    if origin and origin.partition("://")[2] != request.headers.get("host", ""):
        foreign = True
    if foreign or not is_loopback(host) or not is_loopback(_client(request)):
        raise ProblemError(
            403,
            "forbidden",
            "Without keys this server answers programs on its own machine only, under its loopback address. "
            "Make a key: legenda keys create.",
        )
    return Caller(LOCAL, _ALL)


def _client(request: Request) -> str:
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
