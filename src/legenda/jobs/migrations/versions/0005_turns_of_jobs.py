"""Jobs of a tenant take turns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_READY = sa.text(
    "(state = 'queued' OR state = 'running' AND pages_queued > 0 OR state = 'assembling' AND token IS NULL)"
)
_UNBEGUN = sa.text("(started IS NULL AND finished IS NULL)")
_WAITING = sa.text("(finished IS NULL AND pages_queued > 0)")
_WHERE = {"jobs_ready": _READY, "jobs_unbegun": _UNBEGUN, "jobs_waiting": _WAITING}


def upgrade() -> None:
    """To this revision."""
    op.add_column("jobs", sa.Column("tag", sa.BigInteger(), server_default="0", nullable=False))
    _index("jobs_ready", "tenant", "priority", "tag", "created")
    _index("jobs_unbegun", "priority", "tenant", "created")
    _index("jobs_waiting", "priority", "tenant", "pages_queued")


def downgrade() -> None:
    """Back to the one before."""
    _index("jobs_ready", "tenant", "priority", "created")
    _index("jobs_unbegun", "priority", "created")
    _index("jobs_waiting", "pages_queued")
    op.drop_column("jobs", "tag")


def _index(name: str, *columns: str) -> None:
    op.drop_index(name, "jobs")
    op.create_index(name, "jobs", columns, sqlite_where=_WHERE[name], postgresql_where=_WHERE[name])
