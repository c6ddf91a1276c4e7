"""Uploaded files, secrets of webhooks that can be replaced, and what dialects' messages are about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_KEPT = sa.text("(key <> '')")


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "files",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=127), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("expires", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("files_tenant", "files", ["tenant", "created"])
    op.create_index("files_expires", "files", ["expires"])
    op.create_index("files_key", "files", ["key"], sqlite_where=_KEPT, postgresql_where=_KEPT)
    op.create_table(
        "file_parts",
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("file_id", "number"),
    )
    op.create_index("file_parts_key", "file_parts", ["key"])
    op.create_table(
        "webhook_secrets",
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("replaced", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key_id"),
    )
    op.add_column("outbox", sa.Column("event", sa.String(length=8), server_default="closed", nullable=False))
    op.add_column("outbox", sa.Column("dialect", sa.String(length=16), server_default="", nullable=False))
    op.add_column("outbox", sa.Column("status", sa.Integer(), nullable=True))
    op.create_index("outbox_tenant", "outbox", ["tenant", "created"])


def downgrade() -> None:
    """Back to the one before."""
    op.drop_index("outbox_tenant", "outbox")
    for name in ("status", "dialect", "event"):
        op.drop_column("outbox", name)
    for name in ("webhook_secrets", "file_parts", "files"):
        op.drop_table(name)
