"""Tells the other processes on a Postgres that something changed, and hears it from them.

A NOTIFY takes a lock of the whole server until its transaction is committed, so it is no part of those that change
something: a thread sends it afterwards, ten a second at most, however much changes. One that is lost costs a second,
since everybody also looks without being told.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

_CHANNEL = "legenda"
_GATHER = 0.1
"""Seconds between two messages, and in which those of others add up: 50 busy processes are 500 messages a second."""
_LISTEN = 5.0
"""Seconds after which a listener looks whether it is to end, though its own process wakes it for that."""
_PAUSE = 1.0
"""Seconds until the database is tried again."""
_TELL = sa.text("SELECT pg_notify(:channel, :me)")

_log = logging.getLogger(__name__)


class News:
    """Two threads, one that tells and one that hears.

    Args:
        engine: of a Postgres.
        heard: called when another process said that something changed.
    """

    def __init__(self, engine: sa.Engine, heard: Callable[[], None]) -> None:
        self._engine, self._heard, self._me = engine, heard, uuid.uuid4().hex
        self._changed, self._ended = threading.Event(), threading.Event()
        self._threads = [
            threading.Thread(target=self._repeat, args=(self._tell,), name="news-out", daemon=True),
            threading.Thread(target=self._repeat, args=(self._listen,), name="news-in", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def tell(self) -> None:
        """Something changed here."""
        self._changed.set()

    def close(self) -> None:
        """Say what is still to be said, and hear nothing more."""
        self._ended.set()
        self._changed.set()
        for thread in self._threads:
            thread.join(_PAUSE)

    def _repeat(self, work: Callable[[], None]) -> None:
        while not self._ended.is_set():
            try:
                work()
            except Exception as error:  # the database is away; its messages may name it, and so what is in its URL
                _log.warning("no news: %s", type(error).__name__)
                self._ended.wait(_PAUSE)

    def _tell(self) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            while not self._ended.is_set():
                self._changed.wait()
                self._changed.clear()
                db.execute(_TELL, {"channel": _CHANNEL, "me": self._me})
                self._ended.wait(_GATHER)

    def _listen(self) -> None:
        pooled = self._engine.raw_connection()
        link: Any = pooled.driver_connection
        pooled.detach()  # it is nobody else's, and not one of those that are counted
        try:
            link.autocommit = True
            link.execute(f"LISTEN {_CHANNEL}")
            self._heard()  # of what happened meanwhile nobody told
            while not self._ended.is_set():
                if any(said.payload != self._me for said in link.notifies(timeout=_LISTEN, stop_after=1)):
                    self._heard()
                    self._ended.wait(_GATHER)
        finally:
            link.close()
