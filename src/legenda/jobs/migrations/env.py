"""Alembic's environment: runs on the connection it is given, within the transaction that is open there."""

from __future__ import annotations

from alembic import context

from legenda.jobs.schema import metadata

# SQLite can undo a half-made migration, too, since our transactions are begun by us
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
