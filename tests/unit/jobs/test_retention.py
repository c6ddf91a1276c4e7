from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from jobs_made import LEASE, Clock, claimed, finish, pages, read, request, unread

from legenda.jobs import schema
from legenda.jobs.names import converted_key, input_key, page_key, result_key
from legenda.jobs.record import Input, JobRequest, Member, Prepared
from legenda.jobs.store import JobStore
from legenda.settings import Settings

HOUR, DAY = 3600.0, 86400.0
SECRET = "Zyzzyva"


def confidential(digest: str = "c0ffee") -> JobRequest:
    """A request with something to hide in every field that a caller fills."""
    url = f"https://{SECRET}/?sig"
    source = Input(f"{SECRET}.pdf", f"inputs/{SECRET}", digest.rjust(64, "0"), 9, url, {1: url})
    return request(
        source=source,
        password=SECRET,
        metadata={SECRET: SECRET},
        webhook=f"https://{SECRET}/hook",
        deliver=f"https://{SECRET}/put",
        deliver_headers={"X-Token": SECRET},
        told={SECRET: [SECRET]},
        idempotency_key=SECRET,
        caller="203.0.113.7",
        formats=("txt",),
    )


def everything(store: JobStore) -> str:
    """All that is in the database, as text."""
    with store.engine.connect() as db:
        rows = [row for table in schema.metadata.sorted_tables for row in db.execute(sa.select(table))]
    return "\n".join(repr(tuple(row)) for row in rows)


def sealed(store: JobStore) -> bytes:
    """What of jobs cannot be read in the database, and so cannot be looked for."""
    columns = schema.jobs.c.secrets, schema.jobs.c.told
    with store.engine.connect() as db:
        return b"".join(value for row in db.execute(sa.select(*columns)) for value in row if value)


def swept(store: JobStore) -> list[str]:
    keys = store.expire()
    store.deleted(keys)
    return keys


def count(store: JobStore, table: sa.Table) -> int:
    with store.engine.connect() as db:
        return int(db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_nothing_is_left_of_what_was_in_a_job(store: JobStore, clock: Clock, tmp_path: Path) -> None:
    job, _ = store.submit(confidential())
    found = Prepared("pdf", (1, 2), {"title": SECRET}, confidential().source, (Member(SECRET, "pdf", 2),))
    assert store.prepared(claimed(store), found)
    claim = claimed(store)
    assert store.page(claim, read(1, f"pages/{SECRET}/1")) and store.page(claim, unread(2))
    finish(store)
    before = everything(store)
    assert SECRET in before and "hopeless" in before and "c0ffee" in before
    (webhook, put) = store.due("node", lease=LEASE)
    store.sent(webhook)
    store.unsent(put, f"https://{SECRET} does not answer", clock.now + 30 * HOUR)
    assert sealed(store) and (told := store.job(job.id)) and told.request.told == {SECRET: [SECRET]}
    clock.pass_(25 * HOUR)
    swept(store)
    assert sealed(store) == b""
    after = everything(store)
    for word in (SECRET, "hopeless", "c0ffee", "203.0.113.7"):
        assert word not in after
    clock.pass_(60)
    swept(store)
    assert [file.name for file in tmp_path.glob("store.db*") if SECRET.encode() in file.read_bytes()] == []
    expired = store.job(job.id)
    assert expired is not None
    assert (expired.state, expired.page_count, expired.pages_done, expired.charged) == ("expired", 2, 1, 1)
    assert (expired.request.told, expired.members) == ({}, ())
    assert expired.finished is not None and expired.finished < clock.now
    assert store.pages(job.id) == [] and store.events(job.id) == []
    clock.pass_(DAY)
    assert store.due("node", lease=LEASE) == []


def test_a_closed_job_keeps_no_secrets(store: JobStore) -> None:
    """Addresses to be told are sealed, passwords are gone."""
    store.submit(confidential(), pages(1))
    finish(store)
    with store.engine.connect() as db:
        assert db.execute(sa.select(schema.jobs.c.secrets)).scalars().all() == [None]
    assert f"https://{SECRET}/hook" not in everything(store)


def test_open_jobs_and_young_ones_stay(store: JobStore, clock: Clock) -> None:
    store.submit(request(), pages(1))
    clock.pass_(100 * DAY)
    finish(store)
    clock.pass_(23 * HOUR)
    assert swept(store) == []
    assert [job.state for job in store.jobs(None)] == ["done"]


def test_every_blob_a_job_may_have_left(store: JobStore, clock: Clock) -> None:
    job, _ = store.submit(request(formats=("txt",)), pages(3))
    claim = claimed(store)
    assert store.page(claim, read(1)) and store.page(claim, unread(2))
    store.cancel(job.id)
    clock.pass_(25 * HOUR)
    wanted = {job.request.source.key, "pages/1", page_key(job, 2), page_key(job, 3), result_key(job.id, "txt")}
    assert wanted <= set(swept(store))


def test_an_input_that_was_fetched_but_not_looked_at(store: JobStore, clock: Clock) -> None:
    job, _ = store.submit(request(source=Input("a", url="https://a")))
    claimed(store)
    store.cancel(job.id)
    clock.pass_(25 * HOUR)
    assert input_key(job.id) in swept(store)


def test_keys_come_again_until_they_are_deleted(store: JobStore, clock: Clock) -> None:
    """Whoever is killed between the two leaves nothing behind."""
    store.submit(request(), pages(1))
    finish(store)
    clock.pass_(25 * HOUR)
    keys = store.expire()
    assert keys and store.expire() == keys
    store.deleted(keys)
    assert store.expire() == []


def test_blobs_of_others_stay(store: JobStore, clock: Clock) -> None:
    """A page that a younger job refers to goes with that one."""
    first, _ = store.submit(request(), pages(1))
    finish(store)
    clock.pass_(12 * HOUR)
    store.submit(request(), pages(1))
    finish(store)
    page = f"pages/{first.id}/1"
    clock.pass_(13 * HOUR)
    keys = swept(store)
    assert keys and page not in keys and first.request.source.key not in keys
    clock.pass_(12 * HOUR)
    keys = swept(store)
    assert page in keys and first.request.source.key in keys


def test_what_is_in_use_again_is_not_thrown_away(store: JobStore, clock: Clock) -> None:
    job, _ = store.submit(request(), pages(1))
    finish(store)
    clock.pass_(25 * HOUR)
    assert job.request.source.key in store.expire()
    store.submit(request(), pages(1))
    assert job.request.source.key not in store.expire()
    with store.engine.connect() as db:
        assert job.request.source.key not in db.execute(sa.select(schema.trash.c.key)).scalars().all()


def test_a_deleted_job_whose_worker_still_writes(store: JobStore, clock: Clock, settings: Settings) -> None:
    """Its blobs are asked for again until the worker must have noticed."""
    job, _ = store.submit(request(), pages(1))
    claimed(store)
    keys = store.delete(job.id)
    assert page_key(job, 1) in keys
    store.deleted(keys)
    assert page_key(job, 1) in swept(store)
    clock.pass_(settings.lease_seconds + 1)
    assert page_key(job, 1) in swept(store)
    assert swept(store) == []


def test_deleting_spares_what_others_refer_to(store: JobStore) -> None:
    first, _ = store.submit(request(), pages(1))
    finish(store)
    second, _ = store.submit(request(), pages(1))
    finish(store)
    assert f"pages/{first.id}/1" not in store.delete(first.id)
    assert f"pages/{first.id}/1" in store.delete(second.id)


@pytest.mark.parametrize("by", ["request", "settings"])
def test_inputs_deleted_on_completion(store: JobStore, settings: Settings, by: str) -> None:
    settings.delete_inputs = by == "settings"
    job, _ = store.submit(request(delete_input=by == "request"), pages(1))
    assert swept(store) == []
    finish(store)
    assert set(swept(store)) == {job.request.source.key, converted_key(job.id)}
    closed = store.job(job.id)
    assert closed is not None and (closed.state, closed.request.source.key) == ("done", "")
    assert swept(store) == []


def test_rows_go_after_a_week(store: JobStore, clock: Clock) -> None:
    job, _ = store.submit(request(webhook="https://hook"), pages(1))
    finish(store)
    store.sent(store.due("node", lease=LEASE)[0])
    clock.pass_(6.9 * DAY)
    swept(store)
    assert store.job(job.id) is not None and count(store, schema.outbox) == 1
    clock.pass_(0.2 * DAY)
    swept(store)
    assert store.job(job.id) is None
    assert [count(store, table) for table in (schema.jobs, schema.outbox, schema.turns, schema.trash)] == [0, 0, 0, 0]


def test_nothing_stands_for_a_strangers_address_when_the_results_are_gone(store: JobStore, clock: Clock) -> None:
    stranger = request("anonymous:c0ffee", caller="203.0.113.7", webhook="https://hook")
    store.submit(stranger, pages(1))
    finish(store)
    store.sent(store.due("node", lease=LEASE)[0])
    clock.pass_(23 * HOUR)
    swept(store)
    assert "anonymous:c0ffee" in everything(store)
    clock.pass_(2 * HOUR)
    swept(store)
    assert "c0ffee" not in everything(store)
    clock.pass_(DAY)
    swept(store)
    assert "anonymous" not in everything(store)  # what was used that day


def test_the_idempotency_key_is_free_again(store: JobStore, clock: Clock) -> None:
    store.submit(request(idempotency_key="k"), pages(1))
    finish(store)
    clock.pass_(25 * HOUR)
    store.expire()
    assert store.submit(request(idempotency_key="k", digest="9"), pages(1))[1]


def test_inputs_of_no_job(store: JobStore) -> None:
    store.submit(confidential(), pages(1))
    strays = [f"inputs/{number}" for number in range(1200)]
    assert store.unknown([f"inputs/{SECRET}", *strays]) == strays
    assert store.unknown([]) == []


def test_results_that_are_kept_for_a_shorter_time(store: JobStore, clock: Clock) -> None:
    short, _ = store.submit(request(expires_seconds=60.0), pages(1))
    long, _ = store.submit(request(digest="1", expires_seconds=100 * DAY), pages(1))
    finish(store)
    clock.pass_(61)
    swept(store)
    assert [found.state for id in (short.id, long.id) if (found := store.job(id))] == ["expired", "done"]
    clock.pass_(DAY)
    swept(store)
    assert (found := store.job(long.id)) and found.state == "expired"


def test_parts_that_were_put_together_leave_nothing_apart(store: JobStore, clock: Clock) -> None:
    """What was uploaded of an input is thrown away when the whole of it lies elsewhere; and the whole, if it fails."""
    source = Input("", "inputs/part", "1" * 64, 9, urls={1: "https://a"})
    job, _ = store.submit(request(source=source))
    whole = Input("", input_key(job.id), "2" * 64, 20)
    assert store.prepared(claimed(store), Prepared("zip", (1, 2), {}, whole))
    assert swept(store) == ["inputs/part"]
    other, _ = store.submit(request(source=source))
    store.cancel(other.id)
    clock.pass_(25 * HOUR)
    assert {"inputs/part", input_key(other.id)} <= set(swept(store))
