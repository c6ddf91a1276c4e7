from __future__ import annotations

import json
import threading

from jobs_made import LEASE, Clock, finish, pages, request

from legenda.jobs.record import Delivery
from legenda.jobs.store import JobStore

HOOK, PUT = "https://hook.example/?s=1", "https://put.example/?sig=2"


def closed(store: JobStore, **more: object) -> str:
    job, _ = store.submit(request(**{"webhook": HOOK, "key_id": "k1", "metadata": {"mine": 7}, **more}), pages(1))
    finish(store)
    return job.id


def due(store: JobStore) -> list[Delivery]:
    return store.due("node", lease=LEASE)


def test_what_a_webhook_says(store: JobStore) -> None:
    job = closed(store)
    (delivery,) = due(store)
    assert (delivery.kind, delivery.url, delivery.tenant, delivery.key_id, delivery.tries) == (
        "webhook",
        HOOK,
        "acme",
        "k1",
        0,
    )
    assert delivery.body["type"] == "job.done"
    assert delivery.body["data"] == {
        "id": job, "state": "done", "page_count": 1, "pages_done": 1, "pages_failed": 0, "failure": None,
        "metadata": {"mine": 7},
    }  # fmt: skip
    assert HOOK not in repr(delivery) and HOOK not in json.dumps(delivery.body)


def test_nobody_is_told_of_an_open_job(store: JobStore) -> None:
    store.submit(request(webhook=HOOK), pages(1))
    assert due(store) == []


def test_the_first_format_is_put(store: JobStore) -> None:
    closed(store, webhook="", deliver=PUT, formats=("pdf", "txt"))
    (delivery,) = due(store)
    assert (delivery.kind, delivery.url, delivery.format) == ("put", PUT, "pdf")


def test_nothing_is_put_of_a_job_that_failed(store: JobStore) -> None:
    job, _ = store.submit(request(webhook=HOOK, deliver=PUT, formats=("pdf",)), pages(1))
    store.cancel(job.id)
    assert [delivery.kind for delivery in due(store)] == ["webhook"]


def test_sent_once(store: JobStore, clock: Clock) -> None:
    closed(store)
    (delivery,) = due(store)
    assert due(store) == []
    assert store.sent(delivery)
    assert not store.sent(delivery) and not store.unsent(delivery, "x", clock.now)
    clock.pass_(1e6)
    assert due(store) == []


def test_who_lost_the_lease_cannot_say_that_it_was_sent(store: JobStore, clock: Clock) -> None:
    closed(store)
    (late,) = due(store)
    clock.pass_(LEASE + 1)
    (again,) = due(store)
    assert (again.id, again.tries) == (late.id, 1)
    assert not store.sent(late) and not store.unsent(late, "x", None)
    assert store.sent(again)


def test_tried_again_then_given_up(store: JobStore, clock: Clock) -> None:
    closed(store)
    (delivery,) = due(store)
    assert store.unsent(delivery, "refused", clock.now + 100)
    assert due(store) == []
    clock.pass_(101)
    (delivery,) = due(store)
    assert delivery.tries == 1
    assert store.unsent(delivery, "refused", None)
    clock.pass_(1e6)
    assert due(store) == []


def test_put_off_is_no_try(store: JobStore, clock: Clock) -> None:
    closed(store)
    (delivery,) = due(store)
    assert store.postpone(delivery, clock.now + 10)
    assert due(store) == []
    clock.pass_(11)
    (again,) = due(store)
    assert again.tries == 0
    assert not store.sent(delivery)


def test_threads_never_send_the_same(store: JobStore) -> None:
    for n in range(12):
        closed(store, digest=str(n))
    got = list[str]()

    def run() -> None:
        while found := store.due("node", lease=LEASE, limit=2):
            got.extend(delivery.id for delivery in found)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got.extend(delivery.id for delivery in due(store))
    assert len(got) == len(set(got)) == 12


def test_what_a_node_was_sending_when_it_ended_is_sent_at_once_when_it_is_back(store: JobStore) -> None:
    closed(store)
    (before,) = due(store)
    assert store.recover("other") == 0 and due(store) == []
    assert store.recover("node") == 1
    (after,) = due(store)
    assert (after.id, after.tries) == (before.id, 1)
    assert not store.sent(before) and store.sent(after)
