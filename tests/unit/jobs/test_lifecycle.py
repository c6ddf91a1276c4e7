"""Claim, renew, report, lose, kill, reap and call off in any order, on two stores that share a database.

What is promised: nobody holds what somebody else holds; who holds something keeps it until its lease runs out; who does
not, changes nothing; every page counts once; and in the end all of it comes to an end.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from jobs_made import LEASE, Clock, finish, pages, read, request, unread

from legenda.jobs import schema
from legenda.jobs.record import FINAL, Cause, Claim, Failure
from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore
from legenda.settings import Settings

_PICK = st.integers(0, 99)
_SERVERS, _NODES = st.integers(0, 1), st.sampled_from(["one", "other"])
_CAUSES: list[Cause] = ["crash", "timed_out", "out_of_memory", "lost"]


class Held:
    """Work somebody has, as far as we know; `left` are the pages of it that are not reported, or 0 for a whole job."""

    def __init__(self, claim: Claim, node: str, until: float) -> None:
        self.claim, self.node, self.until = claim, node, until
        self.left = set(claim.pages) if claim.stage == "read" else {0}


class Lifecycle(RuleBasedStateMachine):
    """Two servers, two tenants, any number of workers."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__()
        self.clock = Clock()
        self.stores = [JobStore(url, Seal(b"k" * 32), Settings(data_dir=folder), self.clock) for _ in range(2)]
        self.held: list[Held] = []
        self.stale: list[Claim] = []
        self.counted: Counter[tuple[str, int]] = Counter()
        self.jobs: list[str] = []
        self.touched = ""

    def teardown(self) -> None:
        try:
            self._end()
        finally:
            for store in self.stores:
                store.close()

    def _end(self) -> None:
        """Everybody is gone; somebody new does the rest."""
        self.clock.pass_(2 * LEASE)
        finish(self.stores[0])
        self.held.clear()
        for job in self.jobs:
            found = self.stores[1].job(job)
            assert found is not None and found.state in FINAL
            self.touched = job
            self.books_balance()
            if found.state in ("done", "partial"):
                assert found.pages_done + found.pages_failed == found.page_count
        assert self.stores[1].waiting() == 0
        with self.stores[1].engine.connect() as db:
            for table in (schema.jobs, schema.pages):
                assert db.execute(sa.select(table.c.token).where(table.c.token.is_not(None))).all() == []

    def _pick(self, among: list[Held], pick: int) -> Held:
        held = among[pick % len(among)]
        self.touched = held.claim.job.id
        return held

    def _drop(self, held: Held) -> None:
        if held in self.held:
            self.held.remove(held)
        self.stale.append(held.claim)

    def _drop_job(self, job: str) -> None:
        for held in [held for held in self.held if held.claim.job.id == job]:
            self._drop(held)

    def _judge(self, held: Held, accepted: bool) -> bool:
        """Whoever holds work is believed; after its lease ran out only if nobody has noticed yet."""
        if not accepted:
            assert held.until < self.clock.now, "the work was taken from somebody who held it"
            self._drop(held)
        return accepted

    @precondition(lambda self: len(self.jobs) < 2 or not self.held)  # few jobs, so that many fight for each
    @rule(server=_SERVERS, tenant=st.sampled_from("ab"), count=st.integers(0, 5), priority=st.integers(0, 1))
    def submit(self, server: int, tenant: str, count: int, priority: int) -> None:
        asked = request(tenant, str(len(self.jobs)), priority=priority, webhook="https://hook")
        job, new = self.stores[server].submit(asked, pages(count) if count else None)
        assert new
        self.jobs.append(job.id)
        self.touched = job.id

    @rule(server=_SERVERS, node=_NODES, most=st.integers(1, 4), times=st.integers(1, 3))
    def claim(self, server: int, node: str, most: int, times: int) -> None:
        for _ in range(times):
            self._claim(server, node, most)

    def _claim(self, server: int, node: str, most: int) -> None:
        claim = self.stores[server].claim(node, lease=LEASE, pages=most)
        if claim is None:
            return
        given = Held(claim, node, self.clock.now + LEASE)
        assert claim.token not in {other.token for other in self.stale}
        for other in [other for other in self.held if other.claim.job.id == claim.job.id]:
            if other.left & given.left:
                assert other.until < self.clock.now, "two have the same"
                self._drop(other)
        for number in claim.pages if claim.stage == "read" else ():
            assert not self.counted[claim.job.id, number], "a page that counts is given out again"
        self.held.append(given)
        self.touched = claim.job.id

    @precondition(lambda self: self.held)
    @rule(server=_SERVERS, pick=_PICK)
    def renew(self, server: int, pick: int) -> None:
        held = self._pick(self.held, pick)
        if self._judge(held, self.stores[server].beat(held.claim, LEASE)):
            held.until = self.clock.now + LEASE

    @precondition(lambda self: self.held)
    @rule(server=_SERVERS, pick=_PICK, well=st.booleans(), count=st.integers(1, 5))
    def report(self, server: int, pick: int, well: bool, count: int) -> None:
        held = self._pick(self.held, pick)
        store, claim = self.stores[server], held.claim
        if claim.stage == "prepare":
            accepted = store.prepared(claim, pages(count))
        elif claim.stage == "assemble":
            accepted = store.assembled(claim, {})
        else:
            number = min(held.left)
            accepted = store.page(claim, (read if well else unread)(number))
            if accepted:
                self.counted[claim.job.id, number] += 1
                held.left.discard(number)
                assert not store.page(claim, read(number)), "the same page counts twice"
        if self._judge(held, accepted) and (claim.stage != "read" or not held.left):
            self._drop(held)

    @precondition(lambda self: self.held)
    @rule(server=_SERVERS, pick=_PICK)
    def fail(self, server: int, pick: int) -> None:
        held = self._pick(self.held, pick)
        if self._judge(held, self.stores[server].failed(held.claim, Failure("corrupt", "It is broken."))):
            self._drop_job(held.claim.job.id)

    @precondition(lambda self: self.held)
    @rule(server=_SERVERS, pick=_PICK, cause=st.sampled_from(_CAUSES))
    def die(self, server: int, pick: int, cause: Cause) -> None:
        held = self._pick(self.held, pick)
        self.stores[server].lost(held.claim, sorted(held.left - {0}), cause, "signal 11")
        self._drop(held)

    @precondition(lambda self: self.held)
    @rule(server=_SERVERS, pick=_PICK)
    def give_back(self, server: int, pick: int) -> None:
        held = self._pick(self.held, pick)
        self.stores[server].release(held.claim, sorted(held.left - {0}))
        self._drop(held)

    @rule(server=_SERVERS, node=_NODES)
    def restart(self, server: int, node: str) -> None:
        self.stores[server].recover(node)
        for held in [held for held in self.held if held.node == node]:
            self._drop(held)

    @precondition(lambda self: self.jobs)
    @rule(server=_SERVERS, pick=_PICK)
    def cancel(self, server: int, pick: int) -> None:
        self.touched = self.jobs[pick % len(self.jobs)]
        found = self.stores[server].cancel(self.touched)
        assert found is not None and found.state in FINAL
        self._drop_job(self.touched)

    @rule(seconds=st.sampled_from([1.0, LEASE / 2, LEASE + 1]))
    def wait(self, seconds: float) -> None:
        self.clock.pass_(seconds)

    @precondition(lambda self: len(self.held) > 1)
    @rule(server=_SERVERS, pick=_PICK)
    def fall_silent(self, server: int, pick: int) -> None:
        """One does not come back, all others do, and somebody asks for work."""
        silent = self._pick(self.held, pick)
        for _ in range(2):
            self.clock.pass_(LEASE / 2 + 1)
            for held in [held for held in self.held if held is not silent]:
                if self._judge(held, self.stores[server].beat(held.claim, LEASE)):
                    held.until = self.clock.now + LEASE
        self._claim(server, "one", 4)
        for held in [held for held in self.held if held is not silent]:
            self._judge(held, self.stores[server].beat(held.claim, LEASE))

    @precondition(lambda self: self.stale)
    @rule(server=_SERVERS, pick=_PICK)
    def haunt(self, server: int, pick: int) -> None:
        """Somebody who lost its work does not know yet; of several one whose work somebody else has."""
        taken = {(held.claim.job.id, number) for held in self.held for number in held.left}
        contested = [claim for claim in self.stale if {(claim.job.id, n) for n in claim.pages or (0,)} & taken]
        among = contested or self.stale
        claim = among[pick % len(among)]
        store, self.touched = self.stores[server], claim.job.id
        before = store.job(self.touched)
        assert not store.beat(claim, LEASE)
        assert not store.failed(claim, Failure("corrupt", "It is broken."))
        if claim.stage == "read":
            assert not any(store.page(claim, read(number)) for number in claim.pages)
        else:
            assert not (store.prepared(claim, pages(3)) or store.assembled(claim, {}))
        store.lost(claim, claim.pages, "crash", "signal 11")
        store.release(claim, claim.pages)
        assert store.job(self.touched) == before

    @invariant()
    def books_balance(self) -> None:
        """Of the job that something happened to."""
        if not self.touched:
            return
        store = self.stores[0]
        job = store.job(self.touched)
        assert job is not None
        states = Counter(page.state for page in store.pages(job.id))
        assert (job.pages_done, job.pages_failed) == (states["done"], states["failed"])
        told = Counter(event.data["number"] for event in store.events(job.id) if event.kind == "page")
        assert not told or max(told.values()) == 1, "a page counts twice"
        for number in told:
            assert self.counted[job.id, number] <= 1
        assert {number for (id, number), times in self.counted.items() if id == job.id and times} <= told.keys()


def _run(url: Callable[[], str], folder: Path, examples: int) -> None:
    run_state_machine_as_test(
        lambda: Lifecycle(url(), folder),
        settings=settings(
            max_examples=examples,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def test_on_sqlite(tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    JobStore(f"sqlite:///{empty}", Seal(b"k" * 32), Settings(data_dir=tmp_path)).close()

    def url() -> str:
        for suffix in ("-wal", "-shm"):
            (tmp_path / f"store.db{suffix}").unlink(missing_ok=True)
        shutil.copy(empty, tmp_path / "store.db")
        return f"sqlite:///{tmp_path / 'store.db'}"

    _run(url, tmp_path, 25)


@pytest.mark.parametrize("store_url", ["postgres"], indirect=True)
def test_on_postgres(store_url: str, tmp_path: Path) -> None:
    engine = sa.create_engine(store_url)

    def url() -> str:
        with engine.begin() as db:
            db.execute(sa.text("TRUNCATE " + ", ".join(schema.metadata.tables)))
        return store_url

    _run(url, tmp_path, 10)
    engine.dispose()
