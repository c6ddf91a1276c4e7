"""Tables: how near their rows, columns, spans and texts come to the truth, beside other programs.

The others want packages that cannot live beside ours (another OpenCV), so they get a folder of their own:

pip install --no-deps --target benchmarks/out/peers rapid-table==0.3.0 img2table==2.0.0 opencv-contrib-python-headless \
    xlsxwriter beautifulsoup4 soupsieve typing_extensions
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import fmean, median
from typing import Any

from benchmarks.corpus import score_module
from benchmarks.measure import CallFailedError, Worker
from benchmarks.settings import Bar, Settings

AREA = "tables"
WANTED = {"teds": 0.85, "structure": 0.92}
_SECONDS = 120.0
_LARGEST = 900  # nodes: larger trees are compared row by row, as score.py does
Read = Callable[[Path], str]


def make_legenda(*, network: bool = True) -> Read:
    """Legenda, each picture taken for one table; with its network or without."""
    if not network:
        os.environ["LEGENDA_MODELS_DIR"] = os.devnull
    from legenda.document import Document
    from legenda.exports.table_html import html
    from legenda.exports.tables import table
    from legenda.options import ReadOptions
    from legenda.pipeline import Reader

    reader = Reader(ReadOptions(content="table"), jobs=1)

    def read(path: Path) -> str:
        document: Document = reader.read(path)
        return "".join(html(table(block)) for page in document.pages for block in page.blocks)

    return read


def make_rapid_table(peers: Path) -> Read:
    """RapidTable with SLANet-plus, as it comes; the words are RapidOCR's."""
    sys.path.append(str(peers))
    import cv2
    from rapid_table import RapidTable
    from rapidocr import RapidOCR

    cv2.setNumThreads(1)
    one = {f"EngineConfig.onnxruntime.{pool}_op_num_threads": 1 for pool in ("intra", "inter")}
    ocr, structure = RapidOCR(params={**one, "Global.log_level": "critical"}), RapidTable()

    def read(path: Path) -> str:
        found: Any = ocr(path)
        if found.boxes is None:
            return ""
        words = [
            [box.tolist(), text, score] for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        ]
        return str(structure(str(path), words)[0])

    return read


def make_img2table(peers: Path) -> Read:
    """img2table with rows and columns that are not ruled, too; the words are RapidOCR's."""
    sys.path.insert(0, str(peers))
    from img2table.document import Image
    from img2table.ocr import RapidOCR

    ocr = RapidOCR()

    def read(path: Path) -> str:
        found = Image(str(path)).extract_tables(
            ocr=ocr, implicit_rows=True, implicit_columns=True, borderless_tables=True
        )
        return max((str(table.html) for table in found), key=len, default="")

    return read


def programs(settings: Settings) -> dict[str, Callable[[], Read]]:
    """Those that are installed, by what they are called in the report."""
    peers = settings.out / "peers"
    made: dict[str, Callable[[], Read]] = {
        "Legenda": make_legenda,
        "Legenda without its network": partial(make_legenda, network=False),
    }
    for name, folder, make in (
        ("RapidTable 0.3.0 (SLANet-plus)", "rapid_table", make_rapid_table),
        ("img2table 2.0.0", "img2table", make_img2table),
    ):
        if (peers / folder).is_dir():
            made[name] = partial(make, peers)
    return made


def run(settings: Settings, bar: Bar) -> None:
    """Read every table with every program, turn by turn."""
    module = score_module(settings.evaldata)
    items = list(_items(settings.evaldata))[:: 8 if settings.quick else 1] if module else []
    made = programs(settings)
    bar.begin("tables", len(items))
    rows = []
    with ExitStack() as stack:
        workers = {
            name: stack.enter_context(Worker(make, settings.log(f"tables-{k}"), _SECONDS))
            for k, (name, make) in enumerate(made.items())
        }
        for item, path, truth in items:
            rows.append(
                {"item": item, "programs": {name: _read(w, path, truth, module) for name, w in workers.items()}}
            )
            bar.step(item)
    settings.keep("tables", rows)


def _items(evaldata: Path) -> Iterator[tuple[str, Path, str]]:
    manifest = evaldata / "manifest.jsonl"
    for row in map(json.loads, manifest.read_text("utf-8").splitlines() if manifest.is_file() else ()):
        if row["area"] == AREA:
            truth = row.get("truth") or (evaldata / row["truth_file"]).read_text("utf-8")
            yield row["id"], evaldata / row["file"], truth


def _read(worker: Worker, path: Path, truth: str, module: Any) -> dict[str, Any]:
    try:
        measured = worker.call(path)
    except CallFailedError as error:
        return {"teds": 0.0, "structure": 0.0, "error": str(error)}
    found = module.to_html_table(measured.value) or "<table></table>"
    scores = {name: module.teds(truth, found, bare, _LARGEST) for name, bare in (("teds", False), ("structure", True))}
    return {**scores, "cpu": measured.cpu}


def means(measured: Any, program: str) -> dict[str, float]:
    """TEDS, TEDS of the structure alone, share of tables whose structure is right, and median processor seconds."""
    rows = [row["programs"][program] for row in measured if program in row["programs"]]
    return {
        "teds": fmean(row["teds"] for row in rows),
        "structure": fmean(row["structure"] for row in rows),
        "right": fmean(row["structure"] > 0.9999 for row in rows),
        "failed": sum("error" in row for row in rows),
        "cpu": median([row["cpu"] for row in rows if "cpu" in row] or [float("nan")]),
    }


def section(measured: Any, table: Callable[[Any, Any], str]) -> str:
    """Of the report."""
    if not measured:
        return ""
    rows = []
    for program in measured[0]["programs"]:
        found = means(measured, program)
        failed = f" ({found['failed']} failed)" if found["failed"] else ""
        figures = [f"{found[name]:.3f}" for name in ("teds", "structure")]
        rows.append([program + failed, *figures, f"{100 * found['right']:.0f} %", f"{found['cpu']:.2f}"])
    head = ["program", "TEDS", "TEDS of the structure", "structure all right", "CPU s a table, with its text"]
    text = f"{len(measured)} tables, each a picture of its own; mean tree edit similarity (Zhong et al. 2020) of HTML."
    return f"## Tables\n\n{text}\n\n{table(head, rows)}"
