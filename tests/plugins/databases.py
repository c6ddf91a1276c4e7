"""Databases with empty tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from legenda.jobs import schema


def on_sqlite(url: str, **options: Any) -> sa.Engine:
    """SQLite whose transactions write from the start (`BEGIN IMMEDIATE`), as the store's do."""
    engine = sa.create_engine(url, connect_args={"timeout": 30, "check_same_thread": False}, **options)

    @event.listens_for(engine, "connect")
    def leave_transactions_to_us(connection: object, record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    schema.metadata.create_all(engine)
    return engine


def on_postgres(url: str) -> sa.Engine:
    engine = sa.create_engine(url)
    schema.metadata.drop_all(engine)
    schema.metadata.create_all(engine)
    return engine
