"""Pages a second with one job and with two, and how long a program takes from a cold start."""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.corpus import EXAMPLE, corpus
from benchmarks.drawn import write_text_pdf
from benchmarks.measure import Worker, command, tree_seconds
from benchmarks.settings import Bar, Settings

AREAS = ("pages_en", "receipts", "drawn")
EFFORTS = ("balanced", "fast", "accurate")
EACH, TIMES = 24, 3  # pages of an area, read over: else the last page, with a worker idle beside it, says too much
TEXT = "born-digital PDF"


def run(settings: Settings, bar: Bar) -> None:
    """Measure both; runs of one and two jobs take turns."""
    files = [item.file for item in corpus(settings.evaldata, settings.out, AREAS, EACH)]
    text = write_text_pdf(settings.out / "text.pdf", settings.size(500, 200))
    rounds = settings.size(3, 1)
    efforts = EFFORTS[: settings.size(3, 1)]
    starts = cold_starts()
    bar.begin("throughput", (len(efforts) + 1) * 2 * rounds + len(starts))
    rates = {effort: _rates(settings, bar, effort, files, rounds) for effort in efforts}
    own_text = _rates(settings, bar, "balanced", [text], rounds)
    cold: dict[str, Any] = {}
    for name, args in starts.items():
        measured = command(args, settings.size(5, 1))
        cold[name] = {"wall": measured.wall, "cpu": measured.cpu, "code": measured.value}
        bar.step(name)
    settings.keep("throughput", {"pages": len(files), "rates": rates, "text": {TEXT: own_text}, "cold": cold})


def _rates(settings: Settings, bar: Bar, effort: str, files: list[Path], rounds: int) -> dict[str, Any]:
    """Pages a second by number of jobs, CPU seconds a page, and the load of the machine meanwhile."""
    passes: dict[int, list[tuple[int, float, float]]] = {1: [], 2: []}
    with ExitStack() as stack:
        log = settings.log("throughput")
        workers = {jobs: stack.enter_context(Worker(functools.partial(reading, effort, jobs), log)) for jobs in passes}
        for jobs, worker in workers.items():
            worker.call(files * 2 * jobs)  # so that every process has seen every shape of page, or nearly
        for _ in range(rounds):
            for jobs, worker in workers.items():
                passes[jobs].append(worker.call(files * TIMES).value)
                bar.step(f"{effort}, jobs {jobs}")
    # the quickest of the rounds: other programs on the machine only ever add time
    rates: dict[str, Any] = {str(jobs): max(n / wall for n, wall, _ in done) for jobs, done in passes.items()}
    cpu = {str(jobs): min(cpu / n for n, _, cpu in done) for jobs, done in passes.items()}
    return rates | {"cpu": cpu, "load": os.getloadavg()[0]}


def reading(effort: Any, jobs: int) -> Callable[[list[Path]], tuple[int, float, float]]:
    """A reader that stays; reading files with it gives pages, wall seconds and CPU seconds."""
    from legenda import Document, Reader, ReadOptions

    reader = Reader(ReadOptions(effort=effort), jobs)

    def read(files: list[Path]) -> tuple[int, float, float]:
        spent, began = tree_seconds(), time.perf_counter()
        if len(files) < jobs * 2:  # one document
            pages = sum(1 for file in files for _ in reader.pages(file))
        else:
            documents = [document for _, document in reader.read_many(files)]
            pages = sum(len(document.pages) for document in documents if isinstance(document, Document))
        return pages, time.perf_counter() - began, tree_seconds() - spent

    return read


def cold_starts() -> dict[str, list[str | Path]]:
    """Whole commands that read the bundled example page."""
    rapid = "import sys; from rapidocr import RapidOCR; print(RapidOCR()(sys.argv[1]).txts)"
    return {
        "legenda read --effort fast": ["legenda", "read", "-q", "--effort", "fast", EXAMPLE],
        "legenda read": ["legenda", "read", "-q", EXAMPLE],
        "legenda read --effort accurate": ["legenda", "read", "-q", "--effort", "accurate", EXAMPLE],
        "tesseract": ["tesseract", EXAMPLE, "-"],
        "RapidOCR (python -c)": [sys.executable, "-c", rapid, EXAMPLE],
    }


def best_ratio(rates: dict[str, dict[str, float]]) -> float:
    """Two jobs over one, the middle one of the efforts."""
    return median(rate["2"] / rate["1"] for rate in rates.values())
