"""Values of receipts by a JSON Schema, beside those people took out (SROIE's company, date, address, total)."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from rapidfuzz.distance import Levenshtein

from benchmarks.settings import Bar, Settings
from legenda.desk.extract import extract
from legenda.desk.extract.normal import iso
from legenda.document import Document, from_json, to_json
from legenda.pipeline import Reader

SCHEMA = {
    "properties": {
        "company": {"type": "string"},
        "date": {"type": "string", "format": "date"},
        "address": {"type": "string"},
        "total": {"type": "number"},
    }
}
NEAR = 0.8  # likeness of names and addresses, which hold misread letters


def run(settings: Settings, bar: Bar) -> None:
    """Take values out of every receipt."""
    if not (settings.evaldata / "manifest.jsonl").is_file():
        print("extract is left out: its receipts are those of evaldata", file=sys.stderr)
        return
    with (settings.evaldata / "manifest.jsonl").open(encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if row["area"] == "receipts" and _truth(row)]
    rows = rows[: settings.limit or len(rows)]
    bar.begin("extract", len(rows))
    right: Counter[str] = Counter()
    with Reader(jobs=1) as reader:
        for row in rows:
            found = extract(_read(settings, row, reader), SCHEMA).value
            right.update(name for name, text in _truth(row).items() if _is(name, found.get(name), text))
            bar.step(row["id"])
    settings.keep("extract", {"receipts": len(rows), "right": dict(right)})


def _truth(row: dict[str, Any]) -> dict[str, str]:
    return dict(row.get("entities") or row.get("fields") or {})


def _read(settings: Settings, row: dict[str, Any], reader: Reader) -> Document:
    kept = settings.out / "extract" / f"{row['id']}.json"
    if not kept.is_file():
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(to_json(reader.read(settings.evaldata / row["file"])), "utf-8")
    return from_json(kept.read_bytes())


def _is(name: str, value: Any, text: str) -> bool:
    if value is None:
        return False
    if name == "total":
        return abs(float(value) - float(re.sub(r"[^\d.]", "", text))) < 0.005
    if name == "date":
        return bool(value == iso(text))
    return Levenshtein.normalized_similarity(_plain(str(value)), _plain(text)) >= NEAR


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.upper())


def section(measured: Any, table: Callable[[Sequence[str], Sequence[Sequence[str]]], str]) -> str:
    """Values of receipts."""
    count = measured["receipts"]
    rows = [[name, f"{right / count:.0%}"] for name, right in sorted(measured["right"].items())]
    return f"## Values by a JSON Schema\n\n{count} receipts, by rules.\n\n" + table(["value", "right"], rows)
