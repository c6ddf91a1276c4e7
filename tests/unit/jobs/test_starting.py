from __future__ import annotations

import pytest
from jobs_made import LEASE, Clock, claimed, finish, pages, request

from legenda.jobs.record import Prepared
from legenda.jobs.store import JobStore


@pytest.mark.parametrize("prepared", [None, pages(1)])
def test_a_job_that_nobody_begins_in_time_fails(store: JobStore, clock: Clock, prepared: Prepared | None) -> None:
    job, _ = store.submit(request(start_seconds=30.0), prepared)
    patient, _ = store.submit(request(digest="1"), prepared)
    assert job.request.start_seconds == 30
    clock.pass_(29)
    assert store.due("node", lease=LEASE) == []
    assert (found := store.job(job.id)) and not found.final
    clock.pass_(2)
    store.due("node", lease=LEASE)  # nobody claims: all are busy
    failed = store.job(job.id)
    assert failed and failed.state == "failed" and failed.failure and failed.failure.code == "not_started"
    assert "within 30 seconds" in failed.failure.message
    assert (found := store.job(patient.id)) and not found.final
    finish(store)
    assert (found := store.job(patient.id)) and found.state == "done"


@pytest.mark.parametrize("prepared", [None, pages(1)])
def test_a_job_that_was_begun_goes_on(store: JobStore, clock: Clock, prepared: Prepared | None) -> None:
    job, _ = store.submit(request(start_seconds=30.0), prepared)
    claim = claimed(store)
    clock.pass_(31)
    store.due("node", lease=LEASE)
    store.release(claim, claim.pages)
    clock.pass_(31)
    store.due("node", lease=LEASE)
    finish(store)
    assert (found := store.job(job.id)) and found.state == "done"
