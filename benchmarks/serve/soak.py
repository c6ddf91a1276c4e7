"""Memory of the server over thousands of jobs and over a long document."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.serve import callers, inputs
from benchmarks.serve.measured import Measured
from benchmarks.serve.server import Server
from legenda.client import Client

WORKERS = 2
_CALLERS = 4


def run(folder: Path, *, quick: bool) -> list[Measured]:
    """All of it.

    Args:
        folder: for the state of servers, removed by the caller.
        quick: seconds instead of minutes.
    """
    return [many_jobs(folder / "jobs", 200 if quick else 5000), long_document(folder / "long", 100 if quick else 1000)]


def many_jobs(folder: Path, jobs: int) -> Measured:
    """One-page jobs, several callers; growth from the first fifth to the end."""
    with Server(folder, seconds=0.0, workers=WORKERS) as server, server.client() as client:
        with ThreadPoolExecutor(_CALLERS) as threads:
            first = jobs // 5
            texts = list(threads.map(lambda _: _read(client), range(first)))
            before = server.megabytes()
            began = time.monotonic()
            texts += threads.map(lambda _: _read(client), range(jobs - first))
            took = time.monotonic() - began
        after = server.megabytes()
        complaints = len(server.complaints())
    failed = texts.count("")
    growth = (after - before) / (jobs - first)
    return Measured(
        f"{jobs} jobs",
        "the server grows by less than 0.05 MB a job",
        f"{growth:+.4f} MB a job ({before:.0f} to {after:.0f} MB), {failed} failed, {complaints} errors in the log",
        growth < 0.05 and not failed and not complaints if jobs >= 1000 else None,
        f"{(jobs - first) / took:.1f} jobs/s, results got and jobs kept",
    )


def _read(client: Client) -> str:
    return client.submit(inputs.picture(), engine="pace").wait().document().text


def long_document(folder: Path, pages: int) -> Measured:
    """A long document: how much the server holds, and what can be read before it is done."""
    peak = 0.0
    with Server(folder, seconds=0.05, workers=WORKERS) as server, server.client() as client:
        job = client.submit(inputs.pdf(pages), engine="pace")
        while _state(server, job.id, 1) != "done":
            time.sleep(0.02)
        early = _state(server, job.id, 10) != "done"
        got = 0
        for page in job.pages():
            got += bool(page.text)
            peak = max(peak, server.megabytes())
        document = len(job.document().pages)
        peak = max(peak, server.megabytes())
    return Measured(
        f"a PDF of {pages:,} pages",
        "server under 500 MB, page 1 readable before page 10 is done",
        f"{peak:.0f} MB at most, page 1 {'before' if early else 'not before'} page 10, {got} pages streamed",
        peak < 500 and early and got == document == pages,
    )


def _state(server: Server, job: str, page: int) -> str:
    """Of a page; empty while pages are not counted."""
    return str(callers.get(server.url, f"/v1/jobs/{job}/pages/{page}").get("state", ""))
