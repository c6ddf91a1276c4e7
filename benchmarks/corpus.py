"""What is read: pictures and documents with their truth, from `evaldata` where it lies beside the repository."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import metrics
from benchmarks.drawn import draw_corpus

ROOT = Path(__file__).resolve().parent.parent
EVALDATA = ROOT.parent / "shared" / "evaldata"
EXAMPLE = ROOT / "src" / "legenda" / "data" / "example.png"

AREAS = (
    "pages_en",
    "multipage",
    "rotated",
    "receipts",
    "pages_multi",
    "pages_lang",
    "scene_text",
    "lines",
    "scene_words",
    "handwriting",
    "handwriting_pages",
)
PAGES = frozenset({"pages_en", "multipage", "rotated", "receipts", "pages_multi", "drawn"})
CROPS = frozenset({"lines", "scene_words", "handwriting"})
FOLDED = frozenset({"receipts", "scene_text", "scene_words"})  # compared without case, as score.py does
CAPS = {"handwriting": 30}  # items of an area that is only looked at in passing
# magazine pages of two to four columns; the truth follows the columns
MULTI_COLUMN = ("unlv_8071_093.3B", "unlv_8087_054.3B", "mtiff_unlv2")

Scores = dict[str, float]
Scorer = Callable[["Item", str], Scores]


@dataclass(frozen=True, slots=True)
class Item:
    """Something to read.

    Attributes:
        name: unique.
        area: kind of material, one of `AREAS`, or `drawn`.
        file: picture or document.
        truth: its text, lines separated by line feeds.
        language: BCP-47, or empty when unknown or mixed.
        markdown: whether the truth is Markdown.
    """

    name: str
    area: str
    file: Path
    truth: str
    language: str = "en"
    markdown: bool = False

    @property
    def is_crop(self) -> bool:
        """A single line or word without a page around it."""
        return self.area in CROPS


def corpus(evaldata: Path, out: Path, areas: tuple[str, ...] = (), limit: int = 0) -> list[Item]:
    """Items with truth: those of `evaldata`, or pages drawn into `out` where there is none.

    Args:
        evaldata: folder with `manifest.jsonl`.
        out: where drawn pages go.
        areas: only these; empty for all of `AREAS`.
        limit: at most so many an area, spread over it; 0 for all.
    """
    items = catalogue(evaldata, out)
    wanted = areas or (*AREAS, "drawn")
    chosen = []
    for area in wanted:
        here = [item for item in items if item.area == area]
        chosen += _spread(here, min(limit or len(here), CAPS.get(area, len(here))))
    return chosen


def catalogue(evaldata: Path, out: Path) -> list[Item]:
    """All items there are."""
    if (evaldata / "manifest.jsonl").is_file():
        return list(_from_manifest(evaldata))
    return [Item(name, "drawn", file, truth) for name, file, truth in draw_corpus(out / "drawn")]


def _spread(items: list[Item], count: int) -> list[Item]:
    """So many, from all over the list."""
    return [items[(2 * k + 1) * len(items) // (2 * count)] for k in range(min(count, len(items)))]


def _from_manifest(folder: Path) -> Iterator[Item]:
    with (folder / "manifest.jsonl").open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            if row["area"] not in AREAS or row["truth_kind"] not in ("text", "markdown"):
                continue
            truth = row.get("truth")
            if truth is None and row.get("truth_file"):
                truth = (folder / row["truth_file"]).read_text("utf-8")
            if truth:
                language = "" if row["lang"] == "mul" else row["lang"]
                markdown = row["truth_kind"] == "markdown"
                yield Item(row["id"], row["area"], folder / row["file"], truth, language, markdown)


def scorer(evaldata: Path) -> Scorer:
    """Scores of a reading: `cer` and `wer` in order, `f1` of the words as a bag, `lcer` free of order and spaces.

    The first three are computed by the data's own `score.py` where it is there.
    """
    module = score_module(evaldata)

    def score(item: Item, text: str) -> Scores:
        fold = item.area in FOLDED
        lcer = metrics.line_error_rate(item.truth, text, fold)
        if module is None:
            return {
                "cer": metrics.character_error_rate(item.truth, text, fold),
                "wer": metrics.word_error_rate(item.truth, text, fold),
                "f1": metrics.word_f1(item.truth, text, fold),
                "lcer": lcer,
            }
        found = module.text_scores(item.truth, text, item.area, "markdown" if item.markdown else "text")
        return {"cer": found["cer"], "wer": found["wer"], "f1": found["bow_f1"], "lcer": lcer}

    return score


def score_module(evaldata: Path) -> Any:
    """The data's own `score.py`; `None` where it is not there."""
    path = evaldata / "score.py"
    spec = importlib.util.spec_from_file_location("score", path) if path.is_file() else None
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
