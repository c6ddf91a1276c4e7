"""Answers to polls: as long as nothing changes in the store, nobody has to ask it again."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from legenda.document.jsonio import dumps
from legenda.server.api import render

if TYPE_CHECKING:
    from legenda.jobs.record import Job
    from legenda.jobs.store import JobStore

_SECONDS = 1.0  # changes made by other machines are seen this late, as they are by `hub`
_HEARD_SECONDS = 5.0  # the hub tells of those, too; only the place in the queue may be as old as this
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A job as it stood: whose it is, its JSON, how many come before it (where it waits), and when that was."""

    tenant: str
    job: Job
    body: bytes
    position: int | None
    version: int
    taken: float


class Snapshots:
    """Jobs as answers have them. Thread safe.

    Args:
        store: of jobs.
        base: how clients reach the server, put before links.
    """

    def __init__(self, store: JobStore, base: str) -> None:
        self._store, self._base = store, base.rstrip("/")
        self._known: dict[str, Snapshot] = {}
        self._changed: dict[str, int] = {}  # the store's version when something was last heard of a job

    def known(self, id: str, *, heard: bool = False) -> Snapshot | None:
        """A job, if what is known of it is still true; does not block.

        Args:
            id: of the job.
            heard: as far as events told so far, some hundredths of a second behind; changes of other jobs do not
                matter then.
        """
        found = self._known.get(id)
        since = self._changed.get(id, 0) if heard else self._store.changed.version
        if found is None or found.version < since:
            return None
        return found if time.monotonic() - found.taken < (_HEARD_SECONDS if heard else _SECONDS) else None

    def forget(self, jobs: Iterable[str]) -> None:
        """Something happened to jobs."""
        if len(self._changed) >= _MOST:  # together, so that no snapshot is thought to be younger than a change
            self._known, self._changed = {}, {}
        for job in jobs:
            self._changed[job] = self._store.changed.version
            self._known.pop(job, None)

    def take(self, id: str) -> Snapshot | None:
        """A job as it stands in the store; `None` if there is none."""
        version = self._store.changed.version  # before the look, so that a change meanwhile counts as later
        job = self._store.job(id)
        if job is None:
            return None
        shown = self.shown(job)
        taken = Snapshot(job.request.tenant, job, dumps(shown).encode(), shown["position"], version, time.monotonic())
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[id] = taken
        return taken

    def shown(self, job: Job) -> render.Json:
        """A job as an answer has it, with its place in the queue and the time it will take."""
        position = self._store.position(job) if not job.final and job.started is None else None
        left = None if job.final else self._store.seconds_left(job)
        return render.job(job, base=self._base, position=position, seconds_left=left)
