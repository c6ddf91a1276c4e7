"""Tables. Times are seconds since 1970; what may not leak is sealed before it comes here (`jobs.seal`)."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

metadata = MetaData()

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("key_id", String(32), nullable=False, default=""),
    Column("caller", String(64), nullable=False, default=""),
    Column("plan", String(32), nullable=False),
    Column("dialect", String(16), nullable=False, default=""),
    Column("state", String(12), nullable=False),
    # what was asked for
    Column("name", String(255), nullable=False, default=""),
    Column("source_key", String(255), nullable=False, default=""),
    Column("source_sha256", String(64), nullable=False, default=""),
    Column("source_size", Integer, nullable=False, default=0),
    Column("reading", JSON, nullable=False),
    Column("reading_hash", String(64), nullable=False),  # of `reading`, part of the keys of page results
    Column("pages_wanted", String(1000), nullable=False, default=""),
    Column("formats", JSON, nullable=False),
    Column("tool", String(64), nullable=False, default=""),
    Column("caller_metadata", JSON, nullable=False),
    Column(
        "secrets", LargeBinary
    ),  # sealed JSON: url, password, webhook, deliver; gone when the job is closed and told
    Column("priority", Integer, nullable=False, default=0),
    Column("idempotency_key", String(255)),
    Column("request_hash", String(64), nullable=False),
    Column("delete_input", Boolean, nullable=False, default=False),
    # how it stands
    Column("format", String(16), nullable=False, default=""),
    Column("file_metadata", JSON, nullable=False),
    Column("page_count", Integer, nullable=False, default=0),
    Column("pages_queued", Integer, nullable=False, default=0),  # of them, waiting to be claimed
    Column("pages_done", Integer, nullable=False, default=0),
    Column("pages_failed", Integer, nullable=False, default=0),
    Column("words", Integer, nullable=False, default=0),
    Column("confidence_sum", Float, nullable=False, default=0.0),
    Column("characters", Integer, nullable=False, default=0),
    Column("language", String(16), nullable=False, default=""),
    Column("results", JSON, nullable=False),
    Column("failure_code", String(64), nullable=False, default=""),
    Column("failure_message", String(1000), nullable=False, default=""),
    Column("reserved", Integer, nullable=False, default=0),  # credits
    Column("charged", Integer, nullable=False, default=0),
    # the lease of the stages that concern the whole job (prepare, assemble)
    Column("tries", Integer, nullable=False, default=0),
    Column("token", String(32)),
    Column("node", String(64)),
    Column("lease_until", Float),
    Column("created", Float, nullable=False),
    Column("started", Float),
    Column("finished", Float),
    Column("expires", Float),
    UniqueConstraint("tenant", "idempotency_key", name="jobs_idempotency"),
    Index("jobs_queue", "state", "priority", "created"),
    Index("jobs_tenant", "tenant", "created"),
    Index("jobs_expires", "expires"),
)

pages = Table(
    "pages",
    metadata,
    Column("job_id", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", String(12), nullable=False),
    Column("solo", Boolean, nullable=False, default=False),  # suspected of killing its worker: runs alone
    Column("tries", Integer, nullable=False, default=0),  # begun alone and not come back
    Column("engine", String(64), nullable=False, default=""),
    Column("key", String(255), nullable=False, default=""),
    Column("words", Integer, nullable=False, default=0),
    Column("confidence_sum", Float, nullable=False, default=0.0),
    Column("characters", Integer, nullable=False, default=0),
    Column("language", String(16), nullable=False, default=""),
    Column("seconds", Float, nullable=False, default=0.0),
    Column("failure_code", String(64), nullable=False, default=""),
    Column("failure_message", String(1000), nullable=False, default=""),
    Column("token", String(32)),
    Column("node", String(64)),
    Column("lease_until", Float),
    Index("pages_queue", "job_id", "state", "number"),
    Index("pages_leases", "state", "lease_until"),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("job_id", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("data", JSON, nullable=False),
    Column("at", Float, nullable=False),
    Index("events_job", "job_id", "id"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("job_id", String(32), nullable=False),  # no foreign key: a message outlives the job's row
    Column("tenant", String(64), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("url", LargeBinary, nullable=False),  # sealed
    Column("body", JSON, nullable=False),
    Column("format", String(16), nullable=False, default=""),
    Column("state", String(12), nullable=False),  # waiting, sending, sent, given_up
    Column("tries", Integer, nullable=False, default=0),
    Column("due", Float, nullable=False),
    Column("lease_until", Float),
    Column("token", String(32)),
    Column("last_error", String(255), nullable=False, default=""),
    Column("created", Float, nullable=False),
    Index("outbox_due", "state", "due"),
)

keys = Table(
    "keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("name", String(128), nullable=False, default=""),
    Column("hash", String(64), nullable=False, unique=True),  # sha256 of the secret, which has 256 bits of its own
    Column("shown", String(16), nullable=False),  # its first characters, to tell keys apart
    Column("scopes", JSON, nullable=False),
    Column("plan", String(32), nullable=False),
    Column("webhook_secret", LargeBinary, nullable=False),  # sealed
    Column("created", Float, nullable=False),
    Column("revoked", Float),
    Column("last_used", Float),
)

balances = Table(
    "balances",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("paid", Integer, nullable=False, default=0),  # credits bought and not used
)

usage = Table(
    "usage",
    metadata,
    Column("account", String(80), primary_key=True),  # tenant, or `anonymous:` and a hash of day and address
    Column("period", String(10), primary_key=True),  # 2026-11 or 2026-11-20
    Column("key_id", String(32), primary_key=True),
    Column("free", Integer, nullable=False, default=0),  # credits taken of the free ones
    Column("paid", Integer, nullable=False, default=0),  # credits taken of the paid ones
    Column("reserved", Integer, nullable=False, default=0),  # of both together, for jobs that are not closed yet
    Column("pages", Integer, nullable=False, default=0),
    Column("failed", Integer, nullable=False, default=0),
    Column("jobs", Integer, nullable=False, default=0),
)

holds = Table(
    "holds",  # credits reserved for a job until it is closed
    metadata,
    Column("job_id", String(32), primary_key=True),
    Column("account", String(80), nullable=False),
    Column("period", String(10), nullable=False),
    Column("key_id", String(32), nullable=False),
    Column("price", Integer, nullable=False),  # credits a page, as it was when the job came
    Column("free", Integer, nullable=False),
    Column("paid", Integer, nullable=False),
)
