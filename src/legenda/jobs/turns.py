"""Whose turn it is: the highest priority, of its tenants the one that was served least, of its jobs the least tag.

Start-time fair queueing: every tenant has a count of what it was served, and the least one is next. A tenant that comes
back begins where the others stand, so that having waited earns nothing, nor costs anything
(P. Goyal, H. M. Vin, H. Cheng: Start-time fair queueing, SIGCOMM 1996).

The tag of a new job is what its tenant was served so far. Of a job that was given pages, it is that and as many pages
more as the job was given, up to a limit. So of jobs that begin at once the shortest end first, long ones take turns,
and however many short ones come, a long one goes on when so many pages of its tenant were given out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from legenda.jobs import schema

_LONG = 256
"""Pages. Jobs that were given so many are long, and equal."""

_turns = schema.turns.c
_MINE = sa.and_(_turns.tenant == sa.bindparam("who"), _turns.priority == sa.bindparam("level"))
_NEXT = (
    sa.select(_turns.tenant, _turns.priority, _turns.served)
    .where(_turns.ready.is_(True))
    .order_by(_turns.priority.desc(), _turns.served)
    .limit(1)
)
_STANDS = sa.select(_turns.served).where(_MINE)
_READY = sa.select(_turns.ready, _turns.served).where(_MINE).with_for_update()
_LEAST = sa.select(sa.func.min(_turns.served)).where(_turns.ready.is_(True), _turns.priority == sa.bindparam("level"))
_SET_READY = sa.update(schema.turns).where(_MINE).values(ready=True, served=sa.bindparam("from_"))
_SERVED = sa.update(schema.turns).where(_MINE).values(served=_turns.served + sa.bindparam("by"))
_LOCK = sa.select(_turns.ready).where(_MINE).with_for_update()
_SET_IDLE = sa.update(schema.turns).where(_MINE).values(ready=False)
_ANY_READY = sa.select(sa.literal(1)).where(
    schema.jobs.c.tenant == sa.bindparam("who"), schema.jobs.c.priority == sa.bindparam("level"), schema.READY
).limit(1)  # fmt: skip


class Turn(NamedTuple):
    """Tenant and priority, and how many pages were claimed of them."""

    tenant: str
    priority: int
    served: int

    def tag(self, job: Any, pages: int) -> int:
        """Of a job (its row as it was before) that is given so many pages more now."""
        given = int(job.page_count - job.pages_queued)
        return self.served + pages + min(given + pages, _LONG)


def upcoming(db: sa.Connection) -> Turn | None:
    """Who is next, `None` if nobody has work."""
    row = db.execute(_NEXT).one_or_none()
    return Turn(row.tenant, row.priority, row.served) if row else None


def new_tag(db: sa.Connection, tenant: str, priority: int) -> int:
    """The tag of a new job."""
    return int(db.execute(_STANDS, {"who": tenant, "level": priority}).scalar() or 0)


def ready(db: sa.Connection, tenant: str, priority: int) -> None:
    """A job of the tenant has work to be claimed. The last thing a transaction does: others wait for the row."""
    mine = {"who": tenant, "level": priority}
    row = db.execute(_READY, mine).one_or_none()
    if row is None:
        _add(db, tenant, priority)
        row = db.execute(_READY, mine).one()
    if not row.ready:
        least = db.execute(_LEAST, {"level": priority}).scalar()
        db.execute(_SET_READY, mine | {"from_": max(row.served, least or 0)})


def served(db: sa.Connection, tenant: str, priority: int, pages: int) -> None:
    """So many pages were claimed (1 for what concerns a whole job)."""
    db.execute(_SERVED, {"who": tenant, "level": priority, "by": pages})


def idle(db: sa.Connection, tenant: str, priority: int) -> None:
    """The tenant seems to have no work; noted if that is so, now that nobody can add some unseen."""
    mine = {"who": tenant, "level": priority}
    db.execute(_LOCK, mine)
    if db.execute(_ANY_READY, mine).one_or_none() is None:
        db.execute(_SET_IDLE, mine)


def purge(db: sa.Connection) -> None:
    """Forget tenants of whom there are no jobs any more; they would begin where the others stand anyway."""
    jobs = sa.select(schema.jobs.c.id).where(schema.jobs.c.tenant == _turns.tenant)
    db.execute(sa.delete(schema.turns).where(_turns.ready.is_(False), ~jobs.exists()))


def _add(db: sa.Connection, tenant: str, priority: int) -> None:
    insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    row = {"tenant": tenant, "priority": priority, "ready": False, "served": 0}
    db.execute(insert(schema.turns).values(row).on_conflict_do_nothing())
