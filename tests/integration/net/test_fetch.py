from __future__ import annotations

import hashlib
import io
import logging
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from certificates import Authority
from peers import Peer, Request, Resolver, ok, peer, status

from legenda.errors import OutboundError, TimedOutError, TooLargeError, UnreachableError
from legenda.net import connection
from legenda.net.fetch import Fetched, fetch

OWN = ("127.0.0.1",)


def take(url: str, *, megabytes: float = 1.0, seconds: tuple[float, float] = (20.0, 20.0)) -> tuple[Fetched, bytes]:
    out = io.BytesIO()
    return fetch(url, out, megabytes=megabytes, seconds=seconds, allow=OWN), out.getvalue()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    """The resolver of the whole process: whoever asks a second time is seen."""
    resolver = Resolver({})
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    return resolver


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[Authority]:
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    connection._trust.cache_clear()
    yield made
    connection._trust.cache_clear()


def test_a_file_comes_whole_with_its_name_and_type() -> None:
    body = bytes(range(256)) * 1000
    headers = ('Content-Disposition: attachment; filename="../scan.pdf"', "Content-Type: Application/PDF; x=y")
    with peer(ok(body, *headers)) as server:
        fetched, got = take(server.url("/other.png?X-Signature=1%2B2"))
    assert got == body
    assert fetched == Fetched(len(body), hashlib.sha256(body).hexdigest(), "scan.pdf", "application/pdf")
    request = server.requests[0]
    assert request.line == "GET /other.png?X-Signature=1%2B2 HTTP/1.1"
    assert request.headers["host"] == f"127.0.0.1:{server.port}"
    assert request.headers["accept-encoding"] == "identity"
    assert not {"cookie", "authorization", "referer"} & request.headers.keys()


def test_the_name_is_asked_for_once_and_its_address_kept(answers: Resolver) -> None:
    """DNS rebinding: the second answer would be another address of this machine, with a secret behind it."""
    answers.answers["rebind.test"] = [("127.0.0.1",), ("127.0.0.2",)]
    with peer(ok(b"public")) as server, peer(ok(b"secret"), "127.0.0.2", server.port) as inner:
        fetched, got = take(server.url(host="rebind.test"))
    assert (fetched.size, got) == (6, b"public")
    assert answers.asked == ["rebind.test"]
    assert server.requests[0].headers["host"] == f"rebind.test:{server.port}"
    assert inner.requests == []


def test_a_redirect_to_the_same_name_is_decided_about_anew(answers: Resolver) -> None:
    answers.answers["rebind.test"] = [("127.0.0.1",), ("127.0.0.2",)]
    with (
        peer(status(302, "Location: /again")) as server,
        peer(ok(b"secret"), "127.0.0.2", server.port) as inner,
        pytest.raises(OutboundError),
    ):
        take(server.url(host="rebind.test"))
    assert answers.asked == ["rebind.test", "rebind.test"]
    assert inner.requests == []


def test_the_next_address_is_tried_where_nobody_listens_on_the_first(answers: Resolver) -> None:
    answers.answers["two.test"] = [("127.0.0.3", "127.0.0.1")]
    with peer(ok(b"here")) as server:
        out = io.BytesIO()
        fetch(server.url(host="two.test"), out, megabytes=1, allow=("127.0.0.0/8",))
    assert out.getvalue() == b"here"


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_followed_without_what_the_first_host_said(code: int) -> None:
    with peer(ok(b"file")) as last:
        first_answer = status(code, f"Location: {last.url('/b/c.pdf')}", "Set-Cookie: session=1")
        with peer(first_answer) as first:
            fetched, got = take(first.url("/a?token=secret"))
    assert (fetched.name, got) == ("c.pdf", b"file")
    sent = last.requests[0]
    assert sent.line == "GET /b/c.pdf HTTP/1.1"
    assert "secret" not in str(sent) and "session" not in str(sent)


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "http://169.254.169.254/latest/meta-data/",
        "//10.0.0.1/",
        "http://user:password@127.0.0.1/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://local\\host/",
    ],
)
def test_redirects_to_where_none_may_go(location: str) -> None:
    with peer(status(302, f"Location: {location}")) as server, pytest.raises(OutboundError):
        take(server.url())


def redirects(count: int) -> Callable[[socket.socket, Request], None]:
    def answer(sock: socket.socket, request: Request) -> None:
        number = int(request.line.split("/")[1].split()[0])
        sock.sendall(ok(b"end") if number == count else status(302, f"Location: /{number + 1}"))

    return answer


def test_five_redirects_and_no_more() -> None:
    with peer(redirects(5)) as server:
        assert take(server.url("/0"))[1] == b"end"
    with peer(redirects(6)) as server, pytest.raises(UnreachableError, match="redirects"):
        take(server.url("/0"))
    assert len(server.requests) == 6


def drip(head: bytes, piece: bytes) -> Callable[[socket.socket, Request], None]:
    """A byte now and then: no single wait is long."""

    def answer(sock: socket.socket, request: Request) -> None:
        sock.sendall(head)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            sock.sendall(piece)
            time.sleep(0.02)

    return answer


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        (b"HTTP/1.1 ", b"2"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_slow_drips_end_with_the_clock(head: bytes, piece: bytes) -> None:
    with peer(drip(head, piece)) as server, pytest.raises(TimedOutError):
        take(server.url(), seconds=(0.3, 0.5))


def test_silence_ends_with_the_clock() -> None:
    with peer(lambda sock, request: sock.recv(1) and None) as server, pytest.raises(TimedOutError):
        take(server.url(), seconds=(0.2, 5.0))


def test_redirects_share_one_clock() -> None:
    def answer(sock: socket.socket, request: Request) -> None:
        time.sleep(0.15)
        sock.sendall(status(302, "Location: /again"))

    with peer(answer) as server, pytest.raises(TimedOutError):
        take(server.url(), seconds=(0.4, 0.4))


def endless(head: bytes, piece: bytes) -> Callable[[socket.socket, Request], None]:
    def answer(sock: socket.socket, request: Request) -> None:
        sock.sendall(head)
        while True:
            sock.sendall(piece)

    return answer


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536),
        (b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n", b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
    ],
)
def test_endless_bodies_are_cut_off(head: bytes, piece: bytes) -> None:
    out = io.BytesIO()
    with peer(endless(head, piece)) as server, pytest.raises(TooLargeError):
        fetch(server.url(), out, megabytes=0.5, allow=OWN)
    assert len(out.getvalue()) <= 2**19


def test_a_length_beyond_the_cap_is_refused_before_the_body() -> None:
    out = io.BytesIO()
    with peer(b"HTTP/1.1 200 OK\r\nContent-Length: 600000\r\n\r\nbegin") as server, pytest.raises(TooLargeError):
        fetch(server.url(), out, megabytes=0.5, allow=OWN)
    assert out.getvalue() == b""


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 40 + b"\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Header: " + b"x" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Header: x\r\n" * 50_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"",
        status(204),
        b"HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\nshort",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        status(300, "Location: /x"),
        status(304),
        status(401, "WWW-Authenticate: Basic"),
        status(407, "Proxy-Authenticate: Basic"),
        status(404),
        status(503, "Retry-After: 1"),
    ],
    ids=lambda answer: ascii(answer[:40]),
)
def test_answers_that_are_no_file(answer: bytes) -> None:
    with peer(answer) as server, pytest.raises((UnreachableError, TooLargeError)):
        take(server.url())


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "x-gzip, identity"])
def test_what_comes_compressed_is_not_unpacked(encoding: str) -> None:
    bomb = zlib.compress(bytes(10_000_000), wbits=31)
    with peer(ok(bomb, f"Content-Encoding: {encoding}")) as server, pytest.raises(UnreachableError, match="compressed"):
        take(server.url())


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        proxy: Peer = stack.enter_context(peer(ok(b"proxied")))
        server: Peer = stack.enter_context(peer(ok(b"direct")))
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        monkeypatch.delenv("no_proxy", raising=False)
        assert take(server.url())[1] == b"direct"
    assert proxy.requests == []


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(UnreachableError, match="connections"):
        take(f"http://127.0.0.1:{port}/")


def test_the_certificate_is_of_the_name_not_of_the_address(answers: Resolver, authority: Authority) -> None:
    answers.answers |= {"files.test": [("127.0.0.1",)], "other.test": [("127.0.0.1",)]}
    with peer(ok(b"secret"), tls=authority.server("files.test")) as server:
        assert take(f"https://files.test:{server.port}/")[1] == b"secret"
        with pytest.raises(UnreachableError, match="certificate"):
            take(f"https://other.test:{server.port}/")
        with pytest.raises(UnreachableError, match="certificate"):
            take(f"https://127.0.0.1:{server.port}/")


def test_a_certificate_of_nobody_is_not_taken(answers: Resolver, authority: Authority, tmp_path) -> None:
    answers.answers["files.test"] = [("127.0.0.1",)]
    (tmp_path / "another").mkdir()
    another = Authority(tmp_path / "another")
    with (
        peer(ok(b"secret"), tls=another.server("files.test")) as server,
        pytest.raises(UnreachableError, match="certificate"),
    ):
        take(f"https://files.test:{server.port}/")


def test_plain_http_on_the_port_of_tls(authority: Authority) -> None:
    with peer(status(400)) as server, pytest.raises(UnreachableError):
        take(f"https://127.0.0.1:{server.port}/")


def test_a_full_disk_is_not_blamed_on_the_server() -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    with peer(ok(b"file")) as server, pytest.raises(OSError, match="No space"):
        fetch(server.url(), Full(), megabytes=1, allow=OWN)


def test_neither_logs_nor_errors_show_signatures(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with peer(status(404, "X-Echo: secret")) as server, pytest.raises(UnreachableError) as error:
        take(server.url("/path?X-Signature=secret"))
    with peer(status(302, "Location: /next?X-Signature=secret")) as server, pytest.raises(UnreachableError):
        take(server.url())
    assert "secret" not in caplog.text
    assert "secret" not in repr(error.value) and "/path" not in repr(error.value)
