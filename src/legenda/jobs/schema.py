"""Tables. Times are seconds since 1970; what may not leak is sealed before it comes here (`jobs.seal`)."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
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
    text,
)

metadata = MetaData()

# Conditions of partial indexes. A query finds the index only if it says the same words, so it takes them from here.
READY = text("(state = 'queued' OR state = 'running' AND pages_queued > 0 OR state = 'assembling' AND token IS NULL)")
UNBEGUN = text("(started IS NULL AND finished IS NULL)")
WAITING = text("(finished IS NULL AND pages_queued > 0)")
HELD = text("(lease_until IS NOT NULL)")
EXPIRING = text("(finished IS NOT NULL AND state <> 'expired')")
EXPIRED = text("(state = 'expired')")
LEFT_INPUT = text("(delete_input AND finished IS NOT NULL AND source_key <> '')")
QUEUED = text("(state = 'queued')")
KEPT = text("(key <> '')")
OPEN = text("(state IN ('waiting', 'sending'))")
PRESSED = text("(start_by IS NOT NULL AND started IS NULL AND finished IS NULL)")

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
    Column("source_size", BigInteger, nullable=False, default=0),
    Column("reading", JSON, nullable=False),
    Column("reading_hash", String(64), nullable=False),  # of `reading`, part of the keys of page results
    Column("pages_wanted", String(1000), nullable=False, default=""),
    Column("formats", JSON, nullable=False),
    Column("tool", String(64), nullable=False, default=""),
    Column("caller_metadata", JSON, nullable=False),
    # sealed JSON: url, urls, password, webhook, deliver and its headers; gone when the job is closed and told
    Column("secrets", LargeBinary),
    Column("told", LargeBinary),  # sealed JSON: what the dialect needs to answer; gone when the job expires
    Column("priority", Integer, nullable=False, default=0),
    Column("tag", BigInteger, nullable=False, default=0, server_default="0"),  # its turn among those of its tenant
    Column("idempotency_key", String(255)),
    Column("request_hash", String(64), nullable=False),
    Column("delete_input", Boolean, nullable=False, default=False),
    Column("start_by", Float),  # it fails if it is not begun by then
    Column("keep_seconds", Float),  # after its end, if shorter than usual
    # how it stands
    Column("format", String(16), nullable=False, default=""),
    Column("file_metadata", JSON, nullable=False),
    Column("members", JSON, nullable=False, default=list, server_default="[]"),  # name, format, pages of each
    Column("page_count", Integer, nullable=False, default=0),
    # of them, waiting to be claimed; as many as expected until they are counted
    Column("pages_queued", Integer, nullable=False, default=0),
    Column("pages_done", Integer, nullable=False, default=0),
    Column("pages_failed", Integer, nullable=False, default=0),
    Column("words", Integer, nullable=False, default=0),
    Column("confidence_sum", Float, nullable=False, default=0.0),
    Column("characters", Integer, nullable=False, default=0),
    Column("language", String(16), nullable=False, default=""),
    Column("results", JSON, nullable=False),
    Column("failure_code", String(64), nullable=False, default=""),
    Column("failure_message", String(1000), nullable=False, default=""),
    Column("failure_part", Integer),
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
    Index("jobs_ready", "tenant", "priority", "tag", "created", sqlite_where=READY, postgresql_where=READY),
    Index("jobs_unbegun", "priority", "tenant", "created", sqlite_where=UNBEGUN, postgresql_where=UNBEGUN),
    Index("jobs_waiting", "priority", "tenant", "pages_queued", sqlite_where=WAITING, postgresql_where=WAITING),
    Index("jobs_held", "lease_until", sqlite_where=HELD, postgresql_where=HELD),
    Index("jobs_expiring", "expires", sqlite_where=EXPIRING, postgresql_where=EXPIRING),
    Index("jobs_expired", "finished", sqlite_where=EXPIRED, postgresql_where=EXPIRED),
    Index("jobs_left_input", "finished", sqlite_where=LEFT_INPUT, postgresql_where=LEFT_INPUT),
    Index("jobs_pressed", "start_by", sqlite_where=PRESSED, postgresql_where=PRESSED),
    Index("jobs_tenant", "tenant", "created", "id"),
    Index("jobs_created", "created", "id"),
    Index("jobs_same", "source_sha256", "reading_hash", "tenant", "created"),
    Index("jobs_source", "source_key"),
)

# Who comes next: of the tenants with work at a priority, the one that was served least. `served` counts pages from
# where the others stood when the tenant last came to have work, so that waiting earns nothing.
turns = Table(
    "turns",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("priority", Integer, primary_key=True),
    Column("ready", Boolean, nullable=False),  # maybe: it is taken back by whoever finds nothing
    Column("served", BigInteger, nullable=False),
    Index("turns_next", "ready", "priority", "served"),
)

pages = Table(
    "pages",
    metadata,
    Column("job_id", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", String(12), nullable=False),
    Column("solo", Boolean, nullable=False, default=False),  # suspected of killing its worker: runs alone
    Column("tries", Integer, nullable=False, default=0),  # begun alone, and its worker came to grief
    Column("lost", Integer, nullable=False, default=0),  # begun, and its worker is gone, nobody knows why
    Column("unit_pages", Integer, nullable=False, default=0),  # of the unit that was claimed last with this page
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
    Index("pages_queue", "job_id", "solo", "number", sqlite_where=QUEUED, postgresql_where=QUEUED),
    Index("pages_held", "lease_until", sqlite_where=HELD, postgresql_where=HELD),
    Index("pages_key", "key", sqlite_where=KEPT, postgresql_where=KEPT),
)

events = Table(
    "events",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("job_id", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("data", JSON, nullable=False),
    Column("at", Float, nullable=False),
    Index("events_job", "job_id", "id"),
    sqlite_autoincrement=True,
)

# What was asked and answered about what a job has read.
chats = Table(
    "chats",
    metadata,
    Column("job_id", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("said", LargeBinary, nullable=False),  # sealed JSON
    Column("at", Float, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("job_id", String(32), nullable=False),  # no foreign key: a message outlives the job's row
    Column("tenant", String(64), nullable=False),
    Column("key_id", String(32), nullable=False, default=""),  # whose secret signs it
    Column("kind", String(8), nullable=False),
    Column("url", LargeBinary, nullable=False),  # sealed
    Column("body", JSON, nullable=False),
    Column("format", String(16), nullable=False, default=""),
    Column("event", String(8), nullable=False, default="closed", server_default="closed"),
    Column("dialect", String(16), nullable=False, default="", server_default=""),  # renders it
    Column("state", String(12), nullable=False),  # held (for another one), waiting, sending, sent, given_up
    Column("tries", Integer, nullable=False, default=0),
    Column("due", Float, nullable=False),  # while it is being sent: when the lease runs out
    Column("token", String(32)),
    Column("node", String(64)),
    Column("last_error", String(255), nullable=False, default=""),
    Column("status", Integer),  # of the receiver's last answer
    Column("created", Float, nullable=False),
    Column("finished", Float),
    Index("outbox_tenant", "tenant", "created"),
    Index("outbox_due", "due", sqlite_where=OPEN, postgresql_where=OPEN),
    Index("outbox_job", "job_id"),
    Index("outbox_finished", "finished"),
)

# Files that callers uploaded to refer to them in jobs, which keep blobs of their own.
files = Table(
    "files",
    metadata,
    Column("id", String(32), primary_key=True),  # 128 bits nobody can guess: whoever knows it may read the file
    Column("tenant", String(64), nullable=False),
    Column("name", String(255), nullable=False, default=""),
    Column("media_type", String(127), nullable=False),
    Column("cap", BigInteger, nullable=False),  # most bytes, as the plan was when the upload was begun
    Column("key", String(255), nullable=False, default=""),  # empty until it is there
    Column("size", BigInteger, nullable=False, default=0),
    Column("sha256", String(64), nullable=False, default=""),
    Column("created", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Index("files_tenant", "tenant", "created"),
    Index("files_expires", "expires"),
    Index("files_key", "key", sqlite_where=KEPT, postgresql_where=KEPT),
)

file_parts = Table(
    "file_parts",  # of uploads in parts, until they are put together
    metadata,
    Column("file_id", String(32), ForeignKey("files.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", String(255), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Index("file_parts_key", "key"),
)

# Secrets that took the place of the first one (in `keys`; of the installation for the empty id).
webhook_secrets = Table(
    "webhook_secrets",
    metadata,
    Column("key_id", String(32), primary_key=True),
    Column("secret", LargeBinary, nullable=False),  # sealed
    Column("before", LargeBinary, nullable=False),  # sealed; signs for a day yet
    Column("replaced", Float, nullable=False),
)

# Blobs nobody refers to any more, until somebody says that they are deleted: a crash in between leaves no text behind.
trash = Table(
    "trash",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("until", Float, nullable=False),  # before that a unit that was called off may still write it
)

duties = Table(
    "duties",  # what one process does for all
    metadata,
    Column("name", String(32), primary_key=True),
    Column("node", String(64), nullable=False),
    Column("until", Float, nullable=False),  # then anybody may take it over
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

rates = Table(
    "rates",  # how often jobs come
    metadata,
    Column("account", String(80), primary_key=True),
    Column("whole", Float, nullable=False),  # when all of what is allowed is allowed again
    Index("rates_whole", "whole"),
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
