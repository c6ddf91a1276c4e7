"""Jobs of several inputs, and what their dialect keeps of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_PRESSED = sa.text("(start_by IS NOT NULL AND started IS NULL AND finished IS NULL)")


def upgrade() -> None:
    """To this revision."""
    op.add_column("jobs", sa.Column("told", sa.LargeBinary(), nullable=True))
    op.add_column("jobs", sa.Column("start_by", sa.Float(), nullable=True))
    op.add_column("jobs", sa.Column("keep_seconds", sa.Float(), nullable=True))
    op.add_column("jobs", sa.Column("members", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("jobs", sa.Column("failure_part", sa.Integer(), nullable=True))
    op.create_index("jobs_pressed", "jobs", ["start_by"], sqlite_where=_PRESSED, postgresql_where=_PRESSED)


def downgrade() -> None:
    """Back to the one before."""
    op.drop_index("jobs_pressed", "jobs")
    for name in ("failure_part", "members", "keep_seconds", "start_by", "told"):
        op.drop_column("jobs", name)
