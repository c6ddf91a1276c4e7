"""Pages a second with one job and with two, and how long a program takes from a cold start."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.corpus import EXAMPLE, corpus
from benchmarks.measure import apart, command
from benchmarks.settings import Bar, Settings

AREAS = ("pages_en", "receipts", "drawn")
EFFORTS = ("balanced", "fast", "accurate")


def run(settings: Settings, bar: Bar) -> None:
    """Measure both; runs of one and two jobs take turns."""
    files = [item.file for item in corpus(settings.evaldata, settings.out, AREAS, settings.size(12, 3))]
    rounds = settings.size(2, 1)
    efforts = EFFORTS[: settings.size(3, 1)]
    starts = cold_starts()
    bar.begin("throughput", len(efforts) * 2 * rounds + len(starts))
    rates: dict[str, dict[str, float]] = {}
    for effort in efforts:
        seconds: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(rounds):
            for jobs in seconds:
                measured = apart(settings.log("throughput"), read_all, files, effort, jobs)
                seconds[jobs].append(measured.value)
                bar.step(f"{effort}, jobs {jobs}")
        # the quickest of the rounds: other programs on the machine only ever add time
        rates[effort] = {str(jobs): len(files) / min(times) for jobs, times in seconds.items()}
    cold: dict[str, Any] = {}
    for name, args in starts.items():
        measured = command(args, settings.size(5, 1))
        cold[name] = {"wall": measured.wall, "cpu": measured.cpu, "code": measured.value}
        bar.step(name)
    settings.keep("throughput", {"pages": len(files), "rates": rates, "cold": cold})


def read_all(files: list[Path], effort: Any, jobs: int) -> float:
    """Read files with so many jobs; wall seconds, models loaded before."""
    from legenda.options import ReadOptions
    from legenda.pipeline import Reader

    with Reader(ReadOptions(effort=effort), jobs) as reader:
        for _ in reader.read_many([EXAMPLE, *files[:1]]):
            pass
        began = time.perf_counter()
        for _ in reader.read_many(files):
            pass
        return time.perf_counter() - began


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
