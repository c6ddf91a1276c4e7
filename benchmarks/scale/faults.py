"""Pages on three Ray nodes, while nodes, the head, the database and the bucket fail, and one page kills its readers."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from rays import Rays, rays

from benchmarks.scale.services import Database, Weak, joined, services
from benchmarks.serve import inputs
from benchmarks.serve.inputs import BLACK, WHITE
from benchmarks.serve.measured import Measured
from benchmarks.serve.server import PLUGIN, Server
from legenda.client import Client
from legenda.jobs.record import FINAL

_BACK = 10.0
"""Seconds within which work is to go on after a fault is over."""
_OUTAGE = 20.0
_SECONDS = 0.1  # a page
_TRIES = 3
_HEAD = "the head killed and restarted"


def run(folder: Path, *, quick: bool) -> list[Measured]:
    """All of it: 2,000 pages, or 400.

    Args:
        folder: for state, removed by the caller.
        quick: with fewer pages.
    """
    jobs, pages = (8, 50) if quick else (20, 100)
    engines = {"PYTHONPATH": str(PLUGIN), "LEGENDA_BENCH_SECONDS": str(_SECONDS)}
    with services() as (database, weak, bucket), rays(engines | bucket) as cluster:
        cluster.head()
        cluster.node("one")
        cluster.node("two")
        os.environ["RAY_ADDRESS"] = cluster.address
        shared = {"database_url": database.url, "blobs_url": "s3://legenda/faults", "secret_key": "k" * 32}
        settings = shared | {"executor": "ray", "workers": 3, "lease_seconds": 6}
        with Server(folder / "server", seconds=_SECONDS, **settings) as server, server.client() as client:
            client.submit(inputs.pdf(3), engine="pace").wait()
            joined(server)
            faults = _run(client, database, weak, cluster, jobs, pages)
            rows = _told(database, faults, jobs * pages + 3)
            killed = dict(faults)[_HEAD]
            how = (
                f"until Ray had started again, {joined(server, killed) - killed:.1f} s later, the server read by itself"
            )
            return [replace(row, how=how) if row.promise == _HEAD else row for row in rows]


def _run(
    client: Client, database: Database, weak: Weak, cluster: Rays, jobs: int, pages: int
) -> list[tuple[str, float]]:
    total = jobs * pages
    ids = [client.submit(inputs.pdf(_greys(n, pages)), engine="stumble").id for n in range(jobs)]
    faults = []

    def strike(share: float, name: str, fault: Callable[[], None], *, over: bool = False) -> None:
        """Nothing can be done without a database or a bucket: of these only the time counts when it is over."""
        while len(database.page_times()) < share * total:
            time.sleep(0.2)
        print(f"{name} at {share:.0%}", flush=True)
        began = time.time()
        fault()
        faults.append((name, time.time() if over else began))

    def head() -> None:
        cluster.kill("head")
        cluster.kill("two")  # a node does not know another head than its own
        cluster.head()
        cluster.node("two")
        cluster.node("three")

    def storage() -> None:
        weak.failing.set()
        time.sleep(_OUTAGE)
        weak.failing.clear()

    strike(0.1, "a node killed", lambda: cluster.kill("one"))
    strike(0.3, _HEAD, head)
    strike(0.55, "Postgres killed and restarted", database.restart, over=True)
    strike(0.75, f"S3 answering 500 for {_OUTAGE:.0f} s", storage, over=True)
    for id in ids:
        while client.job(id).state not in FINAL:
            time.sleep(0.5)
    return faults


def _greys(job: int, pages: int) -> list[float]:
    return [BLACK if job == 1 and n == pages // 2 else WHITE for n in range(pages)]


def _told(database: Database, faults: list[tuple[str, float]], total: int) -> list[Measured]:
    pages, told, times = database.pages(), Counter(database.told()), database.page_times()
    states = Counter(state for state, _ in pages)
    poison = sum(tries >= _TRIES for _, tries in pages)
    once = len(told) == total and set(told.values()) == {1}
    rows = [
        Measured(
            f"{total:,} pages on 3 Ray nodes, one of which kills its readers",
            "every other page done exactly once, none lost",
            f"{states['done']:,} done ({poison} of them by the fallback engine), {states['failed']} failed, "
            f"{total - states['done'] - states['failed']} lost; {sum(told.values()) - len(told)} counted twice",
            once and states["done"] + states["failed"] == total and states["failed"] <= 1,
            f"{times[-1] - times[0]:.0f} s, {_SECONDS:g} s a page",
        )
    ]
    for name, since in faults:
        later = [at for at in times if at > since]
        back = later[0] - since if later else None
        pauses = [b - a for a, b in pairwise([since, *later]) if a - since < 30]
        rows.append(
            Measured(
                name,
                f"back at work within {_BACK:.0f} s",
                "never"
                if back is None
                else f"the next page after {back:.1f} s; longest pause within 30 s {max(pauses):.1f} s",
                back is not None and back <= _BACK and max(pauses) <= _BACK,
            )
        )
    return rows
