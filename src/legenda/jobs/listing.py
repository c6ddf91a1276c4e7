"""Looking at jobs and pages without changing them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from legenda.jobs import schema
from legenda.jobs.record import Job, JobState, PageRecord
from legenda.jobs.rows import job_of, page_of
from legenda.jobs.seal import Seal

_jobs, _pages, _events, _turns = schema.jobs.c, schema.pages.c, schema.events.c, schema.turns.c
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
_WHO = sa.bindparam("who", type_=sa.String)


def _counted(rows: sa.Select[Any]) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(rows.limit(sa.bindparam("most", type_=sa.Integer)).subquery())


_HIGHER = _counted(_UNBEGUN.where(_jobs.priority > _LEVEL))
_OLDER_JOBS = _UNBEGUN.where(_jobs.priority == _LEVEL, _jobs.tenant == _WHO, _jobs.created < sa.bindparam("at"))
_OWN = _counted(_OLDER_JOBS)
_SERVED = sa.select(_turns.served).where(_turns.tenant == _WHO, _turns.priority == _LEVEL)
_IN_TURN = (
    _counted(_UNBEGUN.where(_jobs.priority == _LEVEL, _jobs.tenant == _turns.tenant).correlate(schema.turns))
    .correlate(schema.turns)
    .scalar_subquery()
)
_OTHERS = sa.select(sa.func.coalesce(sa.func.sum(_IN_TURN), 0)).where(
    _turns.ready.is_(True),
    _turns.priority == _LEVEL,
    _turns.tenant != _WHO,
    _turns.served.between(sa.bindparam("least"), sa.bindparam("greatest")),
)
_LEFT = sa.bindparam("left", type_=sa.Integer)
_OLDER_PAGES = (
    sa.select(sa.case((_jobs.pages_queued < _LEFT, _jobs.pages_queued), else_=_LEFT).label("pages"))
    .where(schema.WAITING, _jobs.priority == _LEVEL, _jobs.tenant == _WHO, _jobs.created < sa.bindparam("at"))
    .limit(sa.bindparam("most"))
    .subquery()
)
_BEFORE = sa.select(sa.func.coalesce(sa.func.sum(_OLDER_PAGES.c.pages), 0))
_EXPECTED = sa.select(_jobs.pages_queued).where(_jobs.id == sa.bindparam("job"))
_WAITING = (
    sa.select(_jobs.priority, _jobs.tenant, sa.func.sum(_jobs.pages_queued).label("pages"))
    .where(schema.WAITING)
    .group_by(_jobs.priority, _jobs.tenant)
)
_RECENT = sa.select(_events.kind, _events.at).order_by(_events.id.desc()).limit(200)
_MOST = 2**63 - 1
_COUNTED = 10_000  # whoever asks often must not make the server count long queues
_PACE_SECONDS = 1.0  # for so long a pace is not looked up again
_STALE_SECONDS = 300.0  # pages read before that say nothing about now


class Wanted(NamedTuple):
    """Which jobs are listed: those in a state, those with something in their name (letters in either case)."""

    state: JobState | None = None
    named: str = ""


def job(db: sa.Connection, seal: Seal, id: str) -> Job | None:
    """A job as it stands."""
    row = db.execute(_JOB, {"job": id}).one_or_none()
    return job_of(row, seal) if row else None


def named(db: sa.Connection, seal: Seal, tenant: str, key: str) -> Job | None:
    """The job of a tenant that an idempotency key stands for."""
    row = db.execute(_NAMED, {"who": tenant, "with_": key}).one_or_none()
    return job_of(row, seal) if row else None


def jobs(db: sa.Connection, seal: Seal, tenant: str | None, wanted: Wanted, after: str, limit: int) -> list[Job]:
    """Jobs, the newest first, from the one after the job `after`; none if that is gone."""
    query = sa.select(schema.jobs).order_by(_jobs.created.desc(), _jobs.id.desc()).limit(limit)
    if tenant is not None:
        query = query.where(_jobs.tenant == tenant)
    if wanted.state is not None:
        query = query.where(_jobs.state == wanted.state)
    if wanted.named:
        query = query.where(_jobs.name.icontains(wanted.named, autoescape=True))
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
    """How many jobs that nobody has begun come before one, if all of a priority are of the same size.

    Those are all of a higher priority, the older ones of its tenant, and of every other tenant as many as of its own,
    and one more of those that were served less. Counted up to 10,000 of a higher priority, and of the tenant.
    """
    if job.final or job.started is not None:
        return 0
    mine = {"level": job.request.priority, "who": job.request.tenant, "at": job.created}
    higher = int(db.execute(_HIGHER, mine | {"most": _COUNTED}).scalar_one())
    own = int(db.execute(_OWN, mine | {"most": _COUNTED}).scalar_one())
    served = int(db.execute(_SERVED, mine).scalar() or 0)
    less, others = {"least": 0, "greatest": served - 1}, {"least": served, "greatest": _MOST}
    sooner = int(db.execute(_OTHERS, mine | less | {"most": own + 1}).scalar_one())
    return higher + own + sooner + int(db.execute(_OTHERS, mine | others | {"most": own}).scalar_one())


def unbegun(db: sa.Connection) -> int:
    """How many jobs nobody has begun; counted up to 10,000."""
    counted = sa.select(sa.func.count()).select_from(_UNBEGUN.limit(_COUNTED).subquery())
    return int(db.execute(counted).scalar_one())


class Pace:
    """Pages a second that are read at present, by all nodes, and whose wait. Thread safe."""

    def __init__(self) -> None:
        # when, pages a second, pages that wait by priority and tenant
        self._known = (-math.inf, 0.0, dict[tuple[int, str], int]())

    def seconds_left(self, db: sa.Connection, job: Job, now: float) -> float | None:
        """How long a job will still take; `None` while nothing is being read, 0 when it is closed."""
        if job.final:
            return 0.0
        left = job.page_count - job.pages_done - job.pages_failed
        if job.started is not None and job.pages_done:
            return left * (now - job.started) / job.pages_done
        pace, waiting = self._pace(db, now)
        return (_before(db, job, left, waiting) / pace) if pace else None

    def _pace(self, db: sa.Connection, now: float) -> tuple[float, dict[tuple[int, str], int]]:
        known, pace, waiting = self._known
        if not known <= now < known + _PACE_SECONDS:
            read = [row.at for row in db.execute(_RECENT) if row.kind == "page" and now - row.at < _STALE_SECONDS]
            pace = len(read) / max(now - min(read), 1.0) if read else 0.0
            waiting = {(row.priority, row.tenant): int(row.pages) for row in db.execute(_WAITING)}
            self._known = now, pace, waiting
        return pace, waiting


def _before(db: sa.Connection, job: Job, left: int, waiting: Mapping[tuple[int, str], int]) -> int:
    """Pages that are read until the last one of a job that is new: jobs of a tenant take turns, and so do tenants."""
    priority, tenant = job.request.priority, job.request.tenant
    left = left or int(db.execute(_EXPECTED, {"job": job.id}).scalar() or 1)
    mine = {"level": priority, "who": tenant, "at": job.created, "left": left, "most": _COUNTED}
    own = left + int(db.execute(_BEFORE, mine).scalar_one())
    others = (pages for (level, who), pages in waiting.items() if who != tenant and level == priority)
    higher = sum(pages for (level, _), pages in waiting.items() if level > priority)
    return higher + own + sum(min(pages, own) for pages in others)


def sealed(db: sa.Connection) -> list[bytes]:
    """Something that was sealed by whoever made the newest key and the newest open job, as far as there are any."""
    keys, newest = schema.keys.c, _jobs.created.desc()
    of_key = sa.select(keys.webhook_secret).where(keys.revoked.is_(None)).order_by(keys.created.desc()).limit(1)
    of_job = sa.select(_jobs.secrets).where(_jobs.secrets.is_not(None)).order_by(newest).limit(1)
    return [value for query in (of_key, of_job) for value in db.execute(query).scalars()]
