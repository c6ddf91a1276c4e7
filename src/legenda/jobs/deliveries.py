"""The outbox: messages and results that must reach somebody, written in the transaction that closes their job.

Each is sent under a lease, and what became of it is only written down by whoever holds the lease. What is sent or given
up keeps neither its URL nor its body.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from legenda.jobs import schema
from legenda.jobs.record import Delivery
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
_NOTHING: dict[str, Any] = {"url": b"", "body": {}, "last_error": "", "token": None}


def write(db: sa.Connection, rules: Rules, job: Any, secrets: Mapping[str, str], now: float) -> None:
    """Write what is to be sent now that a job is closed.

    Args:
        db: in the transaction that closes the job.
        rules: of the store.
        job: its row as it is now.
        secrets: the URLs.
        now: seconds since 1970.
    """
    row = {"job_id": job.id, "tenant": job.tenant, "key_id": job.key_id, "state": "waiting", "due": now, "created": now}
    if url := secrets.get("webhook"):
        _add(db, row | {"kind": "webhook", "url": rules.seal.seal(url), "body": _body(job, now)})
    formats = [name for name in job.formats if name in job.results]
    if (url := secrets.get("deliver")) and formats:
        # a pre-signed URL takes one object, so it is the first format that goes there
        _add(db, row | {"kind": "put", "url": rules.seal.seal(url), "body": {}, "format": formats[0]})


def due(db: sa.Connection, rules: Rules, node: str, now: float, lease: float, limit: int) -> list[Delivery]:
    """Take what is to be sent now, or was being sent by somebody whose lease ran out."""
    taken = []
    for row in db.execute(_DUE, {"now": now, "most": limit}).all():
        token = uuid.uuid4().hex
        db.execute(_LEASE, {"mine": row.id, "with_": token, "by": node, "until": now + lease})
        taken.append(
            Delivery(
                id=row.id,
                job=row.job_id,
                tenant=row.tenant,
                kind=row.kind,
                url=rules.seal.open(row.url),
                body=row.body,
                format=row.format,
                tries=row.tries,
                key_id=row.key_id,
                token=token,
            )
        )
    return taken


def recover(db: sa.Connection, node: str, now: float) -> int:
    """What a node was sending when it ended is to be sent now; how much that is."""
    return db.execute(_OF_NODE.values(state="waiting", due=now, token=None), {"by": node}).rowcount


def sent(db: sa.Connection, delivery: Delivery, now: float) -> bool:
    """It was taken; `False` if somebody else has it by now."""
    return _change(db, delivery, {"state": "sent", "finished": now} | _NOTHING)


def given_up(db: sa.Connection, delivery: Delivery, error: str, now: float) -> bool:
    """It is not tried any more; `False` if somebody else has it by now."""
    told = {"state": "given_up", "finished": now} | _NOTHING | {"last_error": readable(error, 255)}
    return _change(db, delivery, told)


def later(db: sa.Connection, delivery: Delivery, error: str, at: float) -> bool:
    """Try again then; `False` if somebody else has it by now."""
    return _change(db, delivery, {"state": "waiting", "due": at, "last_error": readable(error, 255), "token": None})


def postpone(db: sa.Connection, delivery: Delivery, at: float) -> bool:
    """It was not tried at all: give it back as it was until then; `False` if somebody else has it by now."""
    return _change(db, delivery, {"state": "waiting", "due": at, "tries": delivery.tries, "token": None})


def forget(db: sa.Connection, job: str, now: float, *kinds: str) -> None:
    """What of these kinds was not sent yet never will be, and why not nobody needs to know."""
    mine = sa.update(schema.outbox).where(_outbox.job_id == job, _outbox.kind.in_(kinds))
    db.execute(mine.where(_outbox.finished.is_(None)).values(state="given_up", finished=now, **_NOTHING))
    db.execute(mine.where(_outbox.last_error != "").values(last_error=""))


def _change(db: sa.Connection, delivery: Delivery, values: dict[str, Any]) -> bool:
    held = _outbox.id == delivery.id, _outbox.token == delivery.token, _outbox.state == "sending"
    return db.execute(sa.update(schema.outbox).where(*held).values(values)).rowcount > 0


def _add(db: sa.Connection, row: dict[str, Any]) -> None:
    db.execute(sa.insert(schema.outbox).values(id=uuid.uuid4().hex, **row))


def _body(job: Any, now: float) -> dict[str, Any]:
    """What a webhook says (Standard Webhooks: type, timestamp, data); no text of the document."""
    failure = {"code": job.failure_code, "message": job.failure_message} if job.failure_code else None
    return {
        "type": f"job.{job.state}",
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
