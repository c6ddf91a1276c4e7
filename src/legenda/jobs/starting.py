"""Jobs that were to be begun by some time: those nobody has begun by then fail."""

from __future__ import annotations

import sqlalchemy as sa

from legenda.jobs import closing, schema
from legenda.jobs.record import Failure
from legenda.jobs.rows import Rules

CODE = "not_started"

_jobs = schema.jobs.c
_LATE = sa.select(_jobs.id).where(schema.PRESSED, _jobs.start_by <= sa.bindparam("now")).limit(100)


def late(db: sa.Connection, now: float) -> list[str]:
    """Jobs whose time is over."""
    return list(db.execute(_LATE, {"now": now}).scalars())


def give_up(db: sa.Connection, rules: Rules, job: str, now: float) -> bool:
    """Fail a job, unless somebody has begun it meanwhile."""
    row = closing.locked(db, job)
    if row is None or row.started is not None or row.finished is not None or row.start_by > now:
        return False
    seconds = row.start_by - row.created
    closing.fail(db, rules, row, Failure(CODE, f"Nobody was free to begin the job within {seconds:g} seconds."), now)
    return True
