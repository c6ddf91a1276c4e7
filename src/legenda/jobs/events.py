"""What happened to jobs, in order: feeds progress bars, server-sent events and polling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from legenda.jobs import schema
from legenda.jobs.record import Event

_events = schema.events.c
_ADD = sa.insert(schema.events)
_ALL = (
    sa.select(schema.events).where(_events.id > sa.bindparam("after")).order_by(_events.id).limit(sa.bindparam("most"))
)
_LAST = sa.select(sa.func.coalesce(sa.func.max(_events.id), 0))
_OF = _ALL.where(_events.job_id == sa.bindparam("job"))

_COMMIT_SECONDS = 2.0  # transactions that write events last some milliseconds


def add(db: sa.Connection, job: str, kind: str, data: Mapping[str, Any], now: float) -> None:
    """Write one down. The job's row is locked by then, so events of one job appear in the order of their numbers."""
    db.execute(_ADD, {"job_id": job, "kind": kind, "data": dict(data), "at": now})


def last(db: sa.Connection) -> int:
    """The largest number there is, 0 without events."""
    return int(db.execute(_LAST).scalar_one())


def after(db: sa.Connection, job: str | None, last: int, limit: int, now: float) -> list[Event]:
    """Those with numbers larger than `last`, of one job or of all, in order."""
    given = {"after": last, "most": limit}
    rows = db.execute(_ALL, given) if job is None else db.execute(_OF, given | {"job": job})
    found = [Event(row.id, row.job_id, row.kind, row.data, row.at) for row in rows]
    return found if job is not None or db.dialect.name == "sqlite" else _settled(found, last, now)


def _settled(found: list[Event], last: int, now: float) -> list[Event]:
    """Those before a missing number that somebody may be about to commit: Postgres gives numbers out before that.

    What is missing for longer was rolled back, or deleted.
    """
    for index, event in enumerate(found):
        if last and event.id != last + 1 and now - event.at < _COMMIT_SECONDS:
            return found[:index]
        last = event.id
    return found
