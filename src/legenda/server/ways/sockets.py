"""The sockets a server listens on: HTTP, and where it is asked for, TLS and the CONNECT proxy."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from legenda.errors import InvalidOptionError

if TYPE_CHECKING:
    from legenda.server.ways.tls import Authority
    from legenda.settings import Settings

BACKLOG = 2048


@dataclass(frozen=True)
class Sockets:
    """What a server listens on.

    Attributes:
        plain: HTTP.
        tls: HTTP over TLS.
        proxy: of the CONNECT proxy.
        authority: for the last two.
    """

    plain: list[socket.socket]
    tls: list[socket.socket] = field(default_factory=list)
    proxy: list[socket.socket] = field(default_factory=list)
    authority: Authority | None = None

    def urls(self) -> dict[str, str]:
        """Where each is found: `url`, and of the others those that are there, `tls` and `proxy`."""
        found = {"url": _url("http", self.plain)}
        if self.tls:
            found["tls"] = _url("https", self.tls)
        if self.proxy:
            found["proxy"] = _url("http", self.proxy)
        return found

    def all(self) -> list[socket.socket]:
        """Every socket."""
        return [*self.plain, *self.tls, *self.proxy]


def opened(settings: Settings) -> Sockets:
    """Sockets as configured.

    Raises:
        InvalidOptionError: one cannot be listened on, or the proxy is to be there without TLS.
        OutputError: the certificates cannot be made.
    """
    if settings.connect_proxy and settings.tls == "off":
        raise InvalidOptionError(
            "--connect-proxy needs TLS", "clients that come through it speak nothing else", "add --tls auto"
        )
    if settings.tls == "off":
        return Sockets(bound(settings.host, settings.port))
    from legenda.server.ways.tls import Authority, names

    authority = Authority(settings.data_dir.resolve() / "tls", names(settings))
    ports = {"port": settings.port, "tls-port": settings.tls_port}
    if settings.connect_proxy:
        ports["connect-proxy"] = settings.connect_proxy
    sockets: list[list[socket.socket]] = []
    with ExitStack() as stack:
        for option, port in ports.items():
            sockets.append([stack.enter_context(each) for each in bound(settings.host, port, option)])
        stack.pop_all()
    plain, tls, *proxy = sockets
    return Sockets(plain, tls, proxy[0] if proxy else [], authority)


def bound(host: str, port: int, option: str = "port") -> list[socket.socket]:
    """Sockets on every address of a host, all with the same port.

    Args:
        host: name or address.
        port: 0 for any free one.
        option: that says which.

    Raises:
        InvalidOptionError: it cannot be listened on.
    """
    found: list[socket.socket] = []
    try:
        for family, *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE):
            if found:
                address = (address[0], found[0].getsockname()[1], *address[2:])
            found.append(socket.create_server(address, family=family, backlog=BACKLOG))
    except OSError as error:
        for opened in found:
            opened.close()
        raise InvalidOptionError(
            f"{host}, port {port}, cannot be listened on",
            error.strerror or "",
            f"choose another with --host and --{option}",
        ) from None
    return found


def _url(scheme: str, sockets: list[socket.socket]) -> str:
    host, port = sockets[0].getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
