"""Looking at jobs and pages without changing them."""

from __future__ import annotations

import math

import sqlalchemy as sa

from legenda.jobs import schema, submission
from legenda.jobs.record import Job, JobState, PageRecord
from legenda.jobs.rows import job_of, page_of
from legenda.jobs.seal import Seal

_jobs, _pages, _events = schema.jobs.c, schema.pages.c, schema.events.c
_JOB = sa.select(schema.jobs).where(_jobs.id == sa.bindparam("job"))
_NAMED = sa.select(schema.jobs).where(
    _jobs.tenant == sa.bindparam("who"), _jobs.idempotency_key == sa.bindparam("with_")
)
_PAGES = (
    sa.select(schema.pages)
    .where(_pages.job_id == sa.bindparam("job"), _pages.number > sa.bindparam("after"))
    .order_by(_pages.number)
    .limit(sa.bindparam("most"))
)
_LEVEL = sa.bindparam("level", type_=sa.Integer)
_UNBEGUN = sa.select(sa.literal(1)).select_from(schema.jobs).where(schema.UNBEGUN)
_AHEAD = tuple(
    sa.select(sa.func.count()).select_from(ahead.limit(sa.bindparam("most")).subquery())
    for ahead in (
        _UNBEGUN.where(_jobs.priority > _LEVEL),
        _UNBEGUN.where(_jobs.priority == _LEVEL, _jobs.created < sa.bindparam("at")),
    )
)
_RECENT = sa.select(_events.kind, _events.at).order_by(_events.id.desc()).limit(200)
_COUNTED = 10_000  # whoever asks often must not make the server count long queues
_PACE_SECONDS = 1.0  # for so long a pace is not looked up again
_STALE_SECONDS = 300.0  # pages read before that say nothing about now


def job(db: sa.Connection, seal: Seal, id: str) -> Job | None:
    """A job as it stands."""
    row = db.execute(_JOB, {"job": id}).one_or_none()
    return job_of(row, seal) if row else None


def named(db: sa.Connection, seal: Seal, tenant: str, key: str) -> Job | None:
    """The job of a tenant that an idempotency key stands for."""
    row = db.execute(_NAMED, {"who": tenant, "with_": key}).one_or_none()
    return job_of(row, seal) if row else None


def jobs(
    db: sa.Connection, seal: Seal, tenant: str | None, state: JobState | None, after: str, limit: int
) -> list[Job]:
    """Jobs, the newest first, from the one after the job `after`; none if that is gone."""
    query = sa.select(schema.jobs).order_by(_jobs.created.desc(), _jobs.id.desc()).limit(limit)
    if tenant is not None:
        query = query.where(_jobs.tenant == tenant)
    if state is not None:
        query = query.where(_jobs.state == state)
    if after:
        last = db.execute(sa.select(_jobs.created).where(_jobs.id == after)).scalar()
        if last is None:
            return []
        query = query.where(sa.tuple_(_jobs.created, _jobs.id) < sa.tuple_(sa.literal(last), sa.literal(after)))
    return [job_of(row, seal) for row in db.execute(query)]


def pages(db: sa.Connection, job: str, after: int, limit: int) -> list[PageRecord]:
    """Pages of a job by number."""
    return [page_of(row) for row in db.execute(_PAGES, {"job": job, "after": after, "most": limit})]


def position(db: sa.Connection, job: Job) -> int:
    """How many jobs come before one, as far as age and priority tell; what fairness makes of it nobody knows.

    Counted up to 10,000 of a higher and 10,000 of the same priority.
    """
    if job.final or job.started is not None:
        return 0
    row = db.execute(_JOB, {"job": job.id}).one_or_none()
    if row is None:
        return 0
    where = {"level": row.priority, "at": job.created, "most": _COUNTED}
    return sum(int(db.execute(ahead, where).scalar_one()) for ahead in _AHEAD)


def unbegun(db: sa.Connection) -> int:
    """How many jobs nobody has begun; counted up to 10,000."""
    counted = sa.select(sa.func.count()).select_from(_UNBEGUN.limit(_COUNTED).subquery())
    return int(db.execute(counted).scalar_one())


class Pace:
    """Pages a second that are read at present, by all nodes, and how many wait. Thread safe."""

    def __init__(self) -> None:
        self._known = (-math.inf, 0.0, 0)  # when, pages a second, pages that wait

    def seconds_left(self, db: sa.Connection, job: Job, now: float) -> float | None:
        """How long a job will still take; `None` while nothing is being read, 0 when it is closed."""
        if job.final:
            return 0.0
        left = max(job.page_count, job.request.pages_reserved) - job.pages_done - job.pages_failed
        if job.started is not None and job.pages_done:
            return left * (now - job.started) / job.pages_done
        pace, waiting = self._pace(db, now)
        return (waiting + left) / pace if pace else None

    def _pace(self, db: sa.Connection, now: float) -> tuple[float, int]:
        known, pace, waiting = self._known
        if not known <= now < known + _PACE_SECONDS:
            read = [row.at for row in db.execute(_RECENT) if row.kind == "page" and now - row.at < _STALE_SECONDS]
            pace = len(read) / max(now - min(read), 1.0) if read else 0.0
            waiting = submission.waiting(db)
            self._known = now, pace, waiting
        return pace, waiting
