"""What becomes of work whose worker did not come back.

One page may bring down a worker, and nobody knows which of a unit it was. So a lost unit of several pages charges none
of them, but from then on each runs alone; a page that is lost alone is charged a try. After so many tries it is read
once more by another engine, and if that is lost, too, the page fails and the others of the job do not.

A worker that somebody killed, or a machine that is gone, says nothing about the page: that is counted apart, and only
ends what would else go on for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from legenda.jobs import closing, events, progress, schema, turns
from legenda.jobs.record import Cause, Claim, Failure, PageDone
from legenda.jobs.rows import Rules

FALLBACK = "tesseract"
"""Engine of the last try."""
LOSSES = 20
"""How often work may be lost through no fault that anybody saw."""

_jobs, _pages = schema.jobs.c, schema.pages.c
_CODES: dict[Cause, str] = {
    "crash": "engine",
    "timed_out": "timed_out",
    "out_of_memory": "out_of_memory",
    "lost": "internal",
}
_WORDS: dict[Cause, str] = {
    "crash": "the reader crashed",
    "timed_out": "it took too long",
    "out_of_memory": "it took too much memory",
    "lost": "what worked on it was lost",
}
_FREE: dict[str, Any] = {"token": None, "node": None, "lease_until": None}
_RUNNING = sa.select(_pages.number, _pages.solo, _pages.tries, _pages.lost, _pages.unit_pages, _pages.token).where(
    _pages.job_id == sa.bindparam("job"), _pages.state == "running"
)
_OF_TOKEN = _RUNNING.where(_pages.token == sa.bindparam("with_"))
_OVERDUE = _RUNNING.where(_pages.lease_until < sa.bindparam("now"))
_OF_NODE = _RUNNING.where(_pages.node == sa.bindparam("by"))
_REQUEUE = sa.update(schema.pages).where(
    _pages.job_id == sa.bindparam("job"), _pages.number == sa.bindparam("page")
)  # fmt: skip
_MORE = (
    sa.update(schema.jobs)
    .where(_jobs.id == sa.bindparam("job"))
    .values(pages_queued=_jobs.pages_queued + sa.bindparam("by"))
)


def held_pages(db: sa.Connection, job: str, token: str, numbers: Sequence[int]) -> list[Any]:
    """Those of the pages that are still held under the token."""
    rows = db.execute(_OF_TOKEN, {"job": job, "with_": token})
    return [row for row in rows if row.number in set(numbers)]


def lose(
    db: sa.Connection, rules: Rules, claim: Claim, numbers: Sequence[int], why: tuple[Cause, str], now: float
) -> bool:
    """A claimed unit did not come back; `False` if none of it was held any more."""
    row = closing.locked(db, claim.job.id)
    if row is None:
        return False
    if claim.stage != "read":
        return row.token == claim.token and lose_stage(db, rules, row, why, now)
    return lose_pages(db, rules, row, held_pages(db, row.id, claim.token, numbers), why, now)


def lose_stage(db: sa.Connection, rules: Rules, row: Any, why: tuple[Cause, str], now: float) -> bool:
    """The same of a preparation or assembly."""
    if row.tries + 1 >= (LOSSES if why[0] == "lost" else rules.settings.tries):
        what = "The input could not be looked at" if row.state == "preparing" else "The results could not be written"
        closing.fail(db, rules, row, _failure(what, row.tries + 1, why), now)
        return True
    return requeue_stage(db, row, now, tries=row.tries + 1)


def lose_pages(
    db: sa.Connection, rules: Rules, row: Any, pages: Sequence[Any], why: tuple[Cause, str], now: float
) -> bool:
    """The same of pages that are held, of a job that is locked."""
    most = rules.settings.tries + (row.reading.get("engine") != FALLBACK)
    again = []
    unseen = why[0] == "lost"
    for page in pages:
        tries = page.tries + (not unseen and (page.solo or page.unit_pages == 1))
        lost = page.lost + unseen
        if tries < most and lost < LOSSES:
            _requeue(db, row.id, page.number, {"solo": True, "tries": tries, "lost": lost})
            again.append(page)
        else:
            failure = _failure(f"Page {page.number} could not be read", lost if unseen else tries, why)
            progress.page(db, row.id, page.token, PageDone(page.number, failure=failure), now)
    _more(db, row, len(again))
    return bool(pages)


def requeue_pages(db: sa.Connection, row: Any, pages: Sequence[Any]) -> bool:
    """Pages go back into the queue as they were."""
    for page in pages:
        _requeue(db, row.id, page.number, {})
    _more(db, row, len(pages))
    return bool(pages)


def requeue_stage(db: sa.Connection, row: Any, now: float, *, tries: int | None = None) -> bool:
    """A preparation or assembly goes back into the queue."""
    state = "queued" if row.state == "preparing" else row.state
    values = {"state": state, "tries": row.tries if tries is None else tries} | _FREE
    db.execute(sa.update(schema.jobs).where(_jobs.id == row.id).values(values))
    if state == "queued":
        events.add(db, row.id, "state", {"state": state}, now)
    turns.ready(db, row.tenant, row.priority)
    return True


def overdue(db: sa.Connection, now: float) -> list[str]:
    """Jobs with work whose lease has run out."""
    late = "now"
    pages = sa.select(_pages.job_id).where(schema.HELD, _pages.lease_until < sa.bindparam(late)).distinct().limit(100)
    whole = sa.select(_jobs.id).where(schema.HELD, _jobs.lease_until < sa.bindparam(late)).limit(100)
    return [row[0] for query in (pages, whole) for row in db.execute(query, {late: now})]


def take_over(db: sa.Connection, rules: Rules, job: str, now: float) -> bool:
    """Work of a job whose lease has run out counts as lost."""
    row = closing.locked(db, job)
    if row is None:
        return False
    why: tuple[Cause, str] = ("lost", "its lease ran out")
    changed = lose_pages(db, rules, row, db.execute(_OVERDUE, {"job": job, "now": now}).all(), why, now)
    if row.lease_until is not None and row.lease_until < now:
        changed = lose_stage(db, rules, row, why, now)
    return changed


def held_by(db: sa.Connection, node: str) -> list[str]:
    """Jobs with work that a node holds."""
    pages = sa.select(_pages.job_id).where(schema.HELD, _pages.node == node).distinct()
    whole = sa.select(_jobs.id).where(schema.HELD, _jobs.node == node)
    return [row[0] for query in (pages, whole) for row in db.execute(query)]


def give_back(db: sa.Connection, job: str, node: str, now: float) -> int:
    """What a node held of a job goes back into the queue as it was; how many pages and stages that is."""
    row = closing.locked(db, job)
    if row is None:
        return 0
    held = db.execute(_OF_NODE, {"job": job, "by": node}).all()
    requeue_pages(db, row, held)
    if row.node != node:
        return len(held)
    return len(held) + requeue_stage(db, row, now)


def _requeue(db: sa.Connection, job: str, number: int, values: dict[str, Any]) -> None:
    db.execute(_REQUEUE.values(state="queued", **values, **_FREE), {"job": job, "page": number})


def _more(db: sa.Connection, row: Any, pages: int) -> None:
    if pages:
        db.execute(_MORE, {"job": row.id, "by": pages})
        turns.ready(db, row.tenant, row.priority)


def _failure(what: str, tries: int, why: tuple[Cause, str]) -> Failure:
    cause, detail = why
    times = f", {tries} times" if tries > 1 else ""
    return Failure(_CODES[cause], f"{what}: {_WORDS[cause]}{times}" + (f" ({detail})." if detail else "."))
