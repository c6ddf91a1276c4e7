"""The one decision about every outbound URL: sources, webhooks, deliveries, endpoints of models."""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from legenda.errors import OutboundError, TimedOutError, UnreachableError
from legenda.net.addresses import Address, Network, is_public, parse_address

Resolve = Callable[..., Iterable[tuple[Any, ...]]]
"""As `socket.getaddrinfo`."""

_PORTS = {"http": 80, "https": 443}
_LONGEST = 8192  # pre-signed URLs with session tokens have some 2,500 characters
_LONGEST_NAME = 253
_MOST_ADDRESSES = 64  # of one name; more are a list of addresses to scan
_TRIED = 4
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:@%]+)(?::([0-9]{1,5}))?")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_MOST_HEADERS = 32
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}")
_HEADER_VALUE = re.compile(r"(?:[\x21-\x7e](?:[\x20-\x7e\t]{0,8190}[\x21-\x7e])?)?")
# what frames the request, and what concerns one connection only (RFC 9110, 7.6.1)
# fmt: off
_NOT_THEIRS = frozenset((
    "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
    "proxy-authorization", "proxy-connection",
))
# fmt: on
_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))
# "Bad ports" of the Fetch standard: other protocols listen there, and might take a request for one of theirs
# fmt: off
_OTHER_PROTOCOLS = frozenset((
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
    111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
    540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
    6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
))
# fmt: on


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be spoken to, and where: whoever connects uses these addresses and asks no resolver again.

    Attributes:
        url: without its fragment; may carry a signature, so it is not shown.
        scheme: `http` or `https`.
        host: name in lower case, or address without brackets; what TLS verifies.
        port: 1..65535.
        path: path and query as sent.
        addresses: to connect to, the best first; every one was checked.
    """

    url: str = field(repr=False)
    scheme: str
    host: str
    port: int
    path: str = field(repr=False)
    addresses: tuple[str, ...]

    @property
    def address(self) -> str:
        """The address to connect to first."""
        return self.addresses[0]

    @property
    def authority(self) -> str:
        """Value of the `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """What may be shown to people: no path, no query."""
        return f"{self.scheme}://{self.authority}"


def check(url: str, *, allow: Iterable[str] = (), resolve: Resolve | None = None, seconds: float = 30.0) -> Target:
    """Decide about a URL; the name is resolved once.

    Args:
        url: to be spoken to.
        allow: own hosts (by name), addresses and networks (CIDR) that may be spoken to though they are private.
        resolve: instead of `socket.getaddrinfo`.
        seconds: most time for resolving.

    Raises:
        OutboundError: the URL is refused; the message repeats neither path, query nor addresses.
        UnreachableError: the name is not known.
        TimedOutError: the resolver did not answer in time.
    """
    scheme, host, port, path = _parts(url)
    names, networks = _allowed(allow)
    literal = parse_address(host)
    found = [literal] if literal else _addresses(resolve or socket.getaddrinfo, host, port, seconds)
    if host not in names and not all(is_public(a) or any(a in network for network in networks) for a in found):
        raise OutboundError(
            f"{host} is not spoken to",
            "it has an address that is not public",
            "hosts of one's own must be listed in LEGENDA_ALLOW_HOSTS",
        )
    return Target(url.partition("#")[0], scheme, host, port, path, tuple(map(str, found[:_TRIED])))


def check_headers(headers: Mapping[str, str]) -> None:
    """Decide about headers that a caller wants to be sent.

    Raises:
        OutboundError: there are too many, one is none, or it would change what the request is.
    """
    if len(headers) > _MOST_HEADERS:
        raise _unsent(f"there are more than {_MOST_HEADERS}")
    for name, value in headers.items():
        if not isinstance(value, str) or not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise _unsent("one is not a name and a text of visible ASCII characters and spaces")
        if name.lower() in _NOT_THEIRS:
            raise _unsent(f"{name} is not for callers to say")


def _parts(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port, and path with query."""
    if len(url) > _LONGEST:
        raise _malformed(f"it has more than {_LONGEST} characters")
    # What parsers disagree about is refused before any looks at it
    if re.search(r"[\x00-\x20\x7f\\\ud800-\udfff]", url):
        raise _malformed("it has spaces, control characters or backslashes")
    try:
        split = urlsplit(url)
    except ValueError:
        raise _malformed("its host cannot be understood") from None
    if split.scheme not in _PORTS:
        raise _malformed("it is neither http:// nor https://")
    if "@" in split.netloc:
        raise _malformed("it has a user name or password")
    match = _AUTHORITY.fullmatch(split.netloc)
    if not match:
        raise _malformed("its host or port cannot be understood")
    port = int(match[2]) if match[2] else _PORTS[split.scheme]
    if not 0 < port < 65536 or port in _OTHER_PROTOCOLS:
        raise _malformed(f"port {port} is not one for HTTP")
    path = (split.path or "/") + (f"?{split.query}" if split.query else "")
    return split.scheme, _host(match[1]), port, quote(path, safe=_VISIBLE)


def _host(written: str) -> str:
    if written.startswith("["):
        address = parse_address(written[1:-1])
        if not isinstance(address, ipaddress.IPv6Address):
            raise _malformed("its host is no IPv6 address")
        return str(address)
    host = (written if written.isascii() else _ascii(written)).lower().removesuffix(".")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        # Resolvers read 2130706433, 0x7f.1, 127.1 and 0177.0.0.1 as 127.0.0.1; nobody writes so in good faith
        if not parse_address(host):
            raise _malformed("its host is a number, but not an address of four decimal numbers")
    elif len(host) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)):
        raise _malformed("its host is no name of a host")
    return host


def _ascii(host: str) -> str:
    """Encode a name of another script (UTS 46); what comes out is judged anew: `１２７.０.０.１` is 127.0.0.1."""
    import idna

    if len(host) > _LONGEST_NAME:
        raise _malformed("its host is no name of a host")
    try:
        return idna.encode(host, uts46=True, std3_rules=True).decode("ascii")
    except idna.IDNAError:
        raise _malformed("its host is no name of a host") from None


def _allowed(allow: Iterable[str]) -> tuple[set[str], list[Network]]:
    names: set[str] = set()
    networks: list[Network] = []
    for entry in allow:
        try:
            networks.append(ipaddress.ip_network(entry.strip("[] "), strict=False))
        except ValueError:
            names.add(entry.strip().lower().removesuffix("."))
    return names, networks


def _addresses(resolve: Resolve, host: str, port: int, seconds: float) -> list[Address]:
    """Ask for all addresses of a name, once; the resolver has no time limit of its own, so it is waited for outside."""
    answers: list[list[str]] = []

    def ask() -> None:
        try:
            answers.append([str(info[4][0]) for info in resolve(host, port, type=socket.SOCK_STREAM)])
        except (OSError, UnicodeError):
            answers.append([])

    thread = threading.Thread(target=ask, name="resolve", daemon=True)
    thread.start()
    thread.join(max(0.0, seconds))
    if not answers:
        raise TimedOutError(f"The addresses of {host} were not found", f"no answer within {seconds:.0f} s")
    found = [parse_address(text) for text in dict.fromkeys(answers[0])]
    if not found or len(found) > _MOST_ADDRESSES or None in found:
        raise UnreachableError(f"The addresses of {host} were not found", "", "check how the URL is spelt")
    return [address for address in found if address]


def _unsent(why: str) -> OutboundError:
    return OutboundError("The headers cannot be sent", why, "leave out what is wrong")


def _malformed(why: str) -> OutboundError:
    return OutboundError("The URL is refused", why, "give a public http:// or https:// URL")
