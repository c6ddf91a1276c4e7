"""How a job comes to be: once for an idempotency key, if there is room in the queue, with its credits held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from legenda.errors import ConflictError, QueueFullError
from legenda.jobs import closing, deliveries, events, names, retention, schema, turns
from legenda.jobs.record import JobRequest, Prepared
from legenda.jobs.rows import Rules, source_row

_jobs, _pages = schema.jobs.c, schema.pages.c
_KNOWN = sa.select(schema.jobs).where(
    _jobs.tenant == sa.bindparam("who"), _jobs.idempotency_key == sa.bindparam("with_")
)
_ADD = sa.insert(schema.jobs)
_ADD_PAGES = sa.insert(schema.pages)
_WAITING = sa.select(sa.func.coalesce(sa.func.sum(_jobs.pages_queued), 0)).where(schema.WAITING)
# one that was read lately is enough to look at: of the same input usually all pages were asked for
_SAME = (
    sa.select(_jobs.id)
    .where(
        _jobs.tenant == sa.bindparam("who"),
        _jobs.source_sha256 == sa.bindparam("sha256"),
        _jobs.reading_hash == sa.bindparam("reading"),
        _jobs.state != "expired",
        _jobs.id != sa.bindparam("job"),
    )
    .order_by(_jobs.created.desc())
    .limit(4)
    .with_for_update(read=True, skip_locked=True)
)
_RESULT = (
    "number", "key", "engine", "words", "confidence_sum", "characters", "language", "seconds"
)  # fmt: skip
_READ = sa.select(*(_pages[name] for name in _RESULT)).where(
    _pages.job_id.in_(sa.bindparam("jobs", expanding=True)),
    _pages.state == "done",
    _pages.key.not_like(f"{names.CORRECTED}%"),
)
_TOLD = (
    "state", "format", "file_metadata", "members", "name", "source_key", "source_sha256", "source_size",
    "page_count", "pages_queued", "pages_done", "words", "confidence_sum", "characters",
)  # fmt: skip
_BEGIN = (
    sa.update(schema.jobs)
    .where(_jobs.id == sa.bindparam("job"))
    .values({name: sa.bindparam(f"new_{name}") for name in _TOLD})
    .values(tries=0, token=None, node=None, lease_until=None)
    .returning(_jobs.state, _jobs.page_count, _jobs.pages_done, _jobs.pages_failed)
)


def waiting(db: sa.Connection) -> int:
    """Pages that wait to be claimed."""
    return int(db.execute(_WAITING).scalar_one())


def known(db: sa.Connection, asked: Mapping[str, Any]) -> Any:
    """The row of the job that has the idempotency key of a new one's row, `None` without one.

    Raises:
        ConflictError: that job was asked for otherwise.
    """
    if not asked["idempotency_key"]:
        return None
    row = db.execute(_KNOWN, {"who": asked["tenant"], "with_": asked["idempotency_key"]}).one_or_none()
    if row and row.request_hash != asked["request_hash"]:
        raise ConflictError(
            "The idempotency key was used for another request", "it stands for one request only", "choose another key"
        )
    return row


def check_room(pages: int, most: int) -> None:
    """Refuse a job when the queue is full.

    Raises:
        QueueFullError: so many pages wait already.
    """
    if pages >= most:
        raise QueueFullError("The queue is full", f"{pages} pages wait", "try again later", retry_after=10.0)


def submit(
    db: sa.Connection, rules: Rules, row: dict[str, Any], request: JobRequest, prepared: Prepared | None
) -> None:
    """Write a new job, which waits to be prepared, or is running if it is already.

    Raises:
        BalanceError: there are not enough credits.
        QueueFullError: more jobs came in the last minute than the plan allows.
        TooLargeError: the input is larger than the plan allows.
    """
    pages = len(prepared.pages) if prepared else request.pages_reserved
    reserved = rules.meter.reserve(db, row["id"], request, pages, row["created"])
    tag = turns.new_tag(db, row["tenant"], row["priority"])
    db.execute(_ADD, row | {"reserved": reserved, "tag": tag})
    if "queued" in request.webhook_events:
        deliveries.tell(db, rules, closing.locked(db, row["id"]), "queued", row["created"])
    if prepared:
        begin(db, rules, closing.locked(db, row["id"]), prepared, row["created"])
    else:
        events.add(db, row["id"], "state", {"state": "queued"}, row["created"])
        turns.ready(db, row["tenant"], row["priority"])


def begin(db: sa.Connection, rules: Rules, row: Any, prepared: Prepared, now: float) -> None:
    """The pages of a job are known: they wait to be read, but for those the tenant has read before.

    Args:
        db: in a transaction that has locked the job.
        rules: of the store.
        row: of the job.
        prepared: its pages, if there are any.
        now: seconds since 1970.
    """
    told = source_row(prepared)
    if row.source_key and row.source_key != told.get("source_key", row.source_key):
        retention.throw(db, [row.source_key], now)  # a part of what there is now
    sha256 = told.get("source_sha256", row.source_sha256)
    again = _read_before(db, row, sha256) if sha256 else {}
    fresh = [n for n in prepared.pages if n not in again]
    reused = [again[n] for n in prepared.pages if n in again]
    _add_pages(db, row.id, fresh, reused)
    told |= {"state": "running" if fresh else "assembling", "page_count": len(prepared.pages)}
    told |= {"pages_queued": len(fresh), "pages_done": len(reused)}
    for name in ("words", "confidence_sum", "characters"):
        told[name] = sum(page[name] for page in reused)
    told = {name: told.get(name, getattr(row, name)) for name in _TOLD}
    begun = db.execute(_BEGIN, {f"new_{name}": value for name, value in told.items()} | {"job": row.id}).one()
    events.add(db, row.id, "state", closing.counted(begun), now)
    turns.ready(db, row.tenant, row.priority)


def _read_before(db: sa.Connection, row: Any, sha256: str) -> dict[int, dict[str, Any]]:
    """By number. Until the end of the transaction their jobs are not deleted, nor their blobs thrown away."""
    same = {"who": row.tenant, "sha256": sha256, "reading": row.reading_hash, "job": row.id}
    jobs = db.execute(_SAME, same).scalars().all()
    return {page.number: dict(page._mapping) for page in db.execute(_READ, {"jobs": jobs})} if jobs else {}


def _add_pages(db: sa.Connection, job: str, fresh: Sequence[int], reused: Sequence[dict[str, Any]]) -> None:
    if fresh:
        db.execute(_ADD_PAGES, [{"job_id": job, "number": n, "state": "queued"} for n in fresh])
    if reused:
        db.execute(_ADD_PAGES, [page | {"job_id": job, "state": "done"} for page in reused])
