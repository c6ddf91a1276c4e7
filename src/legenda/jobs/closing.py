"""The end of a job: credits settled, whoever waits for it told, secrets dropped; all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from legenda.jobs import deliveries, events, schema
from legenda.jobs.record import Failure, JobState, Stored
from legenda.jobs.rows import Rules, readable

_jobs, _pages = schema.jobs.c, schema.pages.c
_LOCKED = sa.select(schema.jobs).where(_jobs.id == sa.bindparam("job")).with_for_update()
_DROP = (
    sa.update(schema.pages)
    .where(_pages.job_id == sa.bindparam("job"), _pages.state.in_(("queued", "running")))
    .values(state="cancelled", token=None, node=None, lease_until=None)
)
_TOLD = ("failure_code", "failure_message", "failure_part", "language", "results")
_CLOSE = (
    sa.update(schema.jobs)
    .where(_jobs.id == sa.bindparam("job"))
    .values({name: sa.bindparam(f"new_{name}") for name in ("state", "finished", "expires", "charged", *_TOLD)})
    .values(reserved=0, pages_queued=0, secrets=None, token=None, node=None, lease_until=None)
    .returning(schema.jobs)
)
_FIRST_FAILURE = (
    sa.select(_pages.failure_code, _pages.failure_message)
    .where(_pages.job_id == sa.bindparam("job"), _pages.state == "failed")
    .order_by(_pages.number)
    .limit(1)
)
_USUAL_LANGUAGE = (
    sa.select(_pages.language)
    .where(_pages.job_id == sa.bindparam("job"), _pages.language != "")
    .group_by(_pages.language)
    .order_by(sa.func.sum(_pages.characters).desc())
    .limit(1)
)


def locked(db: sa.Connection, job: str) -> Any:
    """The row of a job, which nobody else changes until the end of the transaction; `None` if there is none."""
    return db.execute(_LOCKED, {"job": job}).one_or_none()


def close(
    db: sa.Connection,
    rules: Rules,
    row: Any,
    state: JobState,
    now: float,
    told: Mapping[str, Any] | None = None,
) -> None:
    """Close a job.

    Args:
        db: in a transaction that has locked the job.
        rules: of the store.
        row: of the job.
        state: a final one.
        now: seconds since 1970.
        told: more columns of its row to be changed.
    """
    db.execute(_DROP, {"job": row.id})
    charged = rules.meter.settle(db, row.id, row.pages_done, row.pages_failed)
    new = {name: getattr(row, name) for name in _TOLD} | dict(told or {})
    kept = rules.settings.retention_hours * 3600
    kept = kept if row.keep_seconds is None else min(kept, row.keep_seconds)
    new |= {"state": state, "finished": now, "expires": now + kept, "charged": charged}
    closed = db.execute(_CLOSE, {f"new_{name}": value for name, value in new.items()} | {"job": row.id}).one()
    if row.secrets:
        deliveries.write(db, rules, closed, rules.seal.open(row.secrets), now)
    events.add(db, row.id, "state", counted(closed), now)


def fail(db: sa.Connection, rules: Rules, row: Any, failure: Failure, now: float) -> None:
    """Close a job that failed as a whole."""
    told: dict[str, Any] = {"failure_code": readable(failure.code, 64)}
    told |= {"failure_message": readable(failure.message, 1000), "failure_part": failure.part}
    close(db, rules, row, "failed", now, told)


def finish(db: sa.Connection, rules: Rules, row: Any, results: Mapping[str, Stored], now: float) -> None:
    """Close a job whose pages are all read or failed, with its exports."""
    told: dict[str, Any] = {"language": _usual_language(db, row.id)}
    told["results"] = _named(results)
    state: JobState = "done" if not row.pages_failed else "partial"
    if row.pages_failed and not row.pages_done:
        state = "failed"
        first = db.execute(_FIRST_FAILURE, {"job": row.id}).one()
        told["failure_code"] = first.failure_code
        told["failure_message"] = readable(_of_all(row.pages_failed, first.failure_message), 1000)
    close(db, rules, row, state, now, told)


def export(db: sa.Connection, id: str, results: Mapping[str, Stored], of: Sequence[str] | None) -> bool:
    """Add exports to a closed job whose pages are still those blobs that they were made of, where that is told."""
    row = locked(db, id)
    if row is None or row.state not in ("done", "partial"):
        return False
    kept = sa.select(_pages.key).where(_pages.job_id == id, _pages.key != "").order_by(_pages.number)
    if of is not None and list(db.execute(kept).scalars()) != list(of):
        return False
    db.execute(sa.update(schema.jobs).where(_jobs.id == id).values(results=row.results | _named(results)))
    return True


def _named(results: Mapping[str, Stored]) -> dict[str, dict[str, Any]]:
    return {name: {"key": x.key, "size": x.size, "sha256": x.sha256} for name, x in results.items()}


def counted(row: Any) -> dict[str, Any]:
    """What an event of kind `state` says."""
    return {
        "state": row.state,
        "page_count": row.page_count,
        "pages_done": row.pages_done,
        "pages_failed": row.pages_failed,
    }


def _of_all(pages: int, message: str) -> str:
    return message if pages == 1 else f"None of the {pages} pages could be read. The first: {message}"


def _usual_language(db: sa.Connection, job: str) -> str:
    """The language of most characters."""
    return db.execute(_USUAL_LANGUAGE, {"job": job}).scalar() or ""
