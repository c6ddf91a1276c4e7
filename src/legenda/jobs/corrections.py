"""A page of a closed job is put right by a person: its blob is replaced, and what was made of it is made anew."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from legenda.jobs import closing, retention, schema
from legenda.jobs.record import PageDone

_jobs, _pages = schema.jobs.c, schema.pages.c


def replace(db: sa.Connection, job: str, was: str, done: PageDone, now: float) -> bool:
    """Put another blob in the place of a page's.

    Args:
        db: in a transaction.
        job: closed, with something read.
        was: key of the blob that the new one was made of.
        done: the page as it is now; its `words`, `confidence` and `characters` count from now on.
        now: seconds since 1970.

    Returns:
        `False`: the job has nothing to be corrected any more, or somebody else corrected the page meanwhile.
    """
    row = closing.locked(db, job)
    if row is None or row.state not in ("done", "partial"):
        return False
    mine = sa.and_(_pages.job_id == job, _pages.number == done.number, _pages.key == was)
    old = db.execute(sa.select(schema.pages).where(mine)).one_or_none()
    if old is None:
        return False
    counts: dict[str, Any] = {"words": done.words, "confidence_sum": done.confidence, "characters": done.characters}
    db.execute(sa.update(schema.pages).where(mine).values(key=done.key, **counts))
    sums = {name: getattr(row, name) + value - getattr(old, name) for name, value in counts.items()}
    db.execute(sa.update(schema.jobs).where(_jobs.id == job).values(results={}, **sums))
    retention.throw(db, [was], now)  # it stays where another job refers to it
    return True
