"""Work is claimed under a lease, kept by beats, given back, or lost.

Rows are locked in one order everywhere (a job, its pages, credits, the tenant's turn): nobody waits in a circle.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from legenda.jobs import closing, deliveries, events, losses, schema, turns
from legenda.jobs.record import Claim, Failure, Stage
from legenda.jobs.rows import Rules, job_of
from legenda.jobs.turns import Turn

_jobs, _pages = schema.jobs.c, schema.pages.c
_MINE = _jobs.id == sa.bindparam("job")
_NEXT = (
    sa.select(_jobs.id, _jobs.state, _jobs.page_count, _jobs.pages_queued)
    .where(_jobs.tenant == sa.bindparam("who"), _jobs.priority == sa.bindparam("level"), schema.READY)
    .order_by(_jobs.tag, _jobs.created)
    .limit(1)
)
_NEXT_FREE = _NEXT.with_for_update(skip_locked=True)
_NEXT_OF_ALL = _NEXT.with_for_update()
_QUEUED = (
    sa.select(_pages.number, _pages.solo, _pages.tries)
    .where(_pages.job_id == sa.bindparam("job"), schema.QUEUED)
    .order_by(_pages.solo, _pages.number)
    .limit(sa.bindparam("most"))
)
_TAKE_PAGES = (
    sa.update(schema.pages)
    .where(_pages.job_id == sa.bindparam("job"), _pages.number.in_(sa.bindparam("numbers", expanding=True)))
    .values(
        state="running",
        token=sa.bindparam("with_"),
        node=sa.bindparam("by"),
        lease_until=sa.bindparam("until"),
        unit_pages=sa.bindparam("size"),
    )
)
_BEGUN: dict[str, Any] = {"started": sa.func.coalesce(_jobs.started, sa.bindparam("now"))}
_COUNT_TAKEN = (
    sa.update(schema.jobs)
    .where(_MINE)
    .values(pages_queued=_jobs.pages_queued - sa.bindparam("size"), tag=sa.bindparam("next_"), **_BEGUN)
    .returning(schema.jobs)
)
_LEASE: dict[str, Any] = {
    "token": sa.bindparam("with_"),
    "node": sa.bindparam("by"),
    "lease_until": sa.bindparam("until"),
}
_TAKE_JOB = (
    sa.update(schema.jobs).where(_MINE).values(state=sa.bindparam("as_"), **_BEGUN, **_LEASE).returning(schema.jobs)
)
_NO_PAGES = sa.update(schema.jobs).where(_MINE).values(pages_queued=0)
_CLOSED = (
    sa.select(_pages.number, _pages.key, _pages.failure_code, _pages.failure_message)
    .where(_pages.job_id == sa.bindparam("job"))
    .order_by(_pages.number)
)
_BEAT_PAGES = (
    sa.update(schema.pages)
    .where(
        _pages.job_id == sa.bindparam("job"),
        _pages.number.in_(sa.bindparam("numbers", expanding=True)),
        _pages.token == sa.bindparam("with_"),
        _pages.state == "running",
    )
    .values(lease_until=sa.bindparam("until"))
)
_BEAT_JOB = (
    sa.update(schema.jobs).where(_MINE, _jobs.token == sa.bindparam("with_")).values(lease_until=sa.bindparam("until"))
)


class Lease(NamedTuple):
    """Who claims, when, for how long, and how many pages at most."""

    node: str
    now: float
    seconds: float
    pages: int

    def given(self, job: str) -> dict[str, Any]:
        """Parameters of the statements that take work of a job."""
        until = self.now + self.seconds
        return {"job": job, "with_": uuid.uuid4().hex, "by": self.node, "until": until, "now": self.now}


def claim(db: sa.Connection, rules: Rules, lease: Lease) -> tuple[Claim | None, bool]:
    """Take the next work: highest priority, tenant served least, job whose turn it is.

    Returns:
        The work, if there is any, and whether that is all there is to say. Otherwise the tenant whose turn it was had
        none after all: ask again, in a new transaction, since this one holds the turn and must not wait for jobs.
    """
    turn = turns.upcoming(db)
    if turn is None:
        return None, True
    row = _next(db, turn)
    if row is None:
        turns.idle(db, turn.tenant, turn.priority)
        return None, False
    taken = _read(db, rules, row, lease, turn) if row.state == "running" else _whole(db, rules, row, lease)
    if taken is None:
        return None, False
    turns.served(db, turn.tenant, turn.priority, len(taken.pages) if taken.stage == "read" else 1)
    return taken, True


def _next(db: sa.Connection, turn: Turn) -> Any:
    mine = {"who": turn.tenant, "level": turn.priority}
    row = db.execute(_NEXT_FREE, mine).one_or_none()
    if row is None and db.dialect.name != "sqlite":
        row = db.execute(_NEXT_OF_ALL, mine).one_or_none()  # all are locked for a moment: wait for one
    return row


def _read(db: sa.Connection, rules: Rules, row: Any, lease: Lease, turn: Turn) -> Claim | None:
    found = db.execute(_QUEUED, {"job": row.id, "most": lease.pages}).all()
    if not found:
        db.execute(_NO_PAGES, {"job": row.id})
        return None
    first = found[0]
    numbers = (first.number,) if first.solo else tuple(page.number for page in found if not page.solo)
    given = lease.given(row.id) | {"size": len(numbers), "next_": turn.tag(row, len(numbers))}
    db.execute(_TAKE_PAGES, given | {"numbers": numbers})
    job_row = db.execute(_COUNT_TAKEN, given).one()
    engine = losses.FALLBACK if first.solo and first.tries >= rules.settings.tries else ""
    _tell(db, rules, job_row, lease)
    return Claim("read", job_of(job_row, rules.seal, secrets=True), given["with_"], numbers, bool(first.solo), engine)


def _whole(db: sa.Connection, rules: Rules, row: Any, lease: Lease) -> Claim:
    stage: Stage = "prepare" if row.state == "queued" else "assemble"
    given = lease.given(row.id) | {"as_": "preparing" if stage == "prepare" else "assembling"}
    job_row = db.execute(_TAKE_JOB, given).one()
    _tell(db, rules, job_row, lease)
    if stage == "prepare":
        events.add(db, row.id, "state", {"state": "preparing"}, lease.now)
        return Claim(stage, job_of(job_row, rules.seal, secrets=True), given["with_"])
    pages = db.execute(_CLOSED, {"job": row.id}).all()
    done = [page for page in pages if page.key]
    failures = {page.number: Failure(page.failure_code, page.failure_message) for page in pages if not page.key}
    numbers, keys = tuple(page.number for page in done), tuple(page.key for page in done)
    return Claim(
        stage, job_of(job_row, rules.seal, secrets=True), given["with_"], numbers, keys=keys, failures=failures
    )


def _tell(db: sa.Connection, rules: Rules, row: Any, lease: Lease) -> None:
    """The first claim of a job starts it."""
    if row.started == lease.now and row.secrets:
        deliveries.tell(db, rules, row, "started", lease.now)


def beat(db: sa.Connection, claim: Claim, until: float) -> bool:
    """Keep the lease; `False` if it is gone, because the job was called off or somebody else has the work."""
    given = {"job": claim.job.id, "with_": claim.token, "until": until}
    if claim.stage == "read":
        return db.execute(_BEAT_PAGES, given | {"numbers": claim.pages}).rowcount > 0
    return db.execute(_BEAT_JOB, given).rowcount > 0


def release(db: sa.Connection, claim: Claim, numbers: Sequence[int], now: float) -> bool:
    """Give work back as it was; `False` if none of it was held any more."""
    row = closing.locked(db, claim.job.id)
    if row is None:
        return False
    if claim.stage != "read":
        return row.token == claim.token and losses.requeue_stage(db, row, now)
    held = losses.held_pages(db, claim.job.id, claim.token, numbers)
    return losses.requeue_pages(db, row, held)
