"""Until many jobs are over."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable

from legenda.client import Client, RemoteJob

_OVER = ("done", "partial", "failed", "cancelled", "expired")


def closed(client: Client, ids: Iterable[str], seconds: float) -> dict[str, RemoteJob]:
    """Ask for all of them until they are over, or the time is; as they stand then."""
    deadline = time.monotonic() + seconds
    jobs = {id: client.job(id) for id in ids}
    while open_jobs := [job for job in jobs.values() if job.state not in _OVER]:
        if time.monotonic() > deadline:
            break
        for job in open_jobs[:20]:  # those handed in first are over first
            job.refresh()
        time.sleep(0.2)
    return jobs


def states(jobs: dict[str, RemoteJob]) -> Counter[str]:
    """How many are in each state."""
    return Counter(job.state for job in jobs.values())


def pages_done(jobs: dict[str, RemoteJob]) -> int:
    """Pages read over all of them."""
    return sum(int(job.status["progress"]["done"]) for job in jobs.values())
