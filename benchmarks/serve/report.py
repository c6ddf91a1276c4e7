"""What a suite found, as a table on the terminal and as a section of `RESULTS.md`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.serve.measured import Measured

SUITES = {"load": "Server under load", "faults": "Server under faults", "soak": "Server over time"}
_END = "## How this was measured"


def section(suite: str, kept: dict[str, Any]) -> str:
    """Markdown of what was kept of a suite."""
    rows = [Measured(**row) for row in kept["rows"]]
    note = " **A quick look: sizes are small.**" if kept["quick"] else ""
    lines = [
        f"## {SUITES[suite]}",
        "",
        f"Measured on {kept['date']} with `make {suite}` in {kept['wall'] / 60:.0f} minutes; {kept['machine']}.{note}",
        "",
        "| promise | wanted | measured | | how |",
        "| --- | --- | --- | --- | --- |",
        *(f"| {row.promise} | {row.wanted} | {row.found} | {_verdict(row)} | {row.how} |" for row in rows),
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
