"""Formulas, charts, figures and molecules: each crop read as its kind, compared with the truth, and routed unasked."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any

from benchmarks.corpus import ROOT, score_module
from benchmarks.settings import Bar, Settings

KINDS = {"formulas": "formula", "charts": "chart", "geometry": "geometry", "molecules": "molecule"}
KINDS |= {"scores": "score", "scores_pages": "score"}
"""By area of the data: what its pictures are read as."""
ROUTED = {**KINDS, "lines": "text", "pages_en": "text", "tables": "table", "scene_text": "photo"}
FORMS = {"formula": "latex", "chart": "csv", "geometry": "tikz", "molecule": "smiles", "score": "kern"}
WANTED = {
    "formulas": 0.10,
    "compiling": 0.95,
    "charts": 0.70,
    "geometry": 0.06,
    "molecules": 0.90,
    "staves": 0.03,
    "piano": 0.12,
    "seconds": 1.5,
    "formula_seconds": 0.3,
}
_SOURCES = {"harvardnlp/im2markup": "printed (im2latex)", "KaTeX/KaTeX": "KaTeX's own test screenshots"}


def run(settings: Settings, bar: Bar) -> None:
    """Read every crop of the four areas; route these and some of other areas."""
    module = score_module(settings.evaldata)
    items = list(_items(settings.evaldata, settings)) if module else []
    bar.begin("notation", len(items))
    rows = []
    for item, path, truth in items:
        rows.append(_read(item, path, truth, module))
        bar.step(item["id"])
    _compile(rows)
    rows += _drawn(settings, module) if module else []
    settings.keep("notation", {"rows": rows, "routed": list(_routed(settings))})


def _items(evaldata: Path, settings: Settings) -> Iterator[tuple[dict[str, Any], Path, str]]:
    manifest = evaldata / "manifest.jsonl"
    seen: Counter[str] = Counter()
    for row in map(json.loads, manifest.read_text("utf-8").splitlines() if manifest.is_file() else ()):
        if KINDS.get(row["area"]) in FORMS and (not settings.quick or seen[row["area"]] < 4):
            seen[row["area"]] += 1
            truth = row.get("truth") or (evaldata / row["truth_file"]).read_text("utf-8")
            yield row, evaldata / row["file"], truth


def _pixels(path: Path) -> Any:
    import numpy as np
    from PIL import Image

    return np.asarray(Image.open(path).convert("RGB"))


def _read(item: dict[str, Any], path: Path, truth: Any, module: Any) -> dict[str, Any]:
    return _timed(item, _pixels(path), lambda text: SCORES[item["area"]](module, item, truth, text))


def _timed(item: dict[str, Any], crop: Any, score: Callable[[str], dict[str, float]]) -> dict[str, Any]:
    """A crop read as what its area holds, and what it cost."""
    from legenda import notation
    from legenda.pipeline.notated import labels

    kind = KINDS[item["area"]]
    # OSRA is a process of its own in a namespace of its own, so what it takes is told by the clock
    clock = time.perf_counter if kind == "molecule" else time.process_time
    began = clock()
    lines = labels(crop) if kind in ("chart", "geometry") else ()
    found = notation.read(kind, crop, lines)  # type: ignore[arg-type]
    text = found.forms.get(FORMS[kind], "")
    seconds = clock() - began
    return {
        "item": item["id"],
        "area": item["area"],
        "group": _group(item, kind),
        "scores": score(text),
        "text": text,
        "confidence": found.confidence,
        "problem": found.problem,
        "seconds": seconds,
    }


def _formula(module: Any, item: Any, truth: str, text: str) -> dict[str, float]:
    found = module.latex_scores(truth, text)
    return {"edit": 1 - found["score"], "exact": found["exact"]}


def _chart(module: Any, item: Any, truth: str, text: str) -> dict[str, float]:
    found = module.chart_scores(truth, text)
    return {"entries": found["score"], "values": found["value_f1"], "ap": precision(module, truth, text)}


def precision(module: Any, truth: str, text: str) -> float:
    """AP "slight" of StructChart's relative mapping (SCRM, Xia et al. 2023), of one chart.

    An entry is right when its name is two edits from the truth's at most (or a number within 5 %), and its value within
    5 %; the share of the union of entries that is right is compared with ten thresholds from .5 to .95.
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    wanted, rows = module.entries(module.rows_of(truth)), module.rows_of(text)
    width = max(map(len, rows), default=0)
    shares = [0.0]
    for table in (rows, [list(x) for x in zip(*[row + [""] * (width - len(row)) for row in rows], strict=True)]):
        found = module.entries(table) if table else []
        if wanted and found:
            right = np.array([[_right(module, a, b) for b in found] for a in wanted], float)
            hits = right[linear_sum_assignment(-right)].sum()
            shares.append(hits / (len(wanted) + len(found) - hits))
    return fmean(max(shares) >= step / 100 for step in range(50, 100, 5))


def _right(module: Any, wanted: tuple[str, Any], found: tuple[str, Any]) -> bool:
    from rapidfuzz.distance import Levenshtein

    (name, value), (key, number) = wanted, found
    known, read = module.num(name), module.num(key)
    same = Levenshtein.distance(name.lower(), key.lower()) <= 2
    if known is not None and read is not None:
        same = abs(known - read) <= 0.05 * abs(known)
    if value is None or number is None:
        return same and value is number
    return same and abs(value - number) <= 0.05 * max(abs(value), 1e-9)


def _geometry(module: Any, item: Any, truth: Any, text: str) -> dict[str, float]:
    if item["truth_kind"] == "json":
        return {"labels": module.json_scores(item, truth, {"text": text})["score"]}
    return {"labels": module.score_row(item, truth, {"text": text}, None)["label_recall"]}


def _drawn(settings: Settings, module: Any) -> list[dict[str, Any]]:
    """Charts and figures of our own making: they say nothing of the world's, but their truth is whole."""
    from benchmarks import drawn_charts, drawn_figures, figure_edit

    rows = []
    for n, chart in enumerate(drawn_charts.charts(settings.size(70, 7))):
        item = {"id": f"own_chart_{n}", "area": "charts", "source_repo": f"own, {chart.kind}"}
        rows.append(_timed(item, chart.image, lambda text, c=chart: _chart(module, None, c.csv(), text)))
    for n, figure in enumerate(drawn_figures.figures(settings.size(64, 8))):
        item = {"id": f"own_figure_{n}", "area": "geometry", "source_repo": f"own, {figure.wear}"}
        diagonal = figure_edit.diagonal(figure.image.shape)
        rows.append(
            _timed(
                item, figure.image, lambda text, f=figure, d=diagonal: {"edit": figure_edit.distance(f.tikz(), text, d)}
            )
        )
    return rows


def _molecule(module: Any, item: Any, truth: str, text: str) -> dict[str, float]:
    from rdkit import Chem, RDLogger

    RDLogger.DisableLog("rdApp.*")
    molecules = [Chem.MolFromSmiles(smiles.split()[0]) if smiles.strip() else None for smiles in (truth, text)]
    keys = [Chem.MolToInchi(molecule) if molecule else None for molecule in molecules]
    return {"exact": float(keys[0] is not None and keys[0] == keys[1])}


def _score(module: Any, item: Any, truth: str, text: str) -> dict[str, float]:
    if item["truth_kind"] == "musicxml":
        return {"notes": module.f1(module.musicxml_notes(truth), module.kern_notes(text))}
    found = module.kern_scores(truth, text)
    return {"symbols": min(1.0, found["ter"]), "notes": found["notes_f1"]}


def _group(item: dict[str, Any], kind: str) -> str:
    """What is told apart within an area."""
    if kind != "score":
        own = item["id"].split("_")[0] if kind == "molecule" else item["source_repo"]
        return _SOURCES.get(item["source_repo"], own)
    if item["truth_kind"] == "musicxml":
        return "quartets (MuseScore)"
    return "one staff (Verovio)" if "1 staff" in item["style"] else "two staves (Verovio)"


SCORES: dict[str, Callable[..., dict[str, float]]] = {
    "formulas": _formula,
    "charts": _chart,
    "geometry": _geometry,
    "molecules": _molecule,
    "scores": _score,
    "scores_pages": _score,
}


def _compile(rows: Sequence[dict[str, Any]]) -> None:
    """Ask KaTeX, where the tests' node packages are installed, whether each formula renders."""
    node = ROOT / "tests" / "node"
    if not shutil.which("node") or not (node / "node_modules" / "katex").exists():
        return
    formulas = [row for row in rows if row["area"] == "formulas"]
    program = """
    import katex from "katex"; import fs from "node:fs";
    const works = (latex) => {
      try {
        katex.renderToString(latex, { strict: false, throwOnError: true, displayMode: true });
        return latex !== "";
      } catch { return false; }
    };
    console.log(JSON.stringify(JSON.parse(fs.readFileSync(0)).map(works)));
    """
    asked = json.dumps([row["text"] for row in formulas])
    command = ["node", "--input-type=module", "-e", program]
    done = subprocess.run(command, cwd=node, input=asked, capture_output=True, text=True, check=True)
    for row, works in zip(formulas, json.loads(done.stdout), strict=True):
        row["scores"]["compiles"] = float(works)


def _routed(settings: Settings) -> Iterator[dict[str, str]]:
    from legenda.notation import kind_of

    seen: Counter[str] = Counter()
    manifest = settings.evaldata / "manifest.jsonl"
    for row in map(json.loads, manifest.read_text("utf-8").splitlines() if manifest.is_file() else ()):
        area, path = row["area"], settings.evaldata / row["file"]
        if area in ROUTED and seen[area] < (4 if settings.quick else 40) and path.suffix in (".png", ".jpg", ".jpeg"):
            seen[area] += 1
            yield {"wanted": ROUTED[area], "found": kind_of(_pixels(path))[0]}


def mean(measured: Any, area: str, score: str, group: str = "") -> float:
    """Mean of a score over an area without our own pictures, or over groups whose name begins so; NaN without any."""
    own = [row for row in measured["rows"] if row["area"] == area]
    rows = [row for row in own if (row["group"].startswith(group) if group else not row["group"].startswith("own"))]
    found = [row["scores"][score] for row in rows if score in row["scores"]]
    return fmean(found) if found else float("nan")


def seconds(measured: Any, area: str) -> float:
    """Median seconds a crop."""
    return median([row["seconds"] for row in measured["rows"] if row["area"] == area] or [float("nan")])


def section(measured: Any, table: Callable[[Any, Any], str]) -> str:
    """Of the report: a table an area, and what the router says."""
    parts = [
        "## Notation\n\nCrops read as the kind they are, on one core. Seconds are processor time, s at the "
        "median, with the reading of labels; of molecules wall time, since OSRA is a process of its own."
    ]
    for area in FORMS_OF:
        rows = [row for row in measured["rows"] if row["area"] == area]
        if rows:
            parts.append(f"### {area.capitalize()}\n\n{_area(area, rows, table)}\n\n{FORMS_OF[area]}")
    if measured["routed"]:
        parts.append(f"### Which kind a crop is\n\n{_router(measured['routed'], table)}")
    return "\n\n".join(parts)


FORMS_OF = {
    "formulas": "edit: normalised distance of tokens after `score.py`'s normalisation; compiles: KaTeX renders it.",
    "charts": "entries: F1 of names with values, each as near as it is (`score.py`); values: of those within 5 % "
    "alone; ap: AP slight of the relative mapping (SCRM: names within two edits, values within 5 %). The truth of "
    "vega-lite is what the program that drew the chart knew: some of it is not on the picture. Own charts are "
    "Matplotlib's, in six styles.",
    "geometry": "labels: which of the truth's letters and numbers are in the TikZ. Own figures: edits between the "
    "TikZ and the truth's, strokes and labels in any order, places within 2 % of the diagonal (`figure_edit.py`).",
    "molecules": "exact: the same InChI, stereo included.",
    "scores": "symbols: distance of `**kern` tokens (`score.py`), interpretations and bar lines included; two thirds "
    "of the single staves are mensural music whose truth has bar lines that are not drawn. notes: F1 of pitch with "
    "duration.",
    "scores_pages": "notes: F1 of pitch with duration, of an engraver the network was not trained on.",
}


def _area(area: str, rows: Sequence[dict[str, Any]], table: Callable[[Any, Any], str]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row["scores"]))
    groups = sorted({row["group"] for row in rows})
    real = [row for row in rows if not row["group"].startswith("own")]
    sums = [(name, [row for row in rows if row["group"] == name]) for name in groups]
    sums += [("all but our own" if len(real) < len(rows) else "all", real)] if len(groups) > 1 else []
    return table(["", "crops", *names, "marked", "s", "slowest"], [_line(name, own, names) for name, own in sums])


def _line(name: str, rows: Sequence[dict[str, Any]], names: Sequence[str]) -> list[str]:
    scores = [[row["scores"][score] for row in rows if score in row["scores"]] for score in names]
    taken = [row["seconds"] for row in rows]
    return [
        name,
        str(len(rows)),
        *(f"{fmean(own):.3f}" if own else "" for own in scores),
        str(sum(bool(row["problem"]) for row in rows)),
        f"{median(taken):.2f}",
        f"{max(taken):.2f}",
    ]


def _router(routed: Sequence[dict[str, str]], table: Callable[[Any, Any], str]) -> str:
    lines = []
    for kind in dict.fromkeys(row["wanted"] for row in routed):
        own = [row["found"] for row in routed if row["wanted"] == kind]
        wrong = ", ".join(f"{name} {n}" for name, n in Counter(x for x in own if x != kind).most_common(3))
        lines.append([kind, str(len(own)), f"{100 * own.count(kind) / len(own):.0f} %", wrong or "-"])
    return table(["kind", "crops", "right", "taken for"], lines)
