"""Which dialect a request speaks, told from header, host or path, and how its caller reached this server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from legenda.server.dialects import hosts
from legenda.server.dialects.cors import Cors
from legenda.server.dialects.queue.apps import owners
from legenda.server.ways.forwarded import Forwarding

if TYPE_CHECKING:
    from legenda.settings import Settings

_PROXIES = {
    "/api/fal/proxy": ("fal", b"x-fal-target-url"),
    "/fal/proxy": ("fal", b"x-fal-target-url"),
    "/api/modelrunner/proxy": ("mr", b"x-modelrunner-target-url"),
    "/modelrunner/proxy": ("mr", b"x-modelrunner-target-url"),
}
_MR_REST = frozenset(("storage", "tokens", "webhooks"))  # its run and rest share a host
_AS_GIVEN = ("/v1/", "/files/")  # where a slash at the end means something else
_NETLOC = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Reached:
    """How a caller reached the server: what its own links begin with, so that the caller can follow them.

    Attributes:
        own: URL of the server as the caller knows it, without a slash at its end.
        way: `path` (a prefix, or none), `host` (by a vendor's name), `domain` (by `queue.` and a name of the user's),
            or `proxy` (a vendor's URL in a header).
    """

    own: str
    way: str = "path"

    def base(self, role: str) -> str:
        """URL, without a slash at its end, under which this caller reaches a role of `hosts.PREFIXES`."""
        vendor = hosts.sibling(role)
        if self.way == "proxy" and vendor and role != "fal-cdn":
            return f"https://{vendor}"
        if self.way == "host" and vendor:
            scheme, _, netloc = self.own.partition("://")
            port = netloc.rpartition(":")[1:] if ":" in netloc else ()
            return f"{scheme}://{vendor}{''.join(port)}"
        return self.own + hosts.PREFIXES[role]


def reached(connection: HTTPConnection) -> Reached:
    """How the caller of a request reached the server."""
    found: Reached = connection.scope["state"]["reached"]
    return found


class Doorway:
    """ASGI middleware: rewrites the path to a canonical one, and answers for CORS.

    Args:
        app: what answers.
        settings: of the installation.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._public = app, settings.public_url.rstrip("/")
        self._forwarding, self._cors = Forwarding(settings.trusted_proxies), Cors(settings.allow_origins)
        self._owners = hosts.OWNERS | owners(settings.apps)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        self._forwarding.apply(scope)
        known = self._enter(scope)
        if scope["type"] == "http":
            if preflight := self._cors.preflight(scope):
                await preflight(scope, receive, send)
                return
            send = self._cors.sending(scope, send)
        if not known:
            answer = JSONResponse("Invalid request", 400)
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _enter(self, scope: Scope) -> bool:
        """Decide the path and the way; `False` for a proxied request to where nothing is proxied."""
        path, netloc = "/" + scope["path"].lstrip("/"), _netloc(scope)
        scheme = "https" if scope["scheme"] in ("https", "wss") else "http"
        own, way = self._public or f"{scheme}://{netloc}", "path"
        host = hosts.named(netloc)
        known = True
        if proxy := _PROXIES.get(path.rstrip("/")):
            known, way = _forwarded(scope, *proxy), "proxy"
            path = scope["path"] if known else path
        elif role := hosts.role_of(host):
            own, way, path = f"{scheme}://{netloc}", "host", _under(role, path)
        elif host.startswith("queue."):
            own, way = self._public or f"{scheme}://{netloc[6:]}", "domain"
            path = _queued(host, path, self._owners)
        else:
            path = _bare(scope, path, self._owners)
        scope["path"] = _trimmed(path)
        scope.setdefault("state", {})["reached"] = Reached(own, way)
        return known


def _netloc(scope: Scope) -> str:
    """Host, and port, as the caller named them; else as the server knows them."""
    given = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    if _NETLOC.fullmatch(given):
        return given
    host, port = scope.get("server") or ("localhost", None)
    host = f"[{host}]" if ":" in host else host
    return host if port is None else f"{host}:{port}"


def _forwarded(scope: Scope, family: str, header: bytes) -> bool:
    """Go where the header says, if that is one of the family's hosts; whether it is."""
    targets = [value for name, value in scope["headers"] if name == header]
    if len(targets) != 1:
        return False
    try:
        url = urlsplit(targets[0].decode("ascii"))
        role = hosts.role_of((url.hostname or "").lower())
        other_port = url.port not in (None, 443)
    except ValueError:
        return False
    if url.scheme != "https" or other_port or "@" in url.netloc or role is None or not role.startswith(family):
        return False
    scope["path"] = _under(role, "/" + unquote(url.path).lstrip("/"))
    scope["query_string"] = url.query.encode()
    return True


def _under(role: str, path: str) -> str:
    """Canonical path of what was asked of a host with a role."""
    if path.startswith("/files/") and path.split("/")[2] != "upload":
        return path  # what we store is served at every host
    if role == "mr-run" and path.split("/", 2)[1] in _MR_REST:
        role = "mr-rest"
    return hosts.PREFIXES[role] + path


def _queued(host: str, path: str, owners: Mapping[str, str]) -> str:
    """`queue.` before a name of the user's: the queue, unless the path says something else."""
    queue = "/mr/queue" if host.split(".")[1] in ("modelrunner", "mr") else "/queue"
    for run in ("/mr/run", "/run"):  # FAL_RUN_HOST=host/run makes a client ask queue.host/run
        if path.startswith(f"{run}/"):
            return run.replace("run", "queue") + path.removeprefix(run)
    if path.split("/", 2)[1] in owners or path.startswith("/requests"):
        return queue + path
    return path


def _bare(scope: Scope, path: str, owners: Mapping[str, str]) -> str:
    """`/owner/app` without a prefix is a run, or the queue's business."""
    owner, _, rest = path[1:].partition("/")
    family = owners.get(owner)
    if not family or not rest:
        return path
    queued = "/requests" in rest or b"fal_webhook=" in scope["query_string"]
    queued = queued or any(name == b"x-fal-queue" and value == b"1" for name, value in scope["headers"])
    return hosts.PREFIXES[f"{'mr' if family == 'mr' else 'fal'}-{'queue' if queued else 'run'}"] + path


def _trimmed(path: str) -> str:
    """Canonical paths have no slash at their end."""
    return path if path.startswith(_AS_GIVEN) else path.rstrip("/") or "/"
