from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator

import pytest
from peers import Request, ok, peer, status
from standardwebhooks import Webhook

from legenda.errors import OutboundError, TimedOutError, UnreachableError
from legenda.net.deliver import post, put
from legenda.net.webhooks import signed

OWN = ("127.0.0.1",)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_webhook_arrives_and_is_verified() -> None:
    body = json.dumps({"type": "job.done", "name": "Grüße"}).encode()
    with peer(status(204)) as receiver:
        assert post(receiver.url("/hook?a=b"), body, signed(SECRET, "m1", body, time.time()), allow=OWN) == 204
    request = receiver.requests[0]
    assert request.line == "POST /hook?a=b HTTP/1.1"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["content-length"] == str(len(body))
    assert Webhook(SECRET).verify(request.body, request.headers)["name"] == "Grüße"


@pytest.mark.parametrize("code", [200, 202, 301, 307, 308, 400, 404, 410, 429, 500])
def test_statuses_are_given_back_and_redirects_not_followed(code: int) -> None:
    with peer(ok(b"")) as other, peer(status(code, f"Location: {other.url()}")) as receiver:
        assert post(receiver.url(), b"{}", {}, allow=OWN) == code
        assert put(receiver.url(), [b"x"], 1, "text/plain", allow=OWN) == code
    assert other.requests == []


def test_an_endless_answer_is_not_read() -> None:
    def answer(sock: socket.socket, request: Request) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sock.sendall(b"x" * 65536)

    with peer(answer) as receiver:
        assert post(receiver.url(), b"{}", {}, allow=OWN) == 200


def test_a_result_is_put_as_it_is_read() -> None:
    pieces = [bytes([n]) * 100_000 for n in range(30)]
    taken = []

    def chunks() -> Iterator[bytes]:
        for piece in pieces:
            taken.append(len(piece))
            yield piece

    with peer(ok(b"")) as store:
        assert put(store.url("/bucket/r.pdf?Sig=1"), chunks(), 3_000_000, "application/pdf", allow=OWN) == 200
    request = store.requests[0]
    assert request.line == "PUT /bucket/r.pdf?Sig=1 HTTP/1.1"
    assert request.headers["content-type"] == "application/pdf"
    assert request.headers["content-length"] == "3000000"
    assert "transfer-encoding" not in request.headers
    assert request.body == b"".join(pieces)
    assert len(taken) == 30


def test_an_early_no_is_heard() -> None:
    def answer(sock: socket.socket, request: Request) -> None:
        sock.sendall(status(403))

    with peer(answer) as store:
        assert put(store.url(), [b"x"], 1, "text/plain", allow=OWN) == 403


def test_a_receiver_that_takes_nothing_ends_with_the_clock() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(TimedOutError):
            put(url, (b"x" * 2**20 for _ in range(64)), 2**26, "text/plain", seconds=(0.3, 0.3), allow=OWN)
        with pytest.raises(TimedOutError):
            post(url, b"{}", {}, seconds=(0.2, 5), allow=OWN)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://169.254.169.254/", "ftp://127.0.0.1/", "http://[::1]/"])
def test_the_policy_holds_here_too(url: str) -> None:
    with pytest.raises(OutboundError):
        post(url, b"{}", {})
    with pytest.raises(OutboundError):
        put(url, [b"x"], 1, "text/plain")


def test_headers_cannot_be_smuggled_in() -> None:
    with peer(ok(b"")) as receiver, pytest.raises(UnreachableError):
        post(receiver.url(), b"{}", {"webhook-id": "a\r\nX-Other: b"}, allow=OWN)
