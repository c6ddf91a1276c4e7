"""Keeps the leases of the work that is being done, and learns what is not wanted any more."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from legenda.jobs.record import Claim

if TYPE_CHECKING:
    from legenda.jobs.store import JobStore

_log = logging.getLogger(__name__)
_LOOK = 1.0
"""Seconds after which somebody looks whether a job was cancelled: most units are done by then."""


class Lease:
    """Of a claim.

    Attributes:
        lost: the job was cancelled or deleted, or somebody else holds the claim: stop.
    """

    def __init__(self, claim: Claim) -> None:
        self.claim, self.lost = claim, False
        self.since = self.kept = time.monotonic()


class Leases:
    """All leases of this dispatcher, kept by one thread.

    Args:
        store: that grants them.
        seconds: of a lease; it is kept three times in this time.
    """

    def __init__(self, store: JobStore, seconds: float) -> None:
        self._store, self.seconds = store, seconds
        self._lock = threading.Lock()
        self._held: set[Lease] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="leases", daemon=True)

    def start(self) -> None:
        """Begin to keep leases."""
        self._thread.start()

    def close(self) -> None:
        """Keep no lease any more."""
        self._ended.set()
        if self._thread.is_alive():  # it may never have been started
            self._thread.join()

    @contextmanager
    def held(self, claim: Claim) -> Iterator[Lease]:
        """Keep the lease of a claim meanwhile."""
        lease = Lease(claim)
        with self._lock:
            self._held.add(lease)
        try:
            yield lease
        finally:
            with self._lock:
                self._held.discard(lease)

    def _run(self) -> None:
        while not self._ended.wait(min(_LOOK, self.seconds / 6)):
            with self._lock:
                held = [lease for lease in self._held if time.monotonic() - lease.since > _LOOK]
            for lease in held:
                try:
                    self._keep(lease)
                except Exception:  # the database is away: the lease may run out, and the next beat will tell
                    _log.warning("a lease could not be kept", exc_info=True)

    def _keep(self, lease: Lease) -> None:
        now = time.monotonic()
        if now - lease.kept > self.seconds / 3:
            lease.lost = lease.lost or not self._store.beat(lease.claim, self.seconds)
            lease.kept = now
        else:
            job = self._store.job(lease.claim.job.id)
            lease.lost = lease.lost or job is None or job.final
