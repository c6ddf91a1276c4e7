from __future__ import annotations

import pytest
from jobs_made import LEASE, Clock, claimed, finish, pages, read, request

from legenda.jobs.losses import FALLBACK, LOSSES
from legenda.jobs.record import Cause, Claim, Reading
from legenda.jobs.store import JobStore
from legenda.settings import Settings


def lost(store: JobStore, claim: Claim, cause: Cause = "crash") -> None:
    store.lost(claim, claim.pages, cause, "signal 11")


def test_pages_of_a_lost_unit_run_alone_and_uncharged(store: JobStore) -> None:
    job, _ = store.submit(request(), pages(3))
    claim = claimed(store)
    assert store.page(claim, read(1))
    store.lost(claim, (2, 3), "crash", "signal 11")
    assert [(page.state, page.tries) for page in store.pages(job.id)] == [("done", 0), ("queued", 0), ("queued", 0)]
    assert [(x.pages, x.solo) for x in (claimed(store), claimed(store))] == [((2,), True), ((3,), True)]


def test_pages_nobody_suspects_come_first(store: JobStore) -> None:
    store.submit(request(), pages(6))
    lost(store, claimed(store))
    assert [(x.pages, x.solo) for x in (claimed(store), claimed(store))] == [((5, 6), False), ((1,), True)]


def test_a_poisonous_page(store: JobStore, settings: Settings) -> None:
    """Three tries alone, one with the other engine; then it fails, and its neighbours do not."""
    job, _ = store.submit(request(), pages(4))
    engines = []
    while (claim := claimed(store)).stage == "read":
        if 3 in claim.pages:
            engines += [claim.engine] if claim.solo else []
            lost(store, claim, "out_of_memory")
        else:
            assert all(store.page(claim, read(number)) for number in claim.pages)
    assert engines == [""] * settings.tries + [FALLBACK]
    assert (claim.stage, claim.pages, set(claim.failures)) == ("assemble", (1, 2, 4), {3})
    assert store.assembled(claim, {})
    found = store.job(job.id)
    assert found is not None
    assert (found.state, found.pages_done, found.pages_failed, found.charged) == ("partial", 3, 1, 3)
    page = store.pages(job.id)[2]
    assert page.failure is not None and page.failure.code == "out_of_memory" and "4 times" in page.failure.message


def test_the_fallback_saves_the_page(store: JobStore, settings: Settings) -> None:
    job, _ = store.submit(request(), pages(1))
    for _ in range(settings.tries):
        lost(store, claimed(store))
    claim = claimed(store)
    assert (claim.engine, claim.solo) == (FALLBACK, True)
    assert store.page(claim, read(1, engine=FALLBACK))
    finish(store)
    found = store.job(job.id)
    assert found is not None and found.state == "done"


def test_no_fallback_to_the_same_engine(store: JobStore, settings: Settings) -> None:
    job, _ = store.submit(request(reading=Reading(engine=FALLBACK)), pages(1))
    for _ in range(settings.tries):
        lost(store, claimed(store), "timed_out")
    finish(store)
    found = store.job(job.id)
    assert found is not None and found.failure is not None
    assert (found.state, found.failure.code, found.charged) == ("failed", "timed_out", 0)


def test_a_lease_that_runs_out_is_not_the_pages_fault(store: JobStore, clock: Clock) -> None:
    job, _ = store.submit(request(), pages(1))
    for _ in range(LOSSES):
        assert claimed(store).engine == ""
        assert store.pages(job.id)[0].tries == 0
        clock.pass_(LEASE + 1)
    finish(store)
    found = store.job(job.id)
    assert found is not None and found.failure is not None
    assert (found.state, found.failure.code) == ("failed", "internal") and f"{LOSSES} times" in found.failure.message


def test_killed_workers_do_not_use_up_the_tries(store: JobStore, settings: Settings) -> None:
    job, _ = store.submit(request(), pages(1))
    for _ in range(settings.tries + 2):
        lost(store, claimed(store), "lost")
    lost(store, claimed(store), "crash")
    claim = claimed(store)
    assert (claim.engine, store.pages(job.id)[0].tries) == ("", 1)


def test_pages_of_a_unit_whose_lease_ran_out_are_not_charged(store: JobStore, clock: Clock) -> None:
    job, _ = store.submit(request(), pages(3))
    claim = claimed(store)
    assert store.page(claim, read(1))
    clock.pass_(LEASE + 1)
    assert [(x.pages, x.solo) for x in (claimed(store), claimed(store))] == [((2,), True), ((3,), True)]
    assert {page.tries for page in store.pages(job.id)} == {0}


def test_a_late_loss_changes_nothing(store: JobStore, clock: Clock) -> None:
    job, _ = store.submit(request(), pages(1))
    late = claimed(store)
    clock.pass_(LEASE + 1)
    claim = claimed(store, node="other")
    lost(store, late)
    assert store.pages(job.id)[0].tries == 0
    assert store.page(claim, read(1))
    lost(store, claim)
    assert store.pages(job.id)[0].state == "done"


@pytest.mark.parametrize("stage", ["prepare", "assemble"])
def test_a_stage_that_is_lost_each_time(store: JobStore, settings: Settings, stage: str) -> None:
    job, _ = store.submit(request(webhook="https://hook"))
    while (claim := claimed(store)).stage != stage:
        if claim.stage == "prepare":
            assert store.prepared(claim, pages(2))
        else:
            assert all(store.page(claim, read(number)) for number in claim.pages)
    for _ in range(settings.tries - 1):
        lost(store, claim)
        claim = claimed(store)
        assert claim.stage == stage
    lost(store, claim)
    found = store.job(job.id)
    assert found is not None and found.failure is not None and (found.state, found.failure.code) == ("failed", "engine")
    assert store.claim("node", lease=LEASE) is None
    assert [x.body["type"] for x in store.due("node", lease=LEASE)] == ["job.failed"]
