"""What proxies say of callers behind them (RFC 7239, `X-Forwarded-…`), believed of those that were configured."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping, Sequence

from starlette.types import Scope

from legenda.errors import InvalidOptionError

HEADERS = frozenset((b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip", b"via"))
"""A request that has one of them came through somebody."""

_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?")
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Forwarding:
    """Puts address, scheme and host of the first caller in place of those of a trusted proxy.

    Args:
        proxies: addresses and networks of one's own proxies.

    Raises:
        InvalidOptionError: one of them is none.
    """

    def __init__(self, proxies: Collection[str]) -> None:
        try:
            self._trusted = tuple(ipaddress.ip_network(proxy, strict=False) for proxy in proxies)
        except ValueError as error:
            raise InvalidOptionError("LEGENDA_TRUSTED_PROXIES cannot be used", str(error), "name addresses") from None

    def apply(self, scope: Scope) -> None:
        """Change what the server knows of a request that came through a trusted proxy."""
        client = scope.get("client")
        if not self._trusted or client is None or not self._trusts(client[0]):
            return
        hops = _hops(scope["headers"])
        # from the last hop, which our proxy saw itself, back to the first that is not one of ours
        for hop in reversed(hops):
            _enter(scope, hop)
            if not self._trusts(scope["client"][0]):
                break

    def _trusts(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._trusted)


def _enter(scope: Scope, hop: Mapping[str, str]) -> None:
    if address := _address(hop.get("for", "")):
        scope["client"] = (address, 0)
    if hop.get("proto") in ("http", "https"):
        secure = hop["proto"] == "https"
        scope["scheme"] = ("wss" if secure else "ws") if scope["type"] == "websocket" else hop["proto"]
    if _HOST.fullmatch(host := hop.get("host", "")):
        rest = [(name, value) for name, value in scope["headers"] if name != b"host"]
        scope["headers"] = [(b"host", host.encode()), *rest]


def _hops(headers: Sequence[tuple[bytes, bytes]]) -> list[dict[str, str]]:
    """What each proxy on the way said, the first one first."""
    found = [value.decode("latin-1") for name, value in headers if name == b"forwarded"]
    if found:
        return [_parameters(element) for element in ",".join(found).split(",")]
    hops = [{"for": address.strip()} for address in _column(headers, b"x-forwarded-for")]
    for key in ("proto", "host"):
        values = _column(headers, f"x-forwarded-{key}".encode())
        for place, hop in enumerate(hops):
            # most proxies set one value for all; the last is that of our own
            hop[key] = values[place if len(values) == len(hops) else -1].strip()
    return hops


def _column(headers: Sequence[tuple[bytes, bytes]], header: bytes) -> list[str]:
    return ",".join(value.decode("latin-1") for name, value in headers if name == header).split(",")


def _parameters(element: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in element.split(";"))
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def _address(node: str) -> str:
    """The address of a node, without port and brackets; nothing where it is hidden."""
    node = node.strip()
    if node.startswith("["):
        node = node[1:].partition("]")[0]
    elif node.count(":") == 1:
        node = node.partition(":")[0]
    try:
        return str(ipaddress.ip_address(node))
    except ValueError:
        return ""
