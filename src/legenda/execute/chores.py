"""What has to be done beside the jobs: messages carried, old jobs forgotten."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from legenda.jobs.names import INPUTS

if TYPE_CHECKING:
    from legenda.blobs import BlobStore
    from legenda.execute.courier import Courier
    from legenda.jobs.store import JobStore

_log = logging.getLogger(__name__)
_LOOK = 2.0
"""Seconds after which the outbox is looked at though nothing changed: a message may have become due."""
_GATHER = 0.1
"""Seconds in which changes add up, so that busy workers do not keep the outbox busy, too."""
_MOST, _LEAST = 60.0, 1.0
_MISSED = 3
"""Pauses after which another process forgets instead."""
_HOUR = 3600.0


class Chores:
    """Two threads: one for messages, one for what is to be forgotten.

    Args:
        store: knows both.
        blobs: to be deleted.
        courier: carries messages.
        retention: seconds results are kept; what is over goes within a twentieth of it, or a minute.
        node: names this process among those that share the store: one of them forgets, all carry messages.
    """

    def __init__(self, store: JobStore, blobs: BlobStore, courier: Courier, retention: float, *, node: str) -> None:
        self._store, self._blobs, self._courier, self._node = store, blobs, courier, node
        self._retention, self._pause = retention, min(_MOST, max(_LEAST, retention / 20))
        self._strays = 0.0  # when they were last looked for
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._repeat, args=(self._carry,), name="messages", daemon=True),
            threading.Thread(target=self._repeat, args=(self._forget,), name="retention", daemon=True),
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def close(self, seconds: float) -> None:
        """Begin nothing more, and wait so many seconds for messages under way."""
        self._ended.set()
        self._store.changed.notify()
        self._courier.close(seconds)
        for thread in filter(threading.Thread.is_alive, self._threads):
            thread.join()

    def _repeat(self, chore: Callable[[], None]) -> None:
        while not self._ended.is_set():
            try:
                chore()
            except Exception:  # the database or the blob store is away
                _log.exception("a chore was left")
                self._ended.wait(_LOOK)

    def _carry(self) -> None:
        version = self._store.changed.version
        self._courier.run_once()
        self._store.changed.wait(version, _LOOK)
        self._ended.wait(_GATHER)

    def _forget(self) -> None:
        if self._store.on_duty("retention", self._node, _MISSED * self._pause):
            self._forget_once()
        self._ended.wait(self._pause)

    def _forget_once(self) -> None:
        seen: set[str] = set()
        # keys come again while somebody may still write them
        while (keys := set(self._store.expire()) - seen) and not self._ended.is_set():
            self._blobs.delete(keys)
            self._store.deleted(keys)
            seen |= keys
        if time.time() >= self._strays + min(_HOUR, self._retention):
            self._strays = time.time()
            inputs = list(self._blobs.list(INPUTS, before=self._strays - self._retention))
            self._blobs.delete(self._store.unknown(inputs))
