"""Credits as jobs come and go through the store."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from postgres import binaries, cluster

from legenda.errors import BalanceError
from legenda.jobs.record import Failure, Input, Job, JobRequest, PageDone, Prepared
from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore
from legenda.settings import Plan, Settings

REQUEST = JobRequest("acme", Input("a.pdf", key="inputs/a", sha256="a" * 64, size=9), key_id="k")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if binaries() is None:
        pytest.skip("Postgres is not installed")
    with cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'legenda.db'}"
        return
    url = request.getfixturevalue("server")
    yield url
    engine = sa.create_engine(url)
    with engine.begin() as db:
        db.execute(sa.text("DROP SCHEMA public CASCADE"))
        db.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()


def opened(url: str, folder: Path) -> JobStore:
    plans = {"default": Plan(free_pages=5, file_pages=4)}
    return JobStore(url, Seal(b"k" * 32), Settings(data_dir=folder, balances=True, plans=plans))


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[JobStore]:
    store = opened(url, tmp_path)
    yield store
    store.close()


def used(store: JobStore) -> int:
    with store.engine.connect() as db:
        return sum(row.free for row in store.meter.usage(db, "acme"))


def counted(store: JobStore, pages: int) -> Job:
    """A job whose pages were counted."""
    store.submit(REQUEST)
    claim = store.claim("n", lease=60)
    assert claim is not None
    assert claim.stage == "prepare"
    store.prepared(claim, Prepared("pdf", tuple(range(1, pages + 1))))
    job = store.job(claim.job.id)
    assert job is not None
    return job


def test_of_two_stores_that_take_the_last_credit_one_is_refused(url: str, store: JobStore, tmp_path: Path) -> None:
    store.submit(replace(REQUEST, pages_reserved=4))
    other, ready, outcomes = opened(url, tmp_path), threading.Barrier(6), []

    def submit(where: JobStore) -> None:
        ready.wait()
        try:
            outcomes.append(where.submit(REQUEST)[1])
        except BalanceError as error:
            outcomes.append((error.used, error.cap, error.period))

    threads = [threading.Thread(target=submit, args=(where,)) for where in (store, other) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert sorted(map(str, outcomes)) == ["(5, 5, 'month')"] * 5 + ["True"]
    assert len(store.jobs("acme")) == 2
    assert used(store) == 5


def test_a_refused_job_leaves_nothing_and_the_same_job_again_costs_nothing(store: JobStore) -> None:
    again = replace(REQUEST, pages_reserved=4, idempotency_key="x")
    assert store.submit(again)[1]
    assert not store.submit(again)[1]
    with pytest.raises(BalanceError):
        store.submit(replace(REQUEST, pages_reserved=2))
    assert len(store.jobs("acme")) == 1
    assert used(store) == 4


def test_a_cancelled_job_gives_back_what_was_not_read(store: JobStore) -> None:
    job = counted(store, 4)
    assert used(store) == 4
    claim = store.claim("n", lease=60, pages=1)
    assert claim is not None
    store.page(claim, PageDone(1, key="pages/1"))
    cancelled = store.cancel(job.id)
    assert cancelled is not None
    assert (cancelled.state, cancelled.charged) == ("cancelled", 1)
    assert used(store) == 1


def test_failed_pages_are_not_charged(store: JobStore) -> None:
    job = counted(store, 3)
    claim = store.claim("n", lease=60, pages=3)
    assert claim is not None
    store.page(claim, PageDone(1, key="pages/1"))
    store.page(claim, PageDone(2, key="pages/2"))
    store.page(claim, PageDone(3, failure=Failure("timed_out", "It took too long.")))
    claim = store.claim("n", lease=60)
    assert claim is not None
    assert claim.stage == "assemble"
    store.assembled(claim, {})
    found = store.job(job.id)
    assert found is not None
    assert (found.state, found.charged) == ("partial", 2)
    assert used(store) == 2


def test_an_input_that_cannot_be_read_costs_nothing(store: JobStore) -> None:
    store.submit(REQUEST)
    claim = store.claim("n", lease=60)
    assert claim is not None
    store.failed(claim, Failure("corrupt", "It is damaged."))
    assert used(store) == 0


@pytest.mark.parametrize(("first", "pages", "code"), [(3, 3, "balance"), (0, 5, "too_large")])
def test_more_pages_than_there_are_credits_or_the_plan_allows(
    first: int, pages: int, code: str, store: JobStore
) -> None:
    if first:
        store.submit(replace(REQUEST, pages_reserved=first), Prepared("pdf", tuple(range(1, first + 1))))
    job = counted_behind(store, pages)
    assert job.state == "failed"
    assert job.failure is not None
    assert job.failure.code == code
    assert used(store) == first


def counted_behind(store: JobStore, pages: int) -> Job:
    """A job that is counted while the pages of another one wait."""
    job, _ = store.submit(replace(REQUEST, priority=5))
    claim = store.claim("n", lease=60)
    assert claim is not None
    assert claim.job.id == job.id
    store.prepared(claim, Prepared("pdf", tuple(range(1, pages + 1))))
    found = store.job(job.id)
    assert found is not None
    return found


def test_a_deleted_job_gives_back_what_it_held(store: JobStore) -> None:
    job = counted(store, 4)
    store.delete(job.id)
    assert store.job(job.id) is None
    assert used(store) == 0
