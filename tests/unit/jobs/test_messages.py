"""What dialects' callers are told of: in which order, what is kept of it, how it is sent again."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from jobs_made import LEASE, Clock, claimed, finish, pages, read, request

from legenda.errors import OutboundError
from legenda.jobs import schema
from legenda.jobs.record import Delivery, Job
from legenda.jobs.store import JobStore

HOOK, PUT = "https://hook.example/?s=1", "https://put.example/?sig=2"
ALL = ("queued", "started", "closed")


def submitted(store: JobStore, **more: Any) -> Job:
    given = {"dialect": "fal", "webhook": HOOK, "webhook_events": ALL, **more}
    return store.submit(request(**given), pages(3))[0]


def due(store: JobStore) -> list[Delivery]:
    return store.due("node", lease=LEASE)


def events(store: JobStore) -> list[str]:
    """What is due, and now taken by its receiver."""
    found = due(store)
    for delivery in found:
        assert store.sent(delivery, 200)
    return [delivery.event for delivery in found]


def test_each_event_is_told_once(store: JobStore) -> None:
    submitted(store)
    assert events(store) == ["queued"]
    first = claimed(store, pages=1)
    second = claimed(store, pages=1)  # at the same moment
    assert events(store) == ["started"]
    store.release(second, second.pages)
    assert store.page(first, read(1))
    claimed(store, pages=1)
    assert events(store) == []
    finish(store)


def test_the_start_of_a_job_that_has_to_be_prepared_is_told_once(store: JobStore, clock: Clock) -> None:
    store.submit(request(dialect="fal", webhook=HOOK, webhook_events=("started",)))
    assert events(store) == []
    store.release(claimed(store), ())
    clock.pass_(1)
    finish(store)
    assert events(store) == ["started"]


@pytest.mark.parametrize("wanted", [("closed",), ("started",), ("queued", "closed")])
def test_only_what_was_asked_for_is_told(store: JobStore, wanted: tuple[str, ...]) -> None:
    submitted(store, webhook_events=wanted)
    finish(store)
    assert sorted(events(store)) == sorted(wanted)


def test_who_renders_it_and_the_headers_of_a_put(store: JobStore) -> None:
    submitted(store, webhook="", deliver=PUT, deliver_headers={"x-ms-blob-type": "BlockBlob"})
    finish(store)
    (put,) = due(store)
    assert (put.kind, put.dialect, put.format, put.url) == ("put", "fal", "", PUT)
    assert put.headers == {"x-ms-blob-type": "BlockBlob"}
    with store.engine.connect() as db:
        assert "BlockBlob" not in repr(db.execute(sa.select(schema.outbox)).all())


@pytest.mark.parametrize(
    "headers",
    [{"Host": "a"}, {"content-length": "1"}, {"Transfer-Encoding": "chunked"}, {"Connection": "close"}, {"a b": "c"},
     {"a": "b\r\nc: d"}, {"a": "\u20ac"}, {"a": 1}, {f"a{n}": "b" for n in range(33)}],
)  # fmt: skip
def test_headers_that_are_not_for_callers_to_say(store: JobStore, headers: dict[str, Any]) -> None:
    with pytest.raises(OutboundError, match="headers cannot be sent"):
        submitted(store, deliver=PUT, deliver_headers=headers)
    assert store.jobs("acme") == []


def test_a_job_is_closed_for_its_caller_when_its_result_was_put(store: JobStore) -> None:
    submitted(store, webhook_events=("closed",), deliver=PUT)
    finish(store)
    (put,) = due(store)
    assert put.kind == "put" and due(store) == []
    assert store.sent(put, 201)
    assert events(store) == ["closed"]


def test_a_result_that_could_not_be_put_is_warned_of(store: JobStore, clock: Clock) -> None:
    submitted(store, webhook_events=("closed",), deliver=PUT)
    finish(store)
    (put,) = due(store)
    assert store.unsent(put, "The receiver answered with status 500.", clock.now, 500)
    (put,) = due(store)
    assert store.unsent(put, "The receiver answered with status 403.", None, 403)
    told = {delivery.event: delivery for delivery in due(store)}
    assert told.keys() == {"warning", "closed"}
    assert told["warning"].body == {"message": "The receiver answered with status 403."}
    assert told["warning"].url == HOOK and told["warning"].id != told["closed"].id


def test_nothing_is_put_of_a_job_that_failed_and_nobody_waits_for_it(store: JobStore) -> None:
    job = submitted(store, webhook_events=("closed",), deliver=PUT)
    store.cancel(job.id)
    assert events(store) == ["closed"]


def test_the_history_of_messages(store: JobStore, clock: Clock) -> None:
    job = submitted(store)
    assert events(store) == ["queued"]
    clock.pass_(1)
    finish(store)
    clock.pass_(1)
    for delivery in due(store):
        retry_at = None if delivery.event == "closed" else clock.now + 5
        assert store.unsent(delivery, "The receiver answered with status 503.", retry_at, 503)
    found = {record.event: record for record in store.messages("acme")}
    assert {event: (record.state, record.tries, record.status) for event, record in found.items()} == {
        "queued": ("sent", 1, 200), "started": ("waiting", 1, 503), "closed": ("given_up", 1, 503),
    }  # fmt: skip
    assert found["closed"].error == "The receiver answered with status 503." and found["closed"].finished == clock.now
    assert found["started"].due == clock.now + 5 and found["queued"].replayable
    assert store.messages("other") == [] and store.messages("acme", job="x") == []
    assert [r.event for r in store.messages("acme", states=("given_up", "sending"))] == ["closed"]
    assert [r.event for r in store.messages("acme", event="started", job=job.id)] == ["started"]
    assert [r.event for r in store.messages("acme", before=job.created + 1)] == ["queued"]
    assert len(store.messages("acme", limit=2)) == 2


def test_a_message_is_sent_again_under_the_same_id(store: JobStore) -> None:
    submitted(store, webhook_events=("closed",))
    finish(store)
    (first,) = due(store)
    store.unsent(first, "refused", None)
    assert store.replay("other", first.id) is None and store.replay("acme", "nothing") is None
    record = store.replay("acme", first.id)
    assert record is not None and (record.state, record.tries, record.finished) == ("waiting", 0, None)
    (again,) = due(store)
    assert (again.id, again.url, again.event, again.tries) == (first.id, HOOK, "closed", 0)
    store.sent(again, 200)
    assert store.replay("acme", first.id) is not None


def test_a_native_message_that_was_taken_is_not_kept(store: JobStore) -> None:
    submitted(store, dialect="", webhook_events=("closed",))
    finish(store)
    assert events(store) == ["closed"]
    (record,) = store.messages("acme")
    assert not record.replayable and store.replay("acme", record.id) is None


@pytest.mark.parametrize("end", ["expire", "delete"])
def test_nothing_is_left_of_whom_a_dialect_told(store: JobStore, clock: Clock, end: str) -> None:
    job = submitted(store, deliver=PUT, deliver_headers={"x-key": "Zyzzyva"}, metadata={"a": "Zyzzyva"})
    finish(store)
    for delivery in due(store):
        assert store.unsent(delivery, "https://Zyzzyva is away", None) if delivery.event == "started" else True
    if end == "delete":
        store.delete(job.id)
    else:
        clock.pass_(25 * 3600)
        store.deleted(store.expire())
    with store.engine.connect() as db:
        rows = db.execute(sa.select(schema.outbox)).all()
        assert rows and {row.url for row in rows} == {b""} and {row.state for row in rows} == {"given_up"}
        assert "Zyzzyva" not in repr([db.execute(sa.select(table)).all() for table in schema.metadata.sorted_tables])
    assert due(store) == [] and not any(record.replayable for record in store.messages("acme"))
