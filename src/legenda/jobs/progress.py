"""Reports of work that came back. Each is taken only from whoever holds the work, so that it counts once."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from legenda.errors import BalanceError, LegendaError, TooLargeError
from legenda.jobs import closing, events, schema, submission, turns
from legenda.jobs.record import Claim, Failure, PageDone, Prepared
from legenda.jobs.rows import Rules, job_of, page_row

_jobs, _pages = schema.jobs.c, schema.pages.c
_COUNT = (
    sa.update(schema.jobs)
    .where(_jobs.id == sa.bindparam("job"), _jobs.state == "running")
    .values(
        pages_done=_jobs.pages_done + sa.bindparam("done"),
        pages_failed=_jobs.pages_failed + sa.bindparam("failed"),
        words=_jobs.words + sa.bindparam("more_words"),
        confidence_sum=_jobs.confidence_sum + sa.bindparam("sum"),
        characters=_jobs.characters + sa.bindparam("more_characters"),
    )
    .returning(_jobs.tenant, _jobs.priority, _jobs.page_count, _jobs.pages_done, _jobs.pages_failed)
)
_FIELDS = tuple(page_row(PageDone(1)))
_PAGE = (
    sa.update(schema.pages)
    .where(
        _pages.job_id == sa.bindparam("job"),
        _pages.number == sa.bindparam("page"),
        _pages.token == sa.bindparam("with_"),
        _pages.state == "running",
    )
    .values(
        {name: sa.bindparam(f"new_{name}") for name in _FIELDS} | {"token": None, "node": None, "lease_until": None}
    )
)
# what is read is put together before anything else of its tenant
_ASSEMBLE = sa.update(schema.jobs).where(_jobs.id == sa.bindparam("job")).values(state="assembling", tries=0, tag=0)


class StaleError(Exception):
    """Whoever reports does not hold the work any more; the transaction is rolled back."""


def prepared(db: sa.Connection, rules: Rules, claim: Claim, found: Prepared, now: float) -> None:
    """The input was looked at: its pages appear, and their credits are held.

    Raises:
        StaleError: the work is not held any more.
    """
    row = _held(db, claim, "preparing")
    if not found.pages:
        closing.fail(db, rules, row, Failure("empty", "The input has no pages."), now)
        return
    try:
        reserved = rules.meter.adjust(db, row.id, job_of(row, rules.seal).request, len(found.pages))
    except (BalanceError, TooLargeError) as error:
        closing.fail(db, rules, row, _told(error), now)
        return
    db.execute(sa.update(schema.jobs).where(_jobs.id == row.id).values(reserved=reserved))
    submission.begin(db, rules, row, found, now)


def page(db: sa.Connection, job: str, token: str, done: PageDone, now: float) -> None:
    """A page was read or failed; the last one lets the job be assembled.

    Raises:
        StaleError: the work is not held any more.
    """
    new = page_row(done)
    counts: dict[str, Any] = {"done": int(not done.failure), "failed": int(bool(done.failure))}
    counts |= {"more_words": done.words, "sum": done.confidence, "more_characters": done.characters}
    row = db.execute(_COUNT, {"job": job} | counts).one_or_none()
    mine = {"job": job, "page": done.number, "with_": token}
    if row is None or not db.execute(_PAGE, mine | {f"new_{name}": value for name, value in new.items()}).rowcount:
        raise StaleError
    told = {"number": done.number, "state": new["state"], "page_count": row.page_count}
    told |= {"pages_done": row.pages_done, "pages_failed": row.pages_failed}
    events.add(db, job, "page", told, now)
    if row.pages_done + row.pages_failed == row.page_count:
        db.execute(_ASSEMBLE, {"job": job})
        told = {"state": "assembling"} | {name: told[name] for name in ("page_count", "pages_done", "pages_failed")}
        events.add(db, job, "state", told, now)
        turns.ready(db, row.tenant, row.priority)


def held_for_assembly(db: sa.Connection, claim: Claim) -> Any:
    """The row of the job that is being assembled, locked.

    Raises:
        StaleError: the work is not held any more.
    """
    return _held(db, claim, "assembling")


def failed(db: sa.Connection, rules: Rules, claim: Claim, failure: Failure, now: float) -> None:
    """The job as a whole cannot be done.

    Raises:
        StaleError: the work is not held any more.
    """
    if claim.stage == "read":
        row = closing.locked(db, claim.job.id)
        mine = sa.select(_pages.number).where(_pages.job_id == claim.job.id, _pages.token == claim.token)
        if row is None or db.execute(mine.where(_pages.state == "running").limit(1)).one_or_none() is None:
            raise StaleError
    else:
        row = _held(db, claim, "preparing" if claim.stage == "prepare" else "assembling")
    closing.fail(db, rules, row, failure, now)


def _held(db: sa.Connection, claim: Claim, state: str) -> Any:
    row = closing.locked(db, claim.job.id)
    if row is None or row.token != claim.token or row.state != state:
        raise StaleError
    return row


def _told(error: LegendaError) -> Failure:
    return Failure(error.code, str(error))
