from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from jobs_made import Clock, request

from legenda.errors import QueueFullError
from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore
from legenda.settings import Plan, Settings


@pytest.fixture
def servers(store_url: str, tmp_path: Path, clock: Clock) -> Iterator[list[JobStore]]:
    """Two on one database."""
    settings = Settings(data_dir=tmp_path, plans={"default": Plan(jobs_minute=6)})
    stores = [JobStore(store_url, Seal(b"k" * 32), settings, clock) for _ in range(2)]
    yield stores
    for store in stores:
        store.close()


def test_a_minutes_jobs_may_come_at_once_and_then_one_as_often_as_on_average(
    servers: list[JobStore], clock: Clock
) -> None:
    for number in range(6):
        servers[number % 2].submit(request(digest=str(number)))
    with pytest.raises(QueueFullError, match="6 a minute") as refused:
        servers[0].submit(request(digest="6"))
    assert refused.value.retry_after == pytest.approx(10)
    servers[1].submit(request("other"))  # a tenant of its own
    clock.pass_(10.1)
    servers[1].submit(request(digest="6"))
    with pytest.raises(QueueFullError):
        servers[0].submit(request(digest="7"))
    clock.pass_(600)
    for number in range(6):
        servers[number % 2].submit(request(digest=str(10 + number)))
    with pytest.raises(QueueFullError):
        servers[1].submit(request(digest="16"))


def test_the_same_request_again_counts_once_and_a_deleted_job_all_the_same(servers: list[JobStore]) -> None:
    for _ in range(9):
        job, _ = servers[0].submit(request(idempotency_key="k"))
    servers[0].delete(job.id)
    for number in range(5):
        servers[1].submit(request(digest=str(number)))
    with pytest.raises(QueueFullError):
        servers[0].submit(request(digest="5"))


def test_servers_that_are_asked_at_once_do_not_both_give_the_last_place(servers: list[JobStore]) -> None:
    came: list[str] = []

    def ask(number: int) -> None:
        with contextlib.suppress(QueueFullError):
            came.append(servers[number % 2].submit(request(digest=str(number)))[0].id)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == 6
