"""Deliveries of dialects: rendered, signed and timed by a hook."""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from couriers import PDF, Service
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from peers import Request, peer, status
from standardwebhooks import Webhook

from legenda.execute.hooks import Content, Delivery, Job, Material, Message, Sign, Signer, standard
from legenda.jobs.seal import Seal
from legenda.net.retries import LAZARUS, Schedule
from legenda.net.webhooks import jwks, signed_fal


class Hook:
    """As a dialect has one."""

    seconds = 5.0

    def __init__(self, sign: Callable[[Delivery, Job], Sign] | None = None, schedule: Schedule = LAZARUS) -> None:
        self._sign, self._schedule = sign, schedule
        self.file: Path | None = None

    def message(self, delivery: Delivery, job: Job, open_document: Material) -> Message:
        pages = len(open_document().pages) if job.state == "done" else 0
        told = {"event": delivery.event, "id": job.id, "pages": pages, "told": dict(job.request.told)}
        body = json.dumps(told | dict(delivery.body if delivery.event == "warning" else {})).encode()
        return Message(body, {"X-Kind": "test"}, self._sign(delivery, job) if self._sign else None)

    def content(self, delivery: Delivery, job: Job, open_document: Material) -> Content:
        with tempfile.NamedTemporaryFile(delete=False) as file:
            file.writelines(open_document.result("pdf"))
        self.file = Path(file.name)
        return Content(self.file, "application/zip")

    def delay(self, tries: int) -> float | None:
        return self._schedule.delay(tries)


def fal(delivery: Delivery, job: Job) -> Sign:
    def sign(signer: Signer, body: bytes, at: float) -> dict[str, str]:
        return signed_fal(signer.ed25519, job.id, job.request.tenant, body, at)

    return sign


@pytest.fixture
def service_with(tmp_path: Path) -> Iterator[Callable[[Hook], Service]]:
    made: list[Service] = []

    def make(hook: Hook) -> Service:
        made.append(Service(tmp_path, {"test": hook}))
        return made[-1]

    yield make
    for service in made:
        service.courier.close(20)
        service.store.close()


def test_a_message_is_rendered_from_the_job(service_with: Callable[[Hook], Service]) -> None:
    service = service_with(Hook())
    with peer(status(200)) as receiver:
        job = service.close_job(webhook=receiver.url("/h"), dialect="test", told={"do_format": True})
        assert service.carry() == 1
    (request,) = receiver.requests
    assert json.loads(request.body) == {"event": "closed", "id": job, "pages": 1, "told": {"do_format": True}}
    assert request.headers["x-kind"] == "test" and request.headers["content-type"] == "application/json"
    assert "webhook-signature" not in request.headers
    (record,) = service.store.messages("t")
    assert (record.state, record.status, record.tries) == ("sent", 200, 1)


def test_the_jwks_verifies_what_fals_receivers_get(service_with: Callable[[Hook], Service]) -> None:
    service = service_with(Hook(fal))
    with peer(status(204)) as receiver:
        job = service.close_job(webhook=receiver.url(), dialect="test")
        service.carry()
    (request,) = receiver.requests
    headers = request.headers
    assert (headers["x-fal-webhook-request-id"], headers["x-fal-webhook-user-id"]) == (job, "t")
    (key,) = jwks(Seal(b"k" * 32).public_key())["keys"]
    assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "="))
    digest = hashlib.sha256(request.body).hexdigest()
    text = "\n".join((job, "t", headers["x-fal-webhook-timestamp"], digest)).encode()
    public.verify(bytes.fromhex(headers["x-fal-webhook-signature"]), text)


def test_both_secrets_sign_for_a_day_after_a_rotation(service_with: Callable[[Hook], Service]) -> None:
    service = service_with(Hook(lambda delivery, job: standard(delivery)))
    key, _ = service.keys.create("t")
    before = service.keys.webhook_secret(key.id)
    after = service.keys.rotate_webhook_secret(key.id)
    with peer(status(200)) as receiver:
        service.close_job(key_id=key.id, webhook=receiver.url(), dialect="test")
        service.carry()
    (request,) = receiver.requests
    for secret in (before, after):
        assert Webhook(secret).verify(request.body, request.headers)
    assert len(request.headers["webhook-signature"].split()) == 2


@pytest.mark.parametrize("answer", [status(500), status(302, "Location: /elsewhere")])
def test_tries_follow_the_schedule_then_end(service_with: Callable[[Hook], Service], answer: bytes) -> None:
    service = service_with(Hook(lambda delivery, job: standard(delivery)))
    with peer(answer) as receiver:
        service.close_job(webhook=receiver.url(), dialect="test")
        waits = []
        for _ in range(4):
            service.carry()
            (row,) = service.outbox()
            waits.append(round(row.due - row.created) if row.state == "waiting" else None)
            service.change(due=0.0, created=row.created)
    assert [wait and wait - wait % 5 for wait in waits] == [5, 30, 120, None]
    assert {request.line.split()[1] for request in receiver.requests} == {"/"}
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    (record,) = service.store.messages("t")
    assert (record.state, record.tries) == ("given_up", 4)


def test_gone_and_addresses_that_are_refused_end_it_at_once(service_with: Callable[[Hook], Service]) -> None:
    service = service_with(Hook())
    with peer(status(410)) as receiver:
        service.close_job(webhook=receiver.url(), dialect="test")
        service.close_job(webhook="http://10.0.0.1/", dialect="test")
        service.carry()
    found = {(record.state, record.status) for record in service.store.messages("t")}
    assert found == {("given_up", 410), ("given_up", None)}


def test_content_is_put_with_the_callers_headers(service_with: Callable[[Hook], Service]) -> None:
    hook = Hook()
    service = service_with(hook)
    headers = {"x-ms-blob-type": "BlockBlob", "User-Agent": "theirs"}
    with peer(status(201)) as bucket, peer(status(200)) as receiver:
        service.close_job(
            deliver=bucket.url("/z?sig=1"), deliver_headers=headers, webhook=receiver.url(), dialect="test"
        )
        assert service.carry() == 1 and receiver.requests == []
        assert service.carry() == 1
    (put,) = bucket.requests
    assert put.line == "PUT /z?sig=1 HTTP/1.1" and put.body == PDF
    assert put.headers["x-ms-blob-type"] == "BlockBlob" and put.headers["user-agent"] == "theirs"
    assert (put.headers["content-type"], put.headers["content-length"]) == ("application/zip", str(len(PDF)))
    assert hook.file is not None and not hook.file.exists()
    assert json.loads(receiver.requests[0].body)["event"] == "closed"


def test_a_type_of_the_callers_takes_the_place_of_ours(service_with: Callable[[Hook], Service]) -> None:
    service = service_with(Hook())
    with peer(status(200)) as bucket:
        service.close_job(deliver=bucket.url(), deliver_headers={"content-type": "x/y"}, dialect="test")
        service.carry()
    assert bucket.requests[0].headers["content-type"] == "x/y"


def test_a_put_that_fails_is_warned_of_and_the_job_is_told_of_all_the_same(
    service_with: Callable[[Hook], Service],
) -> None:
    hook = Hook(schedule=Schedule(()))
    service = service_with(hook)
    with peer(status(403)) as bucket, peer(status(200)) as receiver:
        service.close_job(deliver=bucket.url(), webhook=receiver.url(), dialect="test")
        service.carry()
        service.carry()
    told = {json.loads(request.body)["event"]: json.loads(request.body) for request in receiver.requests}
    assert told.keys() == {"warning", "closed"}
    assert told["warning"]["message"] == "The receiver answered with status 403."
    assert hook.file is not None and not hook.file.exists()


def test_what_a_hook_raises_is_a_failed_try(service_with: Callable[[Hook], Service]) -> None:
    class Broken(Hook):
        def message(self, *_: Any) -> Message:
            raise ZeroDivisionError

    service = service_with(Broken())
    with peer(status(200)) as receiver:
        service.close_job(webhook=receiver.url(), dialect="test")
        service.carry()
    assert receiver.requests == []
    (row,) = service.outbox()
    assert (row.state, row.last_error) == ("waiting", "ZeroDivisionError")


def test_a_dialect_without_a_hook_has_the_native_form(service_with: Callable[[Hook], Service]) -> None:
    service = service_with(Hook())
    seen: list[Request] = []
    with peer(status(200)) as receiver:
        service.close_job(webhook=receiver.url(), dialect="other", webhook_events=("queued", "started", "closed"))
        service.carry()
        service.make_due()  # two at once is what a host gets
        service.carry()
        seen += receiver.requests
    types = [Webhook(service.keys.webhook_secret("")).verify(r.body, r.headers)["type"] for r in seen]
    assert sorted(types) == ["job.done", "job.queued", "job.started"]
