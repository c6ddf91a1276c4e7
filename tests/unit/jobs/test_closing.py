from __future__ import annotations

import pytest
from jobs_made import LEASE, claimed, finish, pages, read, request, unread

from legenda.jobs.record import Claim, Failure, Job, Prepared, Stored
from legenda.jobs.store import JobStore
from legenda.settings import Plan, Settings


def found(store: JobStore, job: Job) -> Job:
    now = store.job(job.id)
    assert now is not None
    return now


def at(store: JobStore, stage: str) -> tuple[Job, Claim]:
    """A job of which the stage is under way; of reading, one page is done and one waits."""
    job, _ = store.submit(request(webhook="https://hook", password="geheim"))
    claim = claimed(store)
    if stage != "prepare":
        assert store.prepared(claim, pages(3))
        claim = claimed(store, pages=2)
        assert store.page(claim, read(1))
    if stage == "assemble":
        assert store.page(claim, read(2)) and store.page(claimed(store), read(3))
        claim = claimed(store)
    assert claim.stage == stage
    return job, claim


def test_done_partial_failed(store: JobStore) -> None:
    states = []
    for results in ((read(1), read(2)), (read(1), unread(2)), (unread(1), unread(2))):
        job, _ = store.submit(request(digest=str(len(states))), pages(2))
        claim = claimed(store)
        assert all(store.page(claim, result) for result in results)
        assert found(store, job).state == "assembling"
        assert store.assembled(claimed(store), {"txt": Stored("r", 1, "0")})
        states.append(found(store, job))
    assert [job.state for job in states] == ["done", "partial", "failed"]
    assert [job.charged for job in states] == [2, 1, 0]
    assert states[2].failure is not None and "Page 1 is hopeless" in states[2].failure.message


def test_a_closed_job_is_due_to_expire(store: JobStore, settings: Settings) -> None:
    job, _ = store.submit(request(), pages(1))
    finish(store)
    closed = found(store, job)
    assert closed.finished is not None and closed.expires == closed.finished + settings.retention_hours * 3600


def test_an_input_without_pages(store: JobStore) -> None:
    job, _ = store.submit(request())
    assert store.prepared(claimed(store), Prepared("pdf", ()))
    closed = found(store, job)
    assert closed.failure is not None and (closed.state, closed.failure.code) == ("failed", "empty")


def test_more_pages_than_credits(store: JobStore, settings: Settings) -> None:
    settings.balances, settings.plans = True, {"default": Plan(free_pages=5)}
    job, _ = store.submit(request())
    assert store.prepared(claimed(store), pages(6))
    closed = found(store, job)
    assert closed.failure is not None and (closed.state, closed.failure.code) == ("failed", "balance")
    store.submit(request(pages_reserved=5))  # all are free again


@pytest.mark.parametrize("stage", ["prepare", "read", "assemble"])
def test_cancelled_meanwhile(store: JobStore, stage: str) -> None:
    """What is read stays; what is under way is told to stop, and counts for nothing."""
    job, claim = at(store, stage)
    cancelled = store.cancel(job.id)
    assert cancelled is not None and cancelled.state == "cancelled" == found(store, job).state
    assert not store.beat(claim, LEASE)
    assert not store.prepared(claim, pages(2))
    assert not any(store.page(claim, read(number)) for number in (1, 2, 3))
    assert not store.assembled(claim, {})
    assert not store.failed(claim, Failure("x", "y"))
    store.lost(claim, claim.pages, "crash", "")
    store.release(claim, claim.pages)
    assert store.claim("node", lease=LEASE) is None and store.waiting() == 0
    assert found(store, job) == cancelled
    done = {"prepare": 0, "read": 1, "assemble": 3}[stage]
    assert (cancelled.pages_done, cancelled.charged) == (done, done)
    assert [page.state for page in store.pages(job.id)].count("done") == done
    assert [x.body["type"] for x in store.due("node", lease=LEASE)] == ["job.cancelled"]


def test_cancelled_before_anything(store: JobStore) -> None:
    job, _ = store.submit(request(), pages(3))
    assert store.cancel(job.id)
    assert {page.state for page in store.pages(job.id)} == {"cancelled"}
    assert store.claim("node", lease=LEASE) is None


def test_a_closed_job_stays_as_it_is(store: JobStore) -> None:
    job, _ = store.submit(request(), pages(1))
    finish(store)
    closed = found(store, job)
    assert store.cancel(job.id) == closed == found(store, job)


@pytest.mark.parametrize("stage", ["prepare", "read", "assemble"])
def test_a_job_that_fails_as_a_whole(store: JobStore, stage: str) -> None:
    job, claim = at(store, stage)
    assert not store.failed(Claim(claim.stage, claim.job, "f" * 32, claim.pages), Failure("x", "y"))
    assert store.failed(claim, Failure("wrong_password", "That was wrong."))
    closed = found(store, job)
    assert (closed.state, closed.failure) == ("failed", Failure("wrong_password", "That was wrong."))
    assert not store.failed(claim, Failure("again", ""))
    assert store.claim("node", lease=LEASE) is None and store.waiting() == 0


@pytest.mark.parametrize("stage", ["prepare", "read", "assemble"])
def test_deleted_meanwhile(store: JobStore, stage: str) -> None:
    job, claim = at(store, stage)
    keys = store.delete(job.id)
    assert store.job(job.id) is None and store.pages(job.id) == [] and store.events(job.id) == []
    assert not store.beat(claim, LEASE)
    assert not store.page(claim, read(2))
    store.lost(claim, claim.pages, "crash", "")
    assert store.claim("node", lease=LEASE) is None
    assert job.request.source.key in keys


def test_results_of_later(store: JobStore) -> None:
    job, _ = store.submit(request(formats=("txt",)), pages(1))
    made = {"pdf": Stored("results/x/pdf", 5, "0" * 64)}
    assert not store.exported(job.id, made)
    finish(store)
    assert store.exported(job.id, made)
    assert set(found(store, job).results) == {"txt", "pdf"}
    store.delete(job.id)
    assert not store.exported(job.id, made)


def test_the_language_of_most_characters(store: JobStore) -> None:
    job, _ = store.submit(request(), pages(3))
    claim = claimed(store)
    for number, (language, characters) in enumerate([("de", 10), ("en", 500), ("de", 20)], 1):
        assert store.page(claim, read(number, language=language, characters=characters))
    finish(store)
    assert found(store, job).language == "en"
