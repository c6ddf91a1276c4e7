"""The connection to the database: SQLite in WAL mode, or Postgres, each with what makes it fast and safe.

On SQLite a transaction begins as the writer (`BEGIN IMMEDIATE`), since one that becomes it later may fail, unless it is
said to read only. Writers of one process wait for one another at a lock, which wakes them at once; SQLite's own waiting
(sleeping and trying again) is left for other processes.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa

_BUSY_SECONDS = 30.0
_PATIENCE_SECONDS = 0.2  # of something others wait for that can be done later
_CONNECTIONS = 64  # the server's threads and the dispatcher's; none is made before it is needed
_READS_ONLY = "legenda_reads_only"


class Database:
    """An engine and its two kinds of transactions. Thread safe.

    Args:
        url: SQLAlchemy URL of SQLite or Postgres (psycopg).
    """

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._writer: AbstractContextManager[Any] = threading.Lock() if self.sqlite else nullcontext()
        self.engine = _sqlite(self.url) if self.sqlite else _postgres(self.url)
        self._reading = reading(self.engine)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction: committed at the end, rolled back by an exception."""
        with self._writer, self.engine.begin() as db:
            yield db

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection to read with; on SQLite it sees one moment, on Postgres each statement sees its own."""
        with self._reading.connect() as db:
            yield db

    def forget(self) -> bool:
        """Leave nothing of what was deleted in SQLite's log; `False` if readers are in the way, so try again later."""
        if not self.sqlite:
            return True
        with self._writer, closing(self.engine.raw_connection()) as connection:
            connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_SECONDS * 1000:.0f}")
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000:.0f}")
        return not busy

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def reading(engine: sa.Engine) -> sa.Engine:
    """The same engine for connections that only read: on SQLite they wait for no writer."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{_READS_ONLY: True})
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _postgres(url: sa.URL) -> sa.Engine:
    if url.get_driver_name() in ("", "psycopg2") and url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    return sa.create_engine(url, pool_size=16, max_overflow=_CONNECTIONS - 16, hide_parameters=True, pool_pre_ping=True)


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        file = Path(url.database)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)  # the files beside it get the same mode
    # errors are logged, and parameters are names, and worse
    engine = sa.create_engine(url, pool_size=16, max_overflow=_CONNECTIONS - 16, hide_parameters=True)
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by us, never by the driver
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000:.0f}")
    _write_ahead(connection)
    # what was written is safe when a process dies; when the machine loses power the last moments may be lost, not more
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    # what is deleted leaves no text in free pages of the file
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA cache_size = -16384")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Two processes that open a new file at once: changing the mode does not wait for the other one by itself."""
    end = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def _begin(db: sa.Connection) -> None:
    reads = db.get_execution_options().get(_READS_ONLY)
    connection: sqlite3.Connection = db.connection.dbapi_connection  # type: ignore[assignment]
    connection.execute("BEGIN" if reads else "BEGIN IMMEDIATE")
