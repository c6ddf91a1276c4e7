"""What is forgotten: texts, names, addresses and secrets of old jobs, and later their rows.

Blobs are deleted by the caller, since they lie elsewhere. Until it says that they are, their keys stay in the trash, so
that a crash in between leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from legenda.exports import EXPORTERS
from legenda.jobs import closing, deliveries, names, schema, turns
from legenda.jobs.meter import of_strangers
from legenda.jobs.record import FINAL
from legenda.jobs.rows import Rules

KEPT_SECONDS = 7 * 86400.0
"""For so long the row of an expired job, and what became of messages, can still be looked up."""

_jobs, _pages, _trash, _outbox = schema.jobs.c, schema.pages.c, schema.trash.c, schema.outbox.c
_files, _parts = schema.files.c, schema.file_parts.c
_EMPTIED: dict[str, Any] = {
    "state": "expired",
    "caller": "",
    "name": "",
    "source_key": "",
    "source_sha256": "",
    "pages_wanted": "",
    "reading_hash": "",
    "caller_metadata": {},
    "file_metadata": {},
    "members": [],
    "secrets": None,
    "told": None,
    "idempotency_key": None,
    "request_hash": "",
    "results": {},
    "failure_message": "",
    "delete_input": False,
}


def past(db: sa.Connection, now: float) -> list[str]:
    """Jobs that are to be expired."""
    due = sa.select(_jobs.id).where(schema.EXPIRING, _jobs.expires <= now).order_by(_jobs.expires).limit(500)
    return list(db.execute(due).scalars())


def expire(db: sa.Connection, job: str, now: float) -> None:
    """Empty the row of a job and put its blobs into the trash."""
    row = closing.locked(db, job)
    if row is None or row.state == "expired" or row.expires is None or row.expires > now:
        return
    _throw(db, row, now)
    deliveries.forget(db, job, now, all=True)
    db.execute(sa.delete(schema.pages).where(_pages.job_id == job))
    for table in (schema.events, schema.chats):
        db.execute(sa.delete(table).where(table.c.job_id == job))
    db.execute(sa.update(schema.jobs).where(_jobs.id == job).values(_EMPTIED))


def delete(db: sa.Connection, rules: Rules, job: str, now: float) -> list[str] | None:
    """Delete a job and all that is known of it; `None` if there is none.

    Returns:
        Keys of the blobs that are to be deleted.
    """
    row = closing.locked(db, job)
    if row is None:
        return None
    if row.state not in FINAL:
        closing.close(db, rules, row, "cancelled", now)
        # whoever works on it learns of this at its next beat, and may write a blob until then
        keys = _throw(db, row, now + rules.settings.lease_seconds)
    else:
        keys = _throw(db, row, now)
    deliveries.forget(db, job, now, all=False)  # that it was closed is still told, where that is known
    db.execute(sa.delete(schema.jobs).where(_jobs.id == job))
    return unused(db, keys)


def drop_inputs(db: sa.Connection, now: float) -> None:
    """Inputs of closed jobs that asked for it go into the trash."""
    left = sa.select(_jobs.id, _jobs.source_key).where(schema.LEFT_INPUT).limit(500).with_for_update()
    for row in db.execute(left).all():
        db.execute(sa.update(schema.jobs).where(_jobs.id == row.id).values(source_key=""))
        throw(db, [row.source_key, names.converted_key(row.id)], now)


def drop_past_files(db: sa.Connection, now: float) -> bool:
    """Files whose time is over go, with their parts; whether there were any."""
    due = sa.select(_files.id).where(_files.expires <= now).order_by(_files.expires).limit(500)
    past = db.execute(due.with_for_update()).scalars().all()
    drop_files(db, past, now)
    return bool(past)


def drop_files(db: sa.Connection, ids: Sequence[str], now: float) -> None:
    """Delete rows of uploaded files; their blobs go into the trash."""
    if not ids:
        return
    keys = list(db.execute(sa.select(_files.key).where(_files.id.in_(ids), schema.KEPT)).scalars())
    keys += db.execute(sa.select(_parts.key).where(_parts.file_id.in_(ids))).scalars()
    throw(db, keys, now)
    db.execute(sa.delete(schema.file_parts).where(_parts.file_id.in_(ids)))
    db.execute(sa.delete(schema.files).where(_files.id.in_(ids)))


def purge(db: sa.Connection, rules: Rules, now: float) -> None:
    """Delete rows nobody looks up any more; of strangers, whose tenant stands for an address, with their results."""
    old = now - KEPT_SECONDS
    kept = min(KEPT_SECONDS, rules.settings.retention_hours * 3600)
    db.execute(sa.delete(schema.outbox).where(_outbox.finished < now - kept, of_strangers(_outbox.tenant)))
    db.execute(sa.delete(schema.jobs).where(schema.EXPIRED, _jobs.finished < now, of_strangers(_jobs.tenant)))
    db.execute(sa.delete(schema.outbox).where(_outbox.finished < old))
    db.execute(sa.delete(schema.jobs).where(schema.EXPIRED, _jobs.finished < old))
    turns.purge(db)
    rules.meter.forget(db, now)


def trash(db: sa.Connection) -> list[str]:
    """Keys of blobs to be deleted; those that came into use again are taken out."""
    keys = list(db.execute(sa.select(_trash.key).limit(2000)).scalars())
    gone = unused(db, keys)
    again = sorted(set(keys) - set(gone))
    if again:
        db.execute(sa.delete(schema.trash).where(_trash.key.in_(again)))
    return gone


def deleted(db: sa.Connection, keys: Iterable[str], now: float) -> None:
    """These blobs are deleted, and nobody writes them any more."""
    gone = sa.delete(schema.trash).where(_trash.key == sa.bindparam("gone"), _trash.until <= now)
    if given := [{"gone": key} for key in keys]:
        db.execute(gone, given)


def unused(db: sa.Connection, keys: Sequence[str]) -> list[str]:
    """Those of some keys of inputs and pages that no job and no file refers to."""
    used: set[str] = set()
    for start in range(0, len(keys), 500):
        some = keys[start : start + 500]
        used |= set(db.execute(sa.select(_jobs.source_key).where(_jobs.source_key.in_(some))).scalars())
        used |= set(db.execute(sa.select(_pages.key).where(schema.KEPT, _pages.key.in_(some))).scalars())
        used |= set(db.execute(sa.select(_files.key).where(schema.KEPT, _files.key.in_(some))).scalars())
        used |= set(db.execute(sa.select(_parts.key).where(_parts.key.in_(some))).scalars())
    return [key for key in keys if key not in used]


def _throw(db: sa.Connection, row: Any, until: float) -> list[str]:
    """Every blob a job may have left, written down or not."""
    keys = {names.input_key(row.id), names.converted_key(row.id)} | ({row.source_key} - {""})
    keys |= {told["key"] for told in row.results.values()} | {names.result_key(row.id, name) for name in EXPORTERS}
    for page in db.execute(sa.select(_pages.number, _pages.key).where(_pages.job_id == row.id)):
        keys |= {page.key or names.page_key_of(row.id, row.source_sha256, row.reading_hash, page.number)}
    throw(db, sorted(keys), until)
    return sorted(keys)


def throw(db: sa.Connection, keys: Sequence[str], until: float) -> None:
    """Put blobs into the trash; they are deleted from then on."""
    if not keys:
        return
    insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    row = insert(schema.trash)
    known = row.on_conflict_do_update(index_elements=["key"], set_={"until": row.excluded.until})
    db.execute(known, [{"key": key, "until": until} for key in keys])
