"""What a suite found, as a table on the terminal and as a section of `RESULTS.md`."""

from __future__ import annotations

import json
import os
import platform
import re
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.serve.measured import Measured

SUITES = {
    "load": "Server under load",
    "faults": "Server under faults",
    "soak": "Server over time",
    "scale-faults": "Ray cluster under faults",
    "scale-batches": "Batches",
    "scale-growth": "More processes and nodes",
}
"""Titles; what comes after a hyphen is a part of a suite, `make scale ARGS=faults`."""
_END = "## How this was measured"


def keep(suite: str, rows: Sequence[Measured], began: float, folder: Path, target: Path, **more: Any) -> None:
    """Keep what was measured for later reports, and put it into this one.

    Args:
        suite: of `SUITES`.
        rows: what was found.
        began: seconds since 1970.
        folder: of what is kept.
        target: the report.
        more: `plot` is the path of a picture, as the report names it.
    """
    date, wall = time.strftime("%Y-%m-%d", time.gmtime(began)), time.time() - began
    kept = {"date": date, "wall": wall, "machine": machine(), "rows": [asdict(row) for row in rows], **more}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"serve-{suite}.json").write_text(json.dumps(kept, indent=1), "utf-8")
    replace(target, section(suite, kept))


def machine() -> str:
    """Where this runs, and what else runs there: the load of the last quarter of an hour."""
    facts = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in facts if line.startswith("model name")]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{cores} cores; {names[0] if names else platform.processor()}; {system}; load {os.getloadavg()[2]:.1f}"


def section(suite: str, kept: dict[str, Any]) -> str:
    """Markdown of what was kept of a suite."""
    rows = [Measured(**row) for row in kept["rows"]]
    command = suite.replace("-", " ARGS=")
    plot = ["", f"![{SUITES[suite]}]({kept['plot']})"] if "plot" in kept else []
    lines = [
        f"## {SUITES[suite]}",
        "",
        f"Measured on {kept['date']} with `make {command}` in {kept['wall'] / 60:.0f} minutes; {kept['machine']}.",
        "",
        "| promise | wanted | measured | | how |",
        "| --- | --- | --- | --- | --- |",
        *(f"| {row.promise} | {row.wanted} | {row.found} | {_verdict(row)} | {row.how} |" for row in rows),
        *plot,
    ]
    return "\n".join(lines)


def replace(target: Path, text: str) -> None:
    """Put a section into a report in place of the one with its title, else before the end; the rest stays as it is."""
    report = target.read_text("utf-8") if target.exists() else "# Results\n"
    title = text.partition("\n")[0]
    old = re.search(rf"^{re.escape(title)}\n.*?(?=^## |\Z)", report, re.M | re.S)
    if old:
        report = report[: old.start()] + text + "\n\n" + report[old.end() :]
    elif _END in report:
        report = report.replace(_END, f"{text}\n\n{_END}", 1)
    else:
        report = f"{report.rstrip()}\n\n{text}\n"
    target.write_text(report.rstrip() + "\n", "utf-8")


def table(rows: Sequence[Measured]) -> str:
    """For people at a terminal."""
    lines = []
    for row in rows:
        lines += [
            f"{_verdict(row):8} {row.promise}",
            f"         wanted    {row.wanted}",
            f"         measured  {row.found}",
        ]
        lines += [f"         {row.how}"] if row.how else []
    return "\n".join(lines)


def _verdict(row: Measured) -> str:
    return {True: "met", False: "NOT MET", None: "–"}[row.met]
