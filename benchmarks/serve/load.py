"""Polls and uploads while every worker is busy, refusals, and what the service costs beside the library."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

from benchmarks.serve import callers, inputs, vendors
from benchmarks.serve.measured import Measured, percentile
from benchmarks.serve.server import Server, plugged
from benchmarks.serve.waiting import closed, states
from legenda.client import Client, RemoteJob

WORKERS = 2
_ROOT = Path(__file__).resolve().parents[2]
_CALLERS = 8
_TELLING = 24  # pages from which a rate says something
_IN_FLIGHT = 12  # pages of units begun before or not ended after a measurement: three of four pages


def run(folder: Path, *, quick: bool) -> list[Measured]:
    """All of it.

    Args:
        folder: for the state of servers, removed by the caller.
        quick: seconds instead of minutes.
    """
    found = []
    with Server(folder / "busy", seconds=0.2, workers=WORKERS) as server, server.client() as client:
        busy = client.submit(inputs.pdf(3000), engine="spin")
        busy.counted()
        found.append(polls(server, busy.id, 2.0 if quick else 15.0))
        found.append(uploads(server, client, 60 if quick else 200))
        busy.cancel()
    with Server(folder / "idle", seconds=0.0, workers=WORKERS) as server, server.client() as client:
        found.append(latency(client, 20 if quick else 200))
    with Server(folder / "full", seconds=0.2, workers=1, queue_pages=10) as server:
        found.append(refusals(server, 40 if quick else 100))
    found.append(queue(folder / "queue", 200 if quick else 100_000, 20 if quick else 1200))
    found.append(overhead(folder / "overhead", 6 if quick else 48, 1 if quick else 3))
    return found + vendors.run(folder / "vendors", quick=quick)


def polls(server: Server, job: str, seconds: float) -> Measured:
    """Status of a running job, asked for all the time."""
    answers = callers.poll(server.url, f"/v1/jobs/{job}", _CALLERS, seconds)
    rate = len(answers.seconds) / seconds
    p50, p99 = (percentile(answers.seconds, share) for share in (0.5, 0.99))
    other = sum(answers.statuses.values()) - answers.statuses[200]
    return Measured(
        "status polls while all workers are busy",
        "500 a second, p99 under 50 ms",
        f"{rate:.0f} a second, p50 {1000 * p50:.1f} ms, p99 {1000 * p99:.1f} ms, {other} failed",
        rate >= 500 and p99 < 0.05 and not other,
        f"{_CALLERS} callers, {seconds:g} s, {os.cpu_count()} cores shared by server, workers and callers",
    )


def uploads(server: Server, client: Client, count: int) -> Measured:
    """One-page uploads at the same moment, while all workers are busy."""
    answers = callers.submit(server.url, [inputs.picture() for _ in range(count)], {"engine": "pace", "priority": "5"})
    jobs = closed(client, [body["id"] for body in answers.bodies if "id" in body], 120)
    dropped = count - states(jobs)["done"]
    return Measured(
        f"{count} one-page uploads at once",
        "none dropped, no 5xx",
        f"{dropped} dropped, {answers.count(5)} 5xx, {answers.statuses[0]} connections failed",
        not dropped and not answers.count(5, 0),
        f"slowest answer {max(answers.seconds, default=0):.1f} s",
    )


def latency(client: Client, count: int) -> Measured:
    """From the first byte sent to the engine's beginning, with nothing else to do."""
    client.read(inputs.picture(), engine="pace")  # workers start when they are first needed
    waited = []
    for _ in range(count):
        began = time.time()
        waited.append(float(client.read(inputs.picture(), engine="pace").text) - began)
    p95 = percentile(waited, 0.95)
    return Measured(
        "upload to start of reading, idle",
        "p95 under 200 ms",
        f"p50 {1000 * percentile(waited, 0.5):.0f} ms, p95 {1000 * p95:.0f} ms",
        p95 < 0.2,
        f"{count} pictures one after the other",
    )


def refusals(server: Server, count: int) -> Measured:
    """More pages than may wait."""
    answers = callers.submit(server.url, [inputs.picture() for _ in range(count)], {"engine": "pace"})
    refused, taken = answers.statuses[429], answers.count(2)
    return Measured(
        "uploads over the cap of the queue",
        "429 with Retry-After",
        f"{taken} taken, {refused} refused, {answers.retry_after} with Retry-After, {count - taken - refused} other",
        bool(refused) and answers.retry_after == refused and taken + refused == count,
        f"{count} at once, cap of 10 pages",
    )


def queue(folder: Path, waiting: int, pages: int, seconds: float = 0.05) -> Measured:
    """Pages of an engine that takes 50 ms, with many waiting: what is lost between them, and that each is read once."""
    document = inputs.pdf(pages)
    bare, _ = _bare(folder, document, "pace", seconds)
    settings = {"workers": WORKERS, "queue_pages": 10**6}
    with Server(folder, seconds=seconds, **settings) as server, server.client() as client:
        sizes = [5000] * (waiting // 5000) + [waiting % 5000] * bool(waiting % 5000)
        others = []
        for priority, size in enumerate(sizes, -10):  # each before the last: else its pages wait until those are read
            others.append(client.submit(inputs.pdf(size), engine="pace", priority=priority))
            others[-1].counted()
        job = client.submit(document, engine="pace", priority=10)
        job.counted()
        began, reads, meanwhile = time.time(), server.reads(), _done(others)
        taken = _finished(job.wait()) - began
        reads, meanwhile = server.reads() - reads, _done(others) - meanwhile
    lost = 1 - bare / taken
    twice = reads - meanwhile - pages
    once = job.status["progress"]["done"] == pages and abs(twice) <= _IN_FLIGHT
    return Measured(
        f"{waiting:,} pages waiting, an engine of {1000 * seconds:.0f} ms",
        "overhead at most 5 %, results exactly once",
        f"{lost:.1%} overhead ({pages / taken:.1f} pages/s, library alone {pages / bare:.1f}); "
        f"{job.pages_done} of {pages} pages done, {max(0, twice - _IN_FLIGHT)} read twice",
        lost <= 0.05 and once if pages >= _TELLING else None,
        f"measured over {pages} pages that go before those",
    )


def _finished(job: RemoteJob) -> float:
    """When it was, by the server, since polls come late."""
    return datetime.fromisoformat(job.status["finished"]).timestamp()


def _done(jobs: list[RemoteJob]) -> int:
    return sum(job.refresh().pages_done for job in jobs)


def overhead(folder: Path, pages: int, rounds: int) -> Measured:
    """Real pages by the real engine: the server beside the library."""
    document = _scan(pages)
    rates: dict[str, list[float]] = {"library": [], "server": []}
    costs: dict[str, list[float]] = {"library": [], "server": []}
    with Server(folder, workers=WORKERS) as server, server.client() as client:
        client.read(document + b"\n%warm\n", engine="cpu", text_layer="ignore")  # models are loaded
        for turn in range(rounds):
            wall, used = _bare(folder, document, "cpu", 0)
            rates["library"].append(pages / wall)
            costs["library"].append(used / pages)
            began, before = time.time(), server.processor_seconds()
            job = client.submit(document + b"\n%%%d\n" % turn, engine="cpu", text_layer="ignore").wait()
            rates["server"].append(pages / (_finished(job) - began))
            costs["server"].append((server.processor_seconds() - before) / pages)
    rate = {name: max(found) for name, found in rates.items()}
    cost = {name: min(found) for name, found in costs.items()}
    lost = 1 - rate["server"] / rate["library"]
    return Measured(
        "pages a second of the server beside the library",
        "at most 5 % less",
        f"{rate['server']:.2f} and {rate['library']:.2f}: {-lost:+.1%}; CPU {cost['server']:.3f} and "
        f"{cost['library']:.3f} s a page: {cost['server'] / cost['library'] - 1:+.1%}",
        lost <= 0.05 if pages >= _TELLING else None,
        f"{pages} scanned pages, {WORKERS} workers, best of {rounds}, load of the machine {os.getloadavg()[0]:.1f}",
    )


def _bare(folder: Path, document: bytes, engine: str, seconds: float) -> tuple[float, float]:
    """Seconds of wall clock and processor the library alone takes, its workers warm."""
    folder.mkdir(parents=True, exist_ok=True)
    file, warm = folder / "input.pdf", folder / "warm.pdf"
    file.write_bytes(document)
    warm.write_bytes(inputs.pdf(8) if engine == "pace" else document)
    environment = os.environ | {"PYTHONPATH": plugged(str(_ROOT)), "LEGENDA_BENCH_SECONDS": str(seconds)}
    command = [sys.executable, "-m", "benchmarks.serve.bare", file, engine, str(WORKERS), warm]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    wall, used = map(float, done.stdout.split())
    return wall, used


def _scan(pages: int) -> bytes:
    """The bundled page as a scan of many pages."""
    from PIL import Image

    from benchmarks.corpus import EXAMPLE

    with Image.open(EXAMPLE) as opened:
        image = opened.convert("L")
    out = io.BytesIO()
    image.save(out, "PDF", save_all=True, append_images=[image] * (pages - 1), resolution=150)
    return out.getvalue()
