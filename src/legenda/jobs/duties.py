"""What one process does for all that share a database, such as forgetting what is past its time."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from legenda.jobs import schema

_duties = schema.duties.c
_KEEP = (
    sa.update(schema.duties)
    .where(
        _duties.name == sa.bindparam("duty"),
        sa.or_(_duties.node == sa.bindparam("by"), _duties.until < sa.bindparam("now")),
    )
    .values(node=sa.bindparam("by"), until=sa.bindparam("to"))
)


def taken(db: sa.Connection, duty: str, node: str, now: float, seconds: float) -> bool:
    """Whether a node has a duty from now on: it had it already, or whoever had it did not come back in time."""
    if db.execute(_KEEP, {"duty": duty, "by": node, "now": now, "to": now + seconds}).rowcount:
        return True
    insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    row = {"name": duty, "node": node, "until": now + seconds}
    added = insert(schema.duties).values(row).on_conflict_do_nothing().returning(_duties.name)
    return db.execute(added).one_or_none() is not None
