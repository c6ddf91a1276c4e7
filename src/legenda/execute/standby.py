"""Worker processes of this machine, which stand in for a cluster that is away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from legenda.execute.local import LocalExecutor


class Standby:
    """Has a place for as many units as it has workers: the others wait for either, a place or the cluster.

    Args:
        workers: processes.
        units: of work after which one is replaced.
    """

    def __init__(self, workers: int, units: int) -> None:
        self._workers, self._units = workers, units
        self._lock = threading.Lock()
        self._local: LocalExecutor | None = None
        self._taken = 0

    @contextmanager
    def place(self) -> Iterator[LocalExecutor | None]:
        """What runs a unit at once; `None` if no worker is free."""
        with self._lock:
            full = self._taken == self._workers
            if not full:
                self._taken += 1
                self._local = self._local or LocalExecutor(self._workers, self._units)
        if full:
            yield None
            return
        try:
            yield self._local
        finally:
            with self._lock:
                self._taken -= 1

    def rest(self) -> None:
        """End the processes, unless some are at work."""
        with self._lock:
            local, self._local = (None, self._local) if self._taken else (self._local, None)
        if local:
            local.close()

    def close(self) -> None:
        """End the processes; units being run raise `UnitLostError`."""
        with self._lock:
            local = self._local
        if local:
            local.close()
