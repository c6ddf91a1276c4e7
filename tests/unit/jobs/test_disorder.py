"""Everything at once, by threads that know nothing of one another: nobody waits forever, and the books balance."""

from __future__ import annotations

import random
import threading
from collections import Counter

import sqlalchemy as sa
from jobs_made import LEASE, Clock, finish, pages, read, request, unread

from legenda.jobs import schema
from legenda.jobs.record import FINAL, Claim, Failure
from legenda.jobs.store import JobStore
from legenda.settings import Plan, Settings

_THREADS, _STEPS = 6, 120
_TENANTS, _PAID = ("t0", "t1", "t2"), 100_000


def _handle(store: JobStore, claim: Claim, luck: random.Random) -> None:
    if luck.random() < 0.2:
        store.lost(claim, claim.pages, "crash", "signal 11")
    elif luck.random() < 0.1:
        store.release(claim, claim.pages)
    elif luck.random() < 0.05:
        store.failed(claim, Failure("corrupt", "It is broken."))
    elif luck.random() < 0.1:
        pass  # forgotten: the lease will run out
    elif claim.stage == "prepare":
        store.prepared(claim, pages(luck.randint(0, 6)))
    elif claim.stage == "assemble":
        store.assembled(claim, {})
    else:
        for number in claim.pages:
            store.page(claim, luck.choice((read, read, read, unread))(number))


def _live(store: JobStore, clock: Clock, luck: random.Random) -> None:
    for _ in range(_STEPS):
        what = luck.random()
        if what < 0.25:
            found = pages(luck.randint(1, 6)) if luck.random() < 0.5 else None
            digest, tenant = str(luck.randint(0, 9)), luck.choice(_TENANTS)
            store.submit(request(tenant, digest, priority=luck.randint(0, 1), webhook="https://hook"), found)
        elif what < 0.85:
            if claim := store.claim(f"node{luck.randint(0, 1)}", lease=LEASE, pages=luck.randint(1, 4)):
                store.beat(claim, LEASE)
                _handle(store, claim, luck)
        elif what < 0.9 and (jobs := store.jobs(None, limit=20)):
            luck.choice((store.cancel, store.cancel, store.delete))(luck.choice(jobs).id)
        elif what < 0.92:
            store.recover("node1")
        elif what < 0.95:
            clock.pass_(LEASE / 2)
        elif what < 0.97:
            store.deleted(store.expire())
        else:
            for delivery in store.due("node", lease=LEASE):
                luck.choice((store.sent, lambda x: store.unsent(x, "no", clock.now)))(delivery)


def test_the_books_balance(store: JobStore, clock: Clock, settings: Settings) -> None:
    settings.balances, settings.plans = True, {"default": Plan(free_pages=20)}
    for tenant in _TENANTS:
        with store.engine.begin() as db:
            store.meter.top_up(db, tenant, _PAID)
    troubles: list[BaseException] = []

    def run(seed: int) -> None:
        try:
            _live(store, clock, random.Random(seed))
        except BaseException as error:
            troubles.append(error)
            raise

    threads = [threading.Thread(target=run, args=(seed,), daemon=True) for seed in range(_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not troubles and not any(thread.is_alive() for thread in threads)
    _check_counters(store)
    clock.pass_(LEASE + 1)
    finish(store)
    jobs = store.jobs(None, limit=10_000)
    assert jobs and {job.state for job in jobs} <= FINAL
    assert store.waiting() == 0
    _check_counters(store)
    with store.engine.connect() as db:
        assert db.execute(sa.select(schema.holds)).all() == []
        assert db.execute(sa.select(sa.func.sum(schema.usage.c.reserved))).scalar() == 0
        used = db.execute(sa.select(sa.func.sum(schema.usage.c.free + schema.usage.c.paid))).scalar()
        paid = db.execute(sa.select(sa.func.sum(schema.usage.c.paid))).scalar()
        left = db.execute(sa.select(sa.func.sum(schema.balances.c.paid))).scalar()
        charged = db.execute(sa.select(sa.func.sum(schema.jobs.c.charged))).scalar()
    assert paid + left == _PAID * len(_TENANTS)
    assert charged <= used  # some jobs were deleted


def _check_counters(store: JobStore) -> None:
    for job in store.jobs(None, limit=10_000):
        states = Counter(page.state for page in store.pages(job.id))
        if job.state == "expired":
            continue
        assert (job.pages_done, job.pages_failed) == (states["done"], states["failed"]), job.state
        counted = [event for event in store.events(job.id, limit=10_000) if event.kind == "page"]
        numbers = [event.data["number"] for event in counted]
        assert len(numbers) == len(set(numbers)), "a page counted twice"
        with store.engine.connect() as db:
            row = db.execute(sa.select(schema.jobs).where(schema.jobs.c.id == job.id)).one()
        if job.state in ("running", *FINAL):
            assert row.pages_queued == states["queued"], job.state
        if job.state in FINAL:
            assert not states["queued"] and not states["running"] and row.secrets is None
