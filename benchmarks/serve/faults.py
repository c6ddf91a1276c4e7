"""Workers and the server killed at work, and pages that crash, hang and eat memory."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.serve import inputs
from benchmarks.serve.inputs import BLACK, DARK, GREY, WHITE
from benchmarks.serve.measured import Measured
from benchmarks.serve.server import Server
from benchmarks.serve.waiting import closed, pages_done, states
from legenda.client import Client

WORKERS = 2
_UNIT = 4  # pages, see legenda.execute.dispatcher
_PAGES = 6  # a job: two units
_TRIES = 3


def run(folder: Path, *, quick: bool) -> list[Measured]:
    """All of it.

    Args:
        folder: for the state of servers, removed by the caller.
        quick: seconds instead of minutes.
    """
    return [
        workers_killed(folder / "workers", *((20, 6) if quick else (500, 100))),
        server_killed(folder / "server", 60 if quick else 400, 1 if quick else 3),
        bad_pages(folder / "pages"),
    ]


def workers_killed(folder: Path, jobs: int, kills: int) -> Measured:
    """SIGKILL to random workers while jobs are read."""
    random.seed(1)
    with Server(folder, seconds=0.1, workers=WORKERS) as server, server.client() as client:
        pause = jobs * _PAGES * 0.1 / WORKERS / kills * 0.8  # all of them while there is work
        with ThreadPoolExecutor(1) as killer:
            killing = killer.submit(_kill, server, kills, pause)
            ids = [client.submit(inputs.pdf(_PAGES), engine="pace").id for _ in range(jobs)]
            struck = killing.result()
        found = closed(client, ids, 600)
        redone, alive = server.reads() - jobs * _PAGES, server.alive
    how, lost = states(found), jobs * _PAGES - pages_done(found)
    return Measured(
        f"{kills} SIGKILLs of workers during {jobs} jobs",
        "no job lost, at most one unit redone each",
        f"{how['done']} done, {jobs - how['done']} not, {lost} pages lost, {redone} pages begun again",
        how["done"] == jobs and not lost and redone <= struck * _UNIT and alive,
        f"{struck} killed; jobs of {_PAGES} pages, units of {_UNIT}",
    )


def _kill(server: Server, kills: int, pause: float) -> int:
    """Kill workers that have begun to read, with pauses of about so many seconds; how many were killed."""
    struck = 0
    until = time.monotonic() + 600
    while struck < kills and time.monotonic() < until:
        reads = server.reads()
        time.sleep(pause * random.uniform(0.5, 1.5))
        if server.reads() > reads and (workers := server.workers()):
            struck += server.kill_worker(random.choice(workers))
    return struck


def server_killed(folder: Path, pages: int, kills: int) -> Measured:
    """SIGKILL to the server in the middle of a job, again and again."""
    server = Server(folder, seconds=0.05, workers=WORKERS)
    with server:
        with server.client() as client:
            job = client.submit(inputs.pdf(pages), engine="pace").id
        for kill in range(1, kills + 1):
            _reach(server, job, pages * kill // (kills + 1))
            server.kill()
            server.start()
        with server.client() as client:
            found = closed(client, [job], 300)
            redone = server.reads() - pages
    done = pages_done(found)
    most = kills * (WORKERS + 1) * _UNIT
    return Measured(
        f"the server killed {kills} times during a job of {pages} pages",
        "it ends, finished pages are not read again",
        f"{found[job].state}, {done} pages done, {redone} begun again (at most {most} were under way)",
        found[job].state == "done" and done == pages and redone <= most,
    )


def _reach(server: Server, job: str, pages: int) -> None:
    with server.client() as client:
        while client.job(job).pages_done < pages:
            time.sleep(0.05)


def bad_pages(folder: Path) -> Measured:
    """One page that crashes, one that hangs, one that eats memory, among good ones."""
    greys = [WHITE, WHITE, BLACK, WHITE, DARK, WHITE, WHITE, GREY, WHITE, WHITE]
    with Server(folder, workers=WORKERS, page_seconds=5, worker_megabytes=512) as server, server.client() as client:
        began = time.monotonic()
        job = client.submit(inputs.pdf(greys), engine="stumble")
        job = closed(client, [job.id], 300)[job.id]
        took = time.monotonic() - began
        document = job.document()
        reads = server.reads()
        alive = server.alive and bool(_still_reads(client))
    bad = [page for page, grey in zip(document.pages, greys, strict=True) if grey != WHITE]
    fine = sum(bool(page.text) for page, grey in zip(document.pages, greys, strict=True) if grey == WHITE)
    ends = ("failed: " + page.problems[0].code if page.problems else "left to the fallback engine" for page in bad)
    most = len(greys) + len(bad) * (_UNIT + _TRIES)  # each may take the unit it is in with it, once
    return Measured(
        "pages that crash, hang and eat memory",
        f"they are given up after {_TRIES} tries alone, the others are fine",
        f"{fine} of {len(greys) - len(bad)} good pages read; "
        + ", ".join(f"{what} {end}" for what, end in zip(("crash", "hang", "memory"), ends, strict=True)),
        job.state in ("done", "partial") and fine == len(greys) - len(bad) and reads <= most and alive,
        f"{took:.0f} s, {reads} readings begun (at most {most})",
    )


def _still_reads(client: Client) -> str:
    return client.read(inputs.picture(), engine="pace").text
