"""Does a model that reads rightly come through unharmed? `python -m benchmarks.alignment [PAGES]`, of each area.

The model writes the truth of each page of `evaldata`; what is then on the page is compared with it: words of the truth
that are kept, words with places of their own, and pages on which a guard calls something made up.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import legenda
from legenda.engines import registry
from legenda.engines.base import Raster
from legenda.engines.transcriber import Passage, Transcript, Wish

DATA = Path(__file__).parents[2] / "shared" / "evaldata"
AREAS = ("pages_en", "receipts", "pages_lang", "pages_multi", "handwriting_pages", "scene_text", "rotated")
ALARMS = {"model_repetition", "model_fabrication"}


@dataclass
class Truthful:
    """A model that writes the truth."""

    text: str = ""
    name: str = "truthful"

    def transcribe(self, raster: Raster, wish: Wish) -> Transcript:
        """The truth, whatever is asked."""
        return Transcript((Passage(self.text),), self.name)


def words(text: str) -> Counter[str]:
    """How often each word is there."""
    return Counter(re.findall(r"\w+", text.casefold()))


def main(most: int) -> None:
    """Print what is kept, by area."""
    model = Truthful()
    registry._engines[model.name] = model
    items = [json.loads(line) for line in (DATA / "manifest.jsonl").read_text().splitlines()]
    total: Counter[str] = Counter()
    for area in AREAS:
        found: Counter[str] = Counter()
        chosen = [item for item in items if item["area"] == area and _is_page(item)]
        random.Random(1).shuffle(chosen)
        for item in chosen[:most]:
            model.text = item.get("truth") or (DATA / item["truth_file"]).read_text()
            found += _counted(model, DATA / item["file"], item["id"])
        total += found
        _print(area, found)
    _print("all", total)


def _is_page(item: dict[str, str]) -> bool:
    said = item.get("truth") or item.get("truth_file")
    return bool(said) and item.get("truth_kind") == "text" and item["file"].lower().endswith((".png", ".jpg", ".jpeg"))


def _counted(model: Truthful, file: Path, name: str) -> Counter[str]:
    page = legenda.read(file, engine=model.name).pages[0]
    truth, read = words(model.text), words(page.text)
    alarms = [problem for problem in page.problems if problem.code in ALARMS]
    for problem in alarms:
        print(f"  {name}: {problem.message}")
    placed = sum(len(words(line.content)) and sum(words(line.content).values()) for line in page.lines if line.words)
    found = {"pages": 1, "words": truth.total(), "kept": (truth & read).total(), "read": read.total(), "placed": placed}
    return Counter(found | {"alarms": bool(alarms), "ms": round(1000 * page.timings.get("model", 0.0))})


def _print(area: str, found: Counter[str]) -> None:
    if found["pages"]:
        kept, placed = found["kept"] / max(1, found["words"]), found["placed"] / max(1, found["read"])
        ms, counts = found["ms"] / found["pages"], f"{found['pages']} pages, alarms {found['alarms']}"
        print(f"{area}: {counts}, kept {kept:.4f}, placed {placed:.4f}, {ms:.0f} ms", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
