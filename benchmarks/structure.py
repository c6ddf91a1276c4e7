"""Pages read with structure: what they cost beside plain ones, whether their text stays, olmOCR-style unit tests."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import fmean, median
from typing import Any

from benchmarks.corpus import MULTI_COLUMN, Item, catalogue, score_module, scorer
from benchmarks.measure import CallFailedError, Worker
from benchmarks.settings import Bar, Settings

AREA = "pages_struct"
TEXT = ("pages_en", "receipts", "multipage")
_SECONDS = 300.0
Read = Callable[[Path], dict[str, Any]]


def make_plain() -> Read:
    """Legenda as it reads text."""
    return _make(structure=False)


def make_structured() -> Read:
    """Legenda with structure."""
    return _make(structure=True)


def _make(*, structure: bool) -> Read:
    from legenda.exports import EXPORTERS, Origin
    from legenda.options import ReadOptions
    from legenda.pipeline import Reader

    reader = Reader(ReadOptions(structure=structure), jobs=1)

    def read(path: Path) -> dict[str, Any]:
        document = reader.read(path)
        out = io.BytesIO()
        exporter = EXPORTERS["md"](out, Origin())
        for page in document.pages:
            exporter.add(page)
        exporter.close()
        kinds = Counter(block.kind for page in document.pages for block in page.blocks)
        text = "\n".join(document.text.splitlines())
        return {"markdown": out.getvalue().decode(), "text": text, "pages": len(document.pages), "kinds": dict(kinds)}

    return read


def run(settings: Settings, bar: Bar) -> None:
    """Read pages with and without structure, turn by turn."""
    items = [item for item in catalogue(settings.evaldata, settings.out) if item.area in TEXT]
    items = [item for k, item in enumerate(items) if not settings.quick or k % 8 == 0]
    tests = list(_tests(settings.evaldata))
    bar.begin("structure", len(items) + len(tests))
    score = scorer(settings.evaldata)
    rows, passed = [], []
    with ExitStack() as stack:
        made = {"plain": make_plain, "structured": make_structured}
        workers = {
            name: stack.enter_context(Worker(make, settings.log(f"structure-{name}"), _SECONDS))
            for name, make in made.items()
        }
        for item in items:
            rows.append({"item": item.name, "area": item.area} | _both(workers, item, score))
            bar.step(item.name)
        for name, path, wanted in tests:
            passed.append({"item": name, "tests": _passed(workers["structured"], path, wanted, settings.evaldata)})
            bar.step(name)
    settings.keep("structure", {"rows": rows, "tests": passed})


def _tests(evaldata: Path) -> Iterator[tuple[str, Path, list[dict[str, Any]]]]:
    manifest = evaldata / "manifest.jsonl"
    for row in map(json.loads, manifest.read_text("utf-8").splitlines() if manifest.is_file() else ()):
        if row["area"] == AREA:
            yield row["id"], evaldata / row["file"], json.loads((evaldata / row["truth_file"]).read_text("utf-8"))


def _both(workers: dict[str, Worker], item: Item, score: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, worker in workers.items():
        try:
            measured = worker.call(item.file)
        except CallFailedError as error:
            found[name] = {"error": str(error)}
            continue
        value = measured.value
        scores = score(item, value["text"])
        found[name] = {"cpu": measured.cpu / value["pages"], "kinds": value["kinds"], **scores}
    return found


def _passed(worker: Worker, path: Path, wanted: list[dict[str, Any]], evaldata: Path) -> dict[str, list[int]]:
    """By type of test: how many pass, and how many there are."""
    module = score_module(evaldata)
    counts = Counter(test["type"] for test in wanted)
    try:
        scores = module.olm_tests(wanted, worker.call(path).value["markdown"]) if module else {}
    except CallFailedError:
        scores = {}
    return {kind: [round(scores.get(f"t_{kind}", 0.0) * count), count] for kind, count in counts.items()}


def ratio(measured: Any) -> float:
    """What a structured page costs, in plain ones, at the median."""
    pairs = [(row["structured"], row["plain"]) for row in measured["rows"]]
    ratios = [s["cpu"] / p["cpu"] for s, p in pairs if "cpu" in s and p.get("cpu")]
    return median(ratios) if ratios else float("nan")


def shares(measured: Any) -> tuple[float, float]:
    """Of the unit tests that pass: all together, and a page's share at the mean."""
    pages = [[sum(pair[k] for pair in page["tests"].values()) for k in (0, 1)] for page in measured["tests"]]
    if not pages:
        return float("nan"), float("nan")
    return sum(p for p, _ in pages) / sum(n for _, n in pages), fmean(p / n for p, n in pages)


def columns(measured: Any) -> tuple[float, float]:
    """Ordered character error rate of pages in columns, plain and structured."""
    rows = [row for row in measured["rows"] if row["item"] in MULTI_COLUMN]
    rows = [row for row in rows if all("cer" in row[name] for name in ("plain", "structured"))]
    if not rows:
        return float("nan"), float("nan")
    return fmean(row["plain"]["cer"] for row in rows), fmean(row["structured"]["cer"] for row in rows)


def section(measured: Any, table: Callable[[Any, Any], str]) -> str:
    """Of the report."""
    rows = []
    for area in TEXT:
        ours = [row for row in measured["rows"] if row["area"] == area and "cpu" in row["plain"]]
        ours = [row for row in ours if "cpu" in row["structured"]]
        if ours:
            means = [fmean(row[n][k] for row in ours) for k in ("f1", "cer", "cpu") for n in ("plain", "structured")]
            rows.append([area, str(len(ours)), *(f"{value:.3f}" for value in means)])
    kinds: dict[str, list[int]] = {}
    for page in measured["tests"]:
        for kind, (passed, count) in page["tests"].items():
            so_far = kinds.setdefault(kind, [0, 0])
            so_far[0], so_far[1] = so_far[0] + passed, so_far[1] + count
    head = ["area", "items", *(f"{k}, {n}" for k in ("word F1", "CER", "CPU s/page") for n in ("plain", "structured"))]
    whole, mean = shares(measured)
    plain, structured = columns(measured)
    return (
        "## Structure\n\n"
        f"A structured page costs {ratio(measured):.2f} plain ones at the median. "
        f"Pages in columns: ordered CER {plain:.3f} plain, {structured:.3f} structured.\n\n"
        + table(head, rows)
        + f"\n\nolmOCR-style unit tests: {whole:.1%} pass ({mean:.1%} of a page's at the mean).\n\n"
        + table(["kind of test", "pass", "of"], [[k, str(p), str(n)] for k, (p, n) in sorted(kinds.items())])
    )
