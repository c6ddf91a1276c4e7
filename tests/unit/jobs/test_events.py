from __future__ import annotations

import threading

import sqlalchemy as sa
from jobs_made import Clock, claimed, finish, pages, read, request, unread

from legenda.jobs import schema
from legenda.jobs.signal import Signal
from legenda.jobs.store import JobStore


def test_the_story_of_a_job(store: JobStore) -> None:
    job, _ = store.submit(request())
    assert store.prepared(claimed(store), pages(2))
    claim = claimed(store)
    assert store.page(claim, unread(2)) and store.page(claim, read(1))
    finish(store)
    told = [(event.kind, event.data.get("state"), event.data.get("number")) for event in store.events(job.id)]
    assert told == [
        ("state", "queued", None),
        ("state", "preparing", None),
        ("state", "running", None),
        ("page", "failed", 2),
        ("page", "done", 1),
        ("state", "assembling", None),
        ("state", "partial", None),
    ]
    page = store.events(job.id)[4].data
    assert (page["pages_done"], page["pages_failed"], page["page_count"]) == (1, 1, 2)


def test_going_on_where_one_broke_off(store: JobStore) -> None:
    job, _ = store.submit(request(), pages(5))
    other, _ = store.submit(request("other"), pages(1))
    finish(store)
    every = store.events(job.id)
    assert [event.id for event in every] == sorted(event.id for event in every)
    assert store.events(job.id, after=every[2].id) == every[3:]
    assert store.events(job.id, limit=2) == every[:2]
    assert {event.job for event in store.events(None, limit=10_000)} >= {job.id, other.id}


def test_an_event_that_is_committed_late_is_not_missed(store: JobStore, clock: Clock) -> None:
    """On Postgres a larger number may be seen first; who follows all jobs waits a moment for the smaller one."""
    job, _ = store.submit(request(), pages(1))
    start = store.events(None)[-1].id
    event = {"job_id": job.id, "kind": "page", "data": {}}
    with store.engine.begin() as db:
        db.execute(sa.insert(schema.events), {"id": start + 2, "at": clock.now} | event)
    if store.engine.dialect.name == "postgresql":
        assert store.events(None, start) == []
    with store.engine.begin() as db:
        db.execute(sa.insert(schema.events), {"id": start + 1, "at": clock.now} | event)
        db.execute(sa.insert(schema.events), {"id": start + 9, "at": clock.now} | event)
    assert [event.id for event in store.events(None, start)][:2] == [start + 1, start + 2]
    clock.pass_(60)
    assert [event.id for event in store.events(None, start)] == [start + 1, start + 2, start + 9]


def test_every_change_is_signalled(store: JobStore) -> None:
    version = store.changed.version
    store.submit(request(), pages(1))
    assert store.changed.version > version
    version = store.changed.version
    claim = claimed(store)
    assert store.changed.version > version
    version = store.changed.version
    store.page(claim, read(1))
    assert store.changed.version > version


def test_a_stale_report_is_no_change(store: JobStore) -> None:
    store.submit(request(), pages(1))
    claim = claimed(store)
    store.page(claim, read(1))
    version = store.changed.version
    assert not store.page(claim, read(1))
    assert store.changed.version == version


def test_waiting_for_a_signal() -> None:
    signal, woken = Signal(), list[int]()
    thread = threading.Thread(target=lambda: woken.append(signal.wait(signal.version, 30)))
    thread.start()
    while not woken and thread.is_alive():
        signal.notify()
        thread.join(0.01)
    assert woken and woken[0] > 0
    assert signal.wait(signal.version, 0.0) == signal.version
    assert signal.wait(signal.version - 1, 30) == signal.version
