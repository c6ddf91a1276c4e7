from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from couriers import PDF, Service
from peers import Peer, Request, ok, peer, status
from standardwebhooks import Webhook


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(tmp_path)
    yield made
    made.courier.close(20)
    made.store.close()


def test_a_webhook_is_signed_with_the_secret_of_the_key_and_sent_once(service: Service) -> None:
    key, _ = service.keys.create("t")
    with peer(status(200)) as receiver:
        job = service.close_job(key_id=key.id, webhook=receiver.url("/hook?token=1"))
        assert service.carry() == 1
        assert service.carry() == 0
    request = receiver.requests[0]
    assert request.line == "POST /hook?token=1 HTTP/1.1"
    message = Webhook(service.keys.webhook_secret(key.id)).verify(request.body, request.headers)
    assert message["type"] == "job.done"
    assert message["data"]["id"] == job
    assert message["data"]["metadata"] == {"order": "\ufffdü"}
    assert [row.state for row in service.outbox()] == ["sent"]
    assert len(receiver.requests) == 1


def test_a_result_is_put_as_it_lies_in_the_blobs(service: Service) -> None:
    with peer(status(200)) as bucket:
        service.close_job(deliver=bucket.url("/r.pdf?X-Signature=1"))
        assert service.carry() == 1
    request = bucket.requests[0]
    assert request.line == "PUT /r.pdf?X-Signature=1 HTTP/1.1"
    assert request.headers["content-type"] == "application/pdf"
    assert request.headers["content-length"] == str(len(PDF))
    assert request.body == PDF
    assert [row.state for row in service.outbox()] == ["sent"]


@pytest.mark.parametrize(
    "answer", [status(500), status(404), status(301, "Location: /x"), status(429), b"", b"no HTTP"]
)
def test_what_was_not_taken_is_sent_again_under_the_same_id(service: Service, answer: bytes) -> None:
    answers = [answer, status(202)]

    def speak(sock: socket.socket, request: Request) -> None:
        sock.sendall(answers.pop(0))

    with peer(speak) as receiver:
        service.close_job(webhook=receiver.url("/hook?token=secret"))
        service.carry()
        row = service.outbox()[0]
        assert (row.state, row.tries) == ("waiting", 1)
        assert row.last_error and "secret" not in row.last_error and "hook" not in row.last_error
        assert 0 < row.due - row.created < 60
        assert service.carry() == 0  # not due yet
        service.change(due=0.0)
        assert service.carry() == 1
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    secret = service.keys.webhook_secret("")
    assert Webhook(secret).verify(second.body, second.headers)
    assert service.outbox()[0].state == "sent"


def test_nobody_there_and_addresses_that_are_refused_are_tried_again(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    service = Service(tmp_path, allow_hosts=("127.0.0.1",))
    service.close_job(webhook=f"http://127.0.0.1:{port}/?token=secret")
    service.close_job(webhook=f"http://127.0.0.2:{port}/?token=secret")
    service.carry()
    errors = " ".join(row.last_error for row in service.outbox())
    assert "takes connections" in errors and "not public" in errors
    assert "secret" not in errors
    assert {row.state for row in service.outbox()} == {"waiting"}
    service.store.close()


def test_gone_means_no_more(service: Service) -> None:
    with peer(status(410)) as receiver:
        service.close_job(webhook=receiver.url())
        service.carry()
    assert service.outbox()[0].state == "given_up"


def test_after_a_day_it_is_given_up(service: Service) -> None:
    with peer(status(503)) as receiver:
        service.close_job(webhook=receiver.url())
        service.change(tries=27)
        service.carry()
        assert service.outbox()[0].state == "waiting"
        service.change(due=0.0)
        service.carry()
    assert service.outbox()[0].state == "given_up"
    assert "503" in service.outbox()[0].last_error


def test_a_result_that_is_gone_is_given_up(service: Service) -> None:
    with peer(status(200)) as bucket:
        job = service.close_job(deliver=bucket.url())
        service.blobs.delete([f"results/{job}/pdf"])
        service.carry()
    assert bucket.requests == []
    assert service.outbox()[0].state == "given_up"


class Held:
    """A receiver that does not answer until it is let go; counts how many it holds at once."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.now = self.most = 0
        self._lock = threading.Lock()

    def __call__(self, sock: socket.socket, request: Request) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.let_go.wait(20)
        with self._lock:
            self.now -= 1
        sock.sendall(status(200))


def wait_for(condition: Any) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_slow_receiver_holds_up_nobody_else(service: Service) -> None:
    held = Held()
    with peer(held, "127.0.0.2") as slow, peer(status(200)) as quick:
        for _ in range(30):
            service.close_job(webhook=slow.url(host="127.0.0.2"))
        service.close_job("other", webhook=quick.url())
        service.courier.run_once()
        wait_for(lambda: quick.requests)
        wait_for(lambda: len(slow.requests) == 2)
        assert service.courier.run_once() == 0
        assert held.most == 2
        held.let_go.set()
        service.settle()
        while any(row.state != "sent" for row in service.outbox()):
            service.make_due()
            service.carry()
    assert held.most == 2
    assert {row.tries for row in service.outbox()} == {1}  # those put off were not tried
    ids = [request.headers["webhook-id"] for request in slow.requests]
    assert len(ids) == len(set(ids)) == 30


def test_whoever_lost_the_lease_has_no_say(service: Service) -> None:
    with peer(status(200)) as receiver:
        service.close_job(webhook=receiver.url())
        stale = service.store.due("dead", lease=-1, limit=1)[0]
        assert service.carry() == 1
    assert service.outbox()[0].state == "sent"
    assert not service.store.unsent(stale, "late", time.time())
    assert not service.store.sent(stale)
    assert service.outbox()[0].state == "sent"
    assert service.carry() == 0


COURIER = """
import sys, time
from pathlib import Path
from couriers import Service
service = Service(Path({folder!r}))
service.courier.run_once()
time.sleep(60)
"""


def test_what_was_under_way_when_the_server_was_killed_is_sent_afterwards(service: Service, tmp_path: Path) -> None:
    held = Held()
    with peer(held) as receiver:
        service.close_job(webhook=receiver.url())
        code = COURIER.format(folder=str(tmp_path))
        plugins = str(Path(__file__).parents[2] / "plugins")
        child = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": plugins})
        wait_for(lambda: receiver.requests)
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert service.carry() == 0  # still leased
        assert service.outbox()[0].state == "sending"
        held.let_go.set()
        service.change(due=0.0)  # the lease has run out
        assert service.carry() == 1
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert json.loads(first.body) == json.loads(second.body)
    assert service.outbox()[0].state == "sent"


def test_closing_begins_nothing_more(service: Service) -> None:
    with peer(ok(b"")) as receiver:
        service.close_job(webhook=receiver.url())
        service.courier.close(1)
        assert service.carry() == 0
    assert receiver.requests == []
    assert service.outbox()[0].state == "waiting"


def test_logs_show_no_urls(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    receiver: Peer
    with peer(status(500)) as receiver:
        service.close_job(webhook=receiver.url("/path?token=secret"))
        service.carry()
    assert "500" in caplog.text
    assert "secret" not in caplog.text and "/path" not in caplog.text and "whsec" not in caplog.text
