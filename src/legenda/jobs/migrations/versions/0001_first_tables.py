"""First tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "balances",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant"),
    )
    op.create_table(
        "holds",
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("free", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("job_id"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("caller", sa.String(length=64), nullable=False),
        sa.Column("plan", sa.String(length=32), nullable=False),
        sa.Column("dialect", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("source_key", sa.String(length=255), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("source_size", sa.BigInteger(), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.Column("reading_hash", sa.String(length=64), nullable=False),
        sa.Column("pages_wanted", sa.String(length=1000), nullable=False),
        sa.Column("formats", sa.JSON(), nullable=False),
        sa.Column("tool", sa.String(length=64), nullable=False),
        sa.Column("caller_metadata", sa.JSON(), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=True),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("delete_input", sa.Boolean(), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("file_metadata", sa.JSON(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("pages_queued", sa.Integer(), nullable=False),
        sa.Column("pages_done", sa.Integer(), nullable=False),
        sa.Column("pages_failed", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("confidence_sum", sa.Float(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("failure_code", sa.String(length=64), nullable=False),
        sa.Column("failure_message", sa.String(length=1000), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("charged", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("node", sa.String(length=64), nullable=True),
        sa.Column("lease_until", sa.Float(), nullable=True),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("started", sa.Float(), nullable=True),
        sa.Column("finished", sa.Float(), nullable=True),
        sa.Column("expires", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant", "idempotency_key", name="jobs_idempotency"),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("jobs_created", ["created", "id"], unique=False)
        batch_op.create_index(
            "jobs_expired",
            ["finished"],
            unique=False,
            sqlite_where=sa.text("(state = 'expired')"),
            postgresql_where=sa.text("(state = 'expired')"),
        )
        batch_op.create_index(
            "jobs_expiring",
            ["expires"],
            unique=False,
            sqlite_where=sa.text("(finished IS NOT NULL AND state <> 'expired')"),
            postgresql_where=sa.text("(finished IS NOT NULL AND state <> 'expired')"),
        )
        batch_op.create_index(
            "jobs_held",
            ["lease_until"],
            unique=False,
            sqlite_where=sa.text("(lease_until IS NOT NULL)"),
            postgresql_where=sa.text("(lease_until IS NOT NULL)"),
        )
        batch_op.create_index(
            "jobs_left_input",
            ["finished"],
            unique=False,
            sqlite_where=sa.text("(delete_input AND finished IS NOT NULL AND source_key <> '')"),
            postgresql_where=sa.text("(delete_input AND finished IS NOT NULL AND source_key <> '')"),
        )
        batch_op.create_index(
            "jobs_ready",
            ["tenant", "priority", "created"],
            unique=False,
            sqlite_where=sa.text(
                "(state = 'queued' OR state = 'running' AND pages_queued > 0 OR state = 'assembling' AND token IS NULL)"
            ),
            postgresql_where=sa.text(
                "(state = 'queued' OR state = 'running' AND pages_queued > 0 OR state = 'assembling' AND token IS NULL)"
            ),
        )
        batch_op.create_index("jobs_same", ["source_sha256", "reading_hash", "tenant", "created"], unique=False)
        batch_op.create_index("jobs_source", ["source_key"], unique=False)
        batch_op.create_index("jobs_tenant", ["tenant", "created", "id"], unique=False)
        batch_op.create_index(
            "jobs_unbegun",
            ["priority", "created"],
            unique=False,
            sqlite_where=sa.text("(started IS NULL AND finished IS NULL)"),
            postgresql_where=sa.text("(started IS NULL AND finished IS NULL)"),
        )
        batch_op.create_index(
            "jobs_waiting",
            ["pages_queued"],
            unique=False,
            sqlite_where=sa.text("(finished IS NULL AND pages_queued > 0)"),
            postgresql_where=sa.text("(finished IS NULL AND pages_queued > 0)"),
        )

    op.create_table(
        "keys",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("shown", sa.String(length=16), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("plan", sa.String(length=32), nullable=False),
        sa.Column("webhook_secret", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("revoked", sa.Float(), nullable=True),
        sa.Column("last_used", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("node", sa.String(length=64), nullable=True),
        sa.Column("last_error", sa.String(length=255), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("finished", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "outbox_due",
            ["due"],
            unique=False,
            sqlite_where=sa.text("(state IN ('waiting', 'sending'))"),
            postgresql_where=sa.text("(state IN ('waiting', 'sending'))"),
        )
        batch_op.create_index("outbox_finished", ["finished"], unique=False)
        batch_op.create_index("outbox_job", ["job_id"], unique=False)

    op.create_table(
        "trash",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "turns",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("served", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "priority"),
    )
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.create_index("turns_next", ["ready", "priority", "served"], unique=False)

    op.create_table(
        "usage",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("free", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("jobs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "period", "key_id"),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("events_job", ["job_id", "id"], unique=False)

    op.create_table(
        "pages",
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("solo", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("unit_pages", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("confidence_sum", sa.Float(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("failure_code", sa.String(length=64), nullable=False),
        sa.Column("failure_message", sa.String(length=1000), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("node", sa.String(length=64), nullable=True),
        sa.Column("lease_until", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "number"),
    )
    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.create_index(
            "pages_held",
            ["lease_until"],
            unique=False,
            sqlite_where=sa.text("(lease_until IS NOT NULL)"),
            postgresql_where=sa.text("(lease_until IS NOT NULL)"),
        )
        batch_op.create_index(
            "pages_key",
            ["key"],
            unique=False,
            sqlite_where=sa.text("(key <> '')"),
            postgresql_where=sa.text("(key <> '')"),
        )
        batch_op.create_index(
            "pages_queue",
            ["job_id", "solo", "number"],
            unique=False,
            sqlite_where=sa.text("(state = 'queued')"),
            postgresql_where=sa.text("(state = 'queued')"),
        )


def downgrade() -> None:
    """From this revision to the one before."""
    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.drop_index(
            "pages_queue", sqlite_where=sa.text("(state = 'queued')"), postgresql_where=sa.text("(state = 'queued')")
        )
        batch_op.drop_index("pages_key", sqlite_where=sa.text("(key <> '')"), postgresql_where=sa.text("(key <> '')"))
        batch_op.drop_index(
            "pages_held",
            sqlite_where=sa.text("(lease_until IS NOT NULL)"),
            postgresql_where=sa.text("(lease_until IS NOT NULL)"),
        )

    op.drop_table("pages")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("events_job")

    op.drop_table("events")
    op.drop_table("usage")
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.drop_index("turns_next")

    op.drop_table("turns")
    op.drop_table("trash")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("outbox_job")
        batch_op.drop_index("outbox_finished")
        batch_op.drop_index(
            "outbox_due",
            sqlite_where=sa.text("(state IN ('waiting', 'sending'))"),
            postgresql_where=sa.text("(state IN ('waiting', 'sending'))"),
        )

    op.drop_table("outbox")
    op.drop_table("keys")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(
            "jobs_waiting",
            sqlite_where=sa.text("(finished IS NULL AND pages_queued > 0)"),
            postgresql_where=sa.text("(finished IS NULL AND pages_queued > 0)"),
        )
        batch_op.drop_index(
            "jobs_unbegun",
            sqlite_where=sa.text("(started IS NULL AND finished IS NULL)"),
            postgresql_where=sa.text("(started IS NULL AND finished IS NULL)"),
        )
        batch_op.drop_index("jobs_tenant")
        batch_op.drop_index("jobs_source")
        batch_op.drop_index("jobs_same")
        batch_op.drop_index(
            "jobs_ready",
            sqlite_where=sa.text(
                "(state = 'queued' OR state = 'running' AND pages_queued > 0 OR state = 'assembling' AND token IS NULL)"
            ),
            postgresql_where=sa.text(
                "(state = 'queued' OR state = 'running' AND pages_queued > 0 OR state = 'assembling' AND token IS NULL)"
            ),
        )
        batch_op.drop_index(
            "jobs_left_input",
            sqlite_where=sa.text("(delete_input AND finished IS NOT NULL AND source_key <> '')"),
            postgresql_where=sa.text("(delete_input AND finished IS NOT NULL AND source_key <> '')"),
        )
        batch_op.drop_index(
            "jobs_held",
            sqlite_where=sa.text("(lease_until IS NOT NULL)"),
            postgresql_where=sa.text("(lease_until IS NOT NULL)"),
        )
        batch_op.drop_index(
            "jobs_expiring",
            sqlite_where=sa.text("(finished IS NOT NULL AND state <> 'expired')"),
            postgresql_where=sa.text("(finished IS NOT NULL AND state <> 'expired')"),
        )
        batch_op.drop_index(
            "jobs_expired", sqlite_where=sa.text("(state = 'expired')"), postgresql_where=sa.text("(state = 'expired')")
        )
        batch_op.drop_index("jobs_created")

    op.drop_table("jobs")
    op.drop_table("holds")
    op.drop_table("balances")
