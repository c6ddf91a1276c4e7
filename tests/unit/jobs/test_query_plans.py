"""On SQLite: what is done for every page finds its rows by an index, however many wait."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from jobs_made import LEASE, Clock, claimed, pages, read, request

from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore
from legenda.settings import Settings


@pytest.fixture
def small(tmp_path: Path, clock: Clock, settings: Settings) -> JobStore:
    return JobStore(f"sqlite:///{tmp_path / 'plans.db'}", Seal(b"k" * 32), settings, clock)


def plans(store: JobStore, said: list[tuple[str, object]]) -> dict[str, list[str]]:
    with store.engine.connect() as db:
        return {
            sql: [str(row[3]) for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given)]  # type: ignore[arg-type]
            for sql, given in said
            if sql.startswith(("SELECT", "UPDATE", "DELETE"))
        }


def test_no_statement_looks_at_a_whole_table(small: JobStore) -> None:
    """But for the sums over what waits, which read an index of nothing else."""
    said: list[tuple[str, object]] = []
    for n in range(3):
        small.submit(request(f"t{n}", str(n), webhook="https://hook"), pages(3))
    job, _ = small.submit(request("last", idempotency_key="k"))

    @sa.event.listens_for(small.engine, "before_cursor_execute")
    def hear(_c: object, _cursor: object, sql: str, given: object, _context: object, _many: bool) -> None:
        said.append((sql, given))

    small.submit(request("t0", "9", idempotency_key="j"), pages(1))
    claim = claimed(small)
    small.beat(claim, LEASE)
    for number in claim.pages:
        small.page(claim, read(number))
    while claim := claimed(small):
        if claim.stage == "assemble":
            break
        if claim.stage == "prepare":
            small.prepared(claim, pages(1))
        for number in claim.pages:
            small.page(claim, read(number))
    small.assembled(claim, {})
    small.job(job.id)
    small.jobs("t0")
    small.pages(job.id)
    small.position(job)
    small.waiting()
    small.events(job.id)
    small.due("node", lease=LEASE)
    small.expire(small._clock() + 1e6)
    sa.event.remove(small.engine, "before_cursor_execute", hear)
    scans = {sql: steps for sql, steps in plans(small, said).items() if any(step.startswith("SCAN") for step in steps)}
    hourly, counted = ("SCAN holds", "SCAN usage"), "SCAN anon_1"  # at most as many as the limit says
    allowed = (
        "jobs_waiting",
        "jobs_unbegun",
        "outbox_due",
        "jobs_left_input",
        "jobs_held",
        "SCAN trash",
        counted,
        *hourly,
    )
    odd = {
        sql: steps
        for sql, steps in scans.items()
        for step in steps
        if step.startswith("SCAN") and step != "SCAN CONSTANT ROW" and not any(name in step for name in allowed)
    }
    assert odd == {}
    small.close()


def test_nothing_is_compiled_anew_for_every_page(small: JobStore) -> None:
    small.submit(request(), pages(40))
    claim = claimed(small, pages=2)
    assert all(small.page(claim, read(number)) for number in claim.pages)
    compiled = len(small.engine._compiled_cache or ())  # type: ignore[attr-defined]
    for _ in range(10):
        claim = claimed(small, pages=2)
        assert all(small.page(claim, read(number)) for number in claim.pages)
    assert len(small.engine._compiled_cache or ()) == compiled  # type: ignore[attr-defined]
    small.close()
