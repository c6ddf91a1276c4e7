"""Pages with known reading order, as a text detector would see them.

`python pages.py OUT.jsonl --count 6` renders every layout with WeasyPrint (not a dependency of the project:
`pip install weasyprint`), takes the words from its box tree, whose order is the source's, and fakes a detector: boxes
part at wide gaps, some lines are broken or run over a narrow gutter, edges shake, the page is tilted.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import random
from pathlib import Path
from typing import Any

from layouts import HELD_OUT, TUNED
from prose import Prose
from weasyprint import HTML

_STYLE = """
@page {{ size: {w}mm {h}mm; margin: {m}mm }}
* {{ box-sizing: border-box }}
body {{ font: {size}pt '{font}'; line-height: {lead}; margin: 0; hyphens: auto; direction: {dir}; text-align: {align} }}
p {{ margin: 0 0 {space}mm; text-indent: {indent}mm }}
h1 {{ font-size: 1.8em; margin: 0 0 3mm }}
h2 {{ font-size: 1.35em; margin: 2mm 0 }}
h3 {{ font-size: 1.1em; margin: 1.5mm 0 1mm }}
.c {{ text-align: center; text-indent: 0 }}
.abs {{ margin: 3mm 8mm }}
.cap, .note {{ font-size: .85em; margin: 1mm 0 2mm }}
.fig {{ margin: 2mm 0 }}
.eq {{ text-align: center }}
.head {{ height: 8mm; font-size: .85em; display: flex; justify-content: space-between }}
.foot {{ position: absolute; bottom: 0; left: 0; right: 0; font-size: .85em; text-align: center; display: flex;
  justify-content: space-around }}
.r {{ float: right }}
table {{ border-collapse: collapse; margin: 2mm 0 }}
td, th {{ text-align: left; vertical-align: top; padding: .5mm 2mm }}
.n {{ text-align: right }}
pre {{ font-family: 'DejaVu Sans Mono'; font-size: .85em }}
"""


def render(name: str, seed: int, language: str) -> dict[str, Any]:
    """One page: its detector lines and its truth."""
    rng = random.Random(f"{name} {seed} {language}")
    maker = {**TUNED, **HELD_OUT}[name]
    rtl = language in ("he", "ar")
    small = name in ("receipt", "till")
    style = _STYLE.format(
        w=90 if small else 210,
        h=297,
        m=rng.choice([8, 12, 18, 24]) if not small else 6,
        size=rng.choice([8, 9, 10, 11, 12]),
        font={"he": "Noto Sans Hebrew", "ar": "Noto Naskh Arabic", "zh": "Noto Sans CJK SC"}.get(language)
        or rng.choice(["Noto Serif", "Noto Sans", "DejaVu Serif"]),
        lead=rng.choice([1.1, 1.2, 1.35, 1.5]),
        dir="rtl" if rtl else "ltr",
        align=rng.choice(["justify", "start"]),
        space=rng.choice([0, 0, 1, 2.5]),
        indent=rng.choice([0, 0, 3, 5]),
    )
    html = f"<html lang={language}><style>{style}</style><body>{maker(rng, Prose(rng, language))}</body></html>"
    page = HTML(string=html).render().pages[0]
    runs: list[list[dict[str, Any]]] = []
    _collect(page._page_box, runs, rtl)
    words = [w for run in runs for w in run]
    for rank, word in enumerate(words):
        word["rank"] = rank
    lines = detect(rng, runs, rtl)
    return {
        "layout": name,
        "seed": seed,
        "language": language,
        "held_out": name in HELD_OUT,
        "width": page.width,
        "height": page.height,
        "truth": " ".join(w["text"] for w in words),
        "lines": tilt(rng, lines, page.width, page.height),
    }


def _collect(box: Any, runs: list[list[dict[str, Any]]], mirrored: bool) -> None:
    kind = type(box).__name__
    if kind == "LineBox":
        run: list[dict[str, Any]] = []
        nested: list[Any] = []
        _texts(box, run, mirrored, nested)
        if run:
            runs.append(run)
        for inner in nested:
            _collect(inner, runs, mirrored)
        return
    for child in getattr(box, "children", ()):
        _collect(child, runs, mirrored)


def _texts(box: Any, run: list[dict[str, Any]], mirrored: bool, nested: list[Any]) -> None:
    for child in box.children:
        kind = type(child).__name__
        if kind == "TextBox":
            run.extend(_words(child, mirrored))
        elif kind == "InlineBox":
            _texts(child, run, mirrored, nested)
        elif hasattr(child, "children"):
            nested.append(child)


def _words(box: Any, mirrored: bool) -> list[dict[str, Any]]:
    text = box.text.replace("\xa0", " ").replace("\xad", "")
    total = max(1, len(text.rstrip()))
    size = box.style["font_size"]
    baseline = box.position_y + (box.baseline or 0.8 * size)
    found, at = [], 0
    for token in text.split(" "):
        if token.strip():
            a, b = at / total * box.width, (at + len(token)) / total * box.width
            if mirrored:
                a, b = box.width - b, box.width - a
            top = 0.74 if not text.isascii() or any(c.isupper() or c in "bdfhklt0123456789" for c in token) else 0.55
            low = 0.22 if not text.isascii() or any(c in "gjpqy,;(" for c in token) else 0.02
            found.append(
                {
                    "text": token.strip(),
                    "x0": box.position_x + a,
                    "x1": box.position_x + b,
                    "top": baseline - top * size,
                    "low": baseline + low * size,
                    "em": size,
                }
            )
        at += len(token) + 1
    return found


def detect(rng: random.Random, runs: list[list[dict[str, Any]]], rightmost_first: bool) -> list[list[dict[str, Any]]]:
    """Boxes as a detector gives them: lists of words."""
    wide = rng.uniform(1.1, 1.8)
    broken = rng.choice([0, 0, 0.01, 0.03])
    found: list[list[dict[str, Any]]] = []
    for run in runs:
        run = sorted(run, key=lambda w: w["rank"])
        part = [run[0]]
        for a, b in itertools.pairwise(run):
            gap = max(b["x0"] - a["x1"], a["x0"] - b["x1"])
            if gap > wide * a["em"] or rng.random() < broken:
                found.append(part)
                part = []
            part.append(b)
        found.append(part)
    return _run_together(rng, found, rightmost_first)


def _run_together(
    rng: random.Random, boxes: list[list[dict[str, Any]]], rightmost_first: bool
) -> list[list[dict[str, Any]]]:
    """Some detectors bridge gaps below a word and a half; the reading order inside such a box is the picture's."""
    chance = rng.choice([0, 0, 0.02, 0.1])
    out: list[list[dict[str, Any]]] = []
    todo = sorted(boxes, key=lambda b: _edges(b)[0])
    while todo:
        box = todo.pop(0)
        _, x1, y = _edges(box)
        for other in todo:
            a0, _, b = _edges(other)
            em = box[0]["em"]
            if abs(y - b) < 0.25 * em and 0 <= a0 - x1 < 1.2 * em and rng.random() < chance:
                todo.remove(other)
                box = other + box if rightmost_first else box + other
                break
        out.append(box)
    return out


def _edges(box: list[dict[str, Any]]) -> tuple[float, float, float]:
    return min(w["x0"] for w in box), max(w["x1"] for w in box), sum(w["low"] for w in box) / len(box)


def tilt(rng: random.Random, boxes: list[list[dict[str, Any]]], width: float, height: float) -> list[dict[str, Any]]:
    """Shaken, tilted polygons with the words' polygons inside."""
    angle = math.radians(rng.choice([0, 0, rng.gauss(0, 0.6), rng.gauss(0, 2), rng.uniform(-9, 9)]))
    cos, sin, cx, cy = math.cos(angle), math.sin(angle), width / 2, height / 2

    def turned(x0: float, y0: float, x1: float, y1: float) -> list[float]:
        return [
            v
            for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
            for v in (round(cx + (x - cx) * cos - (y - cy) * sin, 2), round(cy + (x - cx) * sin + (y - cy) * cos, 2))
        ]

    # detectors grow their boxes (DBNet's unclip), some by a third of the letter size
    grown, wider = rng.choice([0, rng.uniform(0, 0.2)]), rng.uniform(0, 0.35)
    lines = []
    for box in boxes:
        em = box[0]["em"]
        top, low = (
            min(w["top"] for w in box) - grown * em + rng.gauss(0, 0.04 * em),
            max(w["low"] for w in box) + grown * em + rng.gauss(0, 0.04 * em),
        )
        x0, x1 = (
            min(w["x0"] for w in box) - wider * em + rng.gauss(0, 0.08 * em),
            max(w["x1"] for w in box) + wider * em + rng.gauss(0, 0.08 * em),
        )
        words = [{"text": w["text"], "polygon": turned(w["x0"], top, w["x1"], low)} for w in box]
        lines.append({"polygon": turned(x0, top, x1, low), "words": words, "ranks": [w["rank"] for w in box]})
    rng.shuffle(lines)
    return lines


def main() -> None:
    """Write pages as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=6)
    parser.add_argument("--layouts", default="")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    names = args.layouts.split(",") if args.layouts else [*TUNED, *HELD_OUT]
    with args.out.open("w", encoding="utf-8") as out:
        for name in names:
            for seed in range(args.seed, args.seed + args.count):
                language = {0: "he", 4: "ar", 8: "zh"}.get(seed % 10, "en")
                out.write(json.dumps(render(name, seed, language), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
