"""The outbox: messages and results that must reach somebody, written in the transaction that closes their job.

Each is sent under a lease, and what became of it is only written down by whoever holds the lease. What is sent or given
up keeps neither its URL nor its body; messages of dialects keep their (sealed) URL until their job expires, since they
can be sent again.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from legenda.jobs import schema
from legenda.jobs.record import Delivery, DeliveryEvent, DeliveryRecord, DeliveryState
from legenda.jobs.rows import Rules, readable

_outbox = schema.outbox.c
_DUE = (
    sa.select(schema.outbox)
    .where(schema.OPEN, _outbox.due <= sa.bindparam("now"))
    .order_by(_outbox.due)
    .limit(sa.bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    sa.update(schema.outbox)
    .where(_outbox.id == sa.bindparam("mine"))
    .values(
        state="sending",
        token=sa.bindparam("with_"),
        node=sa.bindparam("by"),
        due=sa.bindparam("until"),
        tries=_outbox.tries + 1,
    )
)
_OF_NODE = sa.update(schema.outbox).where(_outbox.node == sa.bindparam("by"), _outbox.state == "sending")
_TOLD = (
    sa.select(_outbox.id)
    .where(_outbox.job_id == sa.bindparam("job"), _outbox.event == sa.bindparam("what"), _outbox.kind == "webhook")
    .limit(1)
)
_HELD = sa.select(schema.outbox).where(_outbox.job_id == sa.bindparam("job"), _outbox.state == "held").with_for_update()
_NOTHING: dict[str, Any] = {"url": b"", "body": {}, "last_error": "", "token": None}


class Wanted(NamedTuple):
    """Which messages are looked for; empty means any."""

    job: str = ""
    states: tuple[DeliveryState, ...] = ()
    event: DeliveryEvent | None = None
    before: float | None = None


def write(db: sa.Connection, rules: Rules, job: Any, secrets: Mapping[str, Any], now: float) -> None:
    """Write what is to be sent now that a job is closed.

    Args:
        db: in the transaction that closes the job.
        rules: of the store.
        job: its row as it is now.
        secrets: the URLs.
        now: seconds since 1970.
    """
    formats = [name for name in job.formats if name in job.results]
    read = job.state in ("done", "partial") if job.dialect else bool(formats)
    if put := read and secrets.get("deliver"):
        sealed = rules.seal.seal({"url": put, "headers": secrets.get("deliver_headers", {})})
        # a pre-signed URL takes one object, so it is the first format that goes there
        _add(db, _row(job, now) | {"kind": "put", "url": sealed, "body": {}, "format": formats[0] if formats else ""})
    if (url := secrets.get("webhook")) and "closed" in secrets.get("webhook_events", ("closed",)):
        state = "held" if put and job.dialect else "waiting"
        body = _body(job, f"job.{job.state}", now)
        _add(db, _row(job, now) | {"kind": "webhook", "url": rules.seal.seal(url), "body": body, "state": state})


def tell(db: sa.Connection, rules: Rules, job: Any, event: DeliveryEvent, now: float) -> None:
    """Write that a job was queued or started, if somebody wants to know and was not told.

    Args:
        db: in the transaction that changes the job.
        rules: of the store.
        job: its row as it is now, with its secrets.
        event: what happened.
        now: seconds since 1970.
    """
    secrets = rules.seal.open(job.secrets) if job.secrets else {}
    if not secrets.get("webhook") or event not in secrets.get("webhook_events", ()):
        return
    if db.execute(_TOLD, {"job": job.id, "what": event}).first() is None:
        said = {"url": rules.seal.seal(secrets["webhook"]), "body": _body(job, f"job.{event}", now), "event": event}
        _add(db, _row(job, now) | {"kind": "webhook"} | said)


def due(db: sa.Connection, rules: Rules, node: str, now: float, lease: float, limit: int) -> list[Delivery]:
    """Take what is to be sent now, or was being sent by somebody whose lease ran out."""
    taken = []
    for row in db.execute(_DUE, {"now": now, "most": limit}).all():
        token, told = uuid.uuid4().hex, rules.seal.open(row.url)
        told = told if isinstance(told, dict) else {"url": told}
        db.execute(_LEASE, {"mine": row.id, "with_": token, "by": node, "until": now + lease})
        taken.append(
            Delivery(
                id=row.id,
                job=row.job_id,
                tenant=row.tenant,
                kind=row.kind,
                url=told["url"],
                body=row.body,
                format=row.format,
                tries=row.tries,
                key_id=row.key_id,
                token=token,
                event=row.event,
                dialect=row.dialect,
                headers=told.get("headers", {}),
            )
        )
    return taken


def recover(db: sa.Connection, node: str, now: float) -> int:
    """What a node was sending when it ended is to be sent now; how much that is."""
    return db.execute(_OF_NODE.values(state="waiting", due=now, token=None), {"by": node}).rowcount


def sent(db: sa.Connection, delivery: Delivery, status: int | None, now: float) -> bool:
    """It was taken; `False` if somebody else has it by now."""
    held = _change(db, delivery, {"state": "sent", "finished": now, "status": status} | _left(delivery))
    if held:
        _release(db, delivery, "", now)
    return held


def given_up(db: sa.Connection, delivery: Delivery, error: str, status: int | None, now: float) -> bool:
    """It is not tried any more; `False` if somebody else has it by now."""
    told = {"state": "given_up", "finished": now, "status": status} | _left(delivery)
    held = _change(db, delivery, told | {"last_error": readable(error, 255)})
    if held:
        _release(db, delivery, error, now)
    return held


def later(db: sa.Connection, delivery: Delivery, error: str, status: int | None, at: float) -> bool:
    """Try again then; `False` if somebody else has it by now."""
    told = {"state": "waiting", "due": at, "last_error": readable(error, 255), "status": status, "token": None}
    return _change(db, delivery, told)


def postpone(db: sa.Connection, delivery: Delivery, at: float) -> bool:
    """It was not tried at all: give it back as it was until then; `False` if somebody else has it by now."""
    return _change(db, delivery, {"state": "waiting", "due": at, "tries": delivery.tries, "token": None})


def forget(db: sa.Connection, job: str, now: float, *, all: bool) -> None:
    """What was not sent yet never will be, and neither why not nor to whom anything went is kept.

    Args:
        db: in the transaction that empties or deletes the job.
        job: its id.
        now: seconds since 1970.
        all: otherwise messages stay that need nothing of the job any more, and so can still be sent.
    """
    mine = sa.update(schema.outbox).where(_outbox.job_id == job)
    mine = mine if all else mine.where(sa.or_(_outbox.kind == "put", _outbox.dialect != ""))
    db.execute(mine.where(_outbox.finished.is_(None)).values(state="given_up", finished=now))
    db.execute(mine.where(_outbox.finished.is_not(None)).values(**_NOTHING))


def history(db: sa.Connection, tenant: str, wanted: Wanted, limit: int) -> list[DeliveryRecord]:
    """Messages of a tenant, the newest first."""
    query = sa.select(schema.outbox).where(_outbox.tenant == tenant, _outbox.kind == "webhook")
    if wanted.job:
        query = query.where(_outbox.job_id == wanted.job)
    if wanted.states:
        query = query.where(_outbox.state.in_(wanted.states))
    if wanted.event:
        query = query.where(_outbox.event == wanted.event)
    if wanted.before is not None:
        query = query.where(_outbox.created < wanted.before)
    return [_record(row) for row in db.execute(query.order_by(_outbox.created.desc(), _outbox.id).limit(limit))]


def replay(db: sa.Connection, tenant: str, id: str, now: float) -> DeliveryRecord | None:
    """Send a message again, under the same id; `None` if there is none whose receiver is still known."""
    mine = _outbox.id == id, _outbox.tenant == tenant, _outbox.kind == "webhook"
    row = db.execute(sa.select(schema.outbox).where(*mine).with_for_update()).one_or_none()
    if row is None or not row.url:
        return None
    if row.state in ("sent", "given_up"):
        again = {"state": "waiting", "due": now, "tries": 0, "finished": None, "last_error": "", "status": None}
        db.execute(sa.update(schema.outbox).where(*mine).values(again))
    elif row.state == "waiting":
        db.execute(sa.update(schema.outbox).where(*mine).values(due=now))
    return _record(db.execute(sa.select(schema.outbox).where(*mine)).one())


def _change(db: sa.Connection, delivery: Delivery, values: dict[str, Any]) -> bool:
    held = _outbox.id == delivery.id, _outbox.token == delivery.token, _outbox.state == "sending"
    return db.execute(sa.update(schema.outbox).where(*held).values(values)).rowcount > 0


def _add(db: sa.Connection, row: dict[str, Any]) -> None:
    db.execute(sa.insert(schema.outbox).values(row))


def _left(delivery: Delivery) -> dict[str, Any]:
    """What stays of one that is finished: messages that are rendered anew can be sent again as long as the job is."""
    kept = delivery.dialect and delivery.kind == "webhook"
    return {"last_error": "", "token": None} if kept else _NOTHING


def _release(db: sa.Connection, delivery: Delivery, error: str, now: float) -> None:
    """What waited for a result to be PUT is sent, after a warning if it could not be."""
    if delivery.kind != "put" or not delivery.dialect:
        return
    held = db.execute(_HELD, {"job": delivery.job}).all()
    for row in held:
        if error:
            told = {"event": "warning", "body": {"message": readable(error, 255)}, "state": "waiting"}
            _add(db, dict(row._mapping) | told | {"due": now, "created": now, "id": uuid.uuid4().hex})
        db.execute(sa.update(schema.outbox).where(_outbox.id == row.id).values(state="waiting", due=now))


def _row(job: Any, now: float) -> dict[str, Any]:
    row = {"job_id": job.id, "tenant": job.tenant, "key_id": job.key_id, "dialect": job.dialect}
    return row | {"id": uuid.uuid4().hex, "event": "closed", "state": "waiting", "due": now, "created": now}


def _record(row: Any) -> DeliveryRecord:
    return DeliveryRecord(
        row.id,
        row.job_id,
        row.kind,
        row.event,
        row.state,
        row.tries,
        row.status,
        row.last_error,
        row.created,
        row.due,
        row.finished,
        bool(row.url),
    )


def _body(job: Any, kind: str, now: float) -> dict[str, Any]:
    """What a webhook says (Standard Webhooks: type, timestamp, data); no text of the document."""
    failure = {"code": job.failure_code, "message": job.failure_message} if job.failure_code else None
    return {
        "type": kind,
        "timestamp": dt.datetime.fromtimestamp(now, dt.UTC).isoformat(timespec="milliseconds"),
        "data": {
            "id": job.id,
            "state": job.state,
            "page_count": job.page_count,
            "pages_done": job.pages_done,
            "pages_failed": job.pages_failed,
            "failure": failure,
            "metadata": job.caller_metadata,
        },
    }
