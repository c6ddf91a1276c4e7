"""Peers on loopback that answer as they are told, byte for byte; and resolvers that say what they are told."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Request:
    """What a peer was sent."""

    line: str
    headers: dict[str, str]
    body: bytes


Answer = bytes | Callable[[socket.socket, Request], None]


@dataclass
class Peer:
    """A running peer."""

    port: int
    requests: list[Request] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


def ok(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def status(code: int, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {code} -", "Content-Length: 0", *headers, "", ""]).encode("latin-1")


@contextmanager
def peer(answer: Answer, address: str = "127.0.0.1", port: int = 0, tls: Any = None) -> Iterator[Peer]:
    """A peer; `answer` is sent to everybody, or speaks to them itself."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                sock = tls.wrap_socket(self.request, server_side=True) if tls else self.request
                with sock:
                    request = _read(sock)
                    running.requests.append(request)
                    answer(sock, request) if callable(answer) else sock.sendall(answer)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = False

    with Server((address, port), Handler) as server:
        running = Peer(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield running
        finally:
            server.shutdown()
            thread.join()


def _read(sock: socket.socket) -> Request:
    sock.settimeout(20)
    data = b""
    while b"\r\n\r\n" not in data and not data.startswith(b"\x16"):  # 22 begins a hello of TLS
        data += sock.recv(65536) or b"\r\n\r\n"
    head, _, body = data.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (text.partition(":") for text in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += sock.recv(65536)
    return Request(line, headers, body)


@dataclass
class Resolver:
    """Instead of `socket.getaddrinfo`: gives a name's answers one after the other, the last for ever."""

    answers: dict[str, list[tuple[str, ...]]]
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, port: Any, *args: Any, **options: Any) -> list[tuple[Any, ...]]:
        if host.replace(".", "").isdigit() or ":" in host:
            return REAL(host, port, *args, **options)
        self.asked.append(host)
        if host not in self.answers:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        waiting = self.answers[host]
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [(socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in found]


REAL = socket.getaddrinfo
