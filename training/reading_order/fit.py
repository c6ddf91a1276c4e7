"""Fit the weights of `legenda.layout.evidence` on pages made by `pages.py`.

`python fit.py PAGES.jsonl` runs the layout over the pages, collects the measures of every strip it considers and
whether the truth reads the strip's sides one after the other, fits a logistic regression on the layouts that are not
held out, prints its accuracy on both kinds, and writes the numbers into the module. The strips considered depend on
the weights, so run it two or three times. The weights as committed come from `pages.py --count 12 --seed 0`.
"""

from __future__ import annotations

import argparse
import collections
import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

from legenda.layout import evidence, gutters
from legenda.layout.flow import regions
from legenda.layout.frame import Floats, Frame, Ints, measure

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
from reading_order import made_pages


def collect(path: Path) -> list[dict[str, Any]]:
    """Every strip considered on the pages."""
    strips: list[dict[str, Any]] = []
    ranks = [np.array([min(x["ranks"]) for x in json.loads(row)["lines"]]) for row in path.open(encoding="utf-8")]
    for number, ((name, held_out, _, lines, _, _, height), rank) in enumerate(
        zip(made_pages(path), [r for r in ranks if len(r)], strict=True)
    ):
        seen: set[bytes] = set()

        about = {"page": number, "layout": name, "held_out": held_out}

        def watch(
            frame: Frame,
            a: Ints,
            b: Ints,
            rank: Ints = rank,
            seen: set[bytes] = seen,
            about: dict[str, Any] = about,
        ) -> Floats | None:
            measures = evidence.evidence(frame, a, b)
            key = np.sort(a).tobytes() + b"|" + np.sort(b).tobytes()
            higher = frame.middle[b][None, :] < frame.middle[a][:, None] - 0.5 * frame.unit
            if measures is not None and key not in seen and higher.any():
                seen.add(key)
                share = (rank[a][:, None] < rank[b][None, :])[higher].mean()
                if not 0.15 <= share <= 0.85:
                    row = {"x": measures, "y": share > 0.5, "lines": min(len(a), len(b))}
                    strips.append({**row, **about})
            return measures

        gutters.evidence = watch
        regions(measure(lines), height)
    gutters.evidence = evidence.evidence
    return strips


def fit(x: Floats, y: Floats, weight: Floats, ridge: float) -> tuple[Floats, float]:
    """Weighted logistic regression by Newton's method, ridge on standardised measures; weights and bias for `x`."""
    mean, deviation = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = np.hstack([(x - mean) / deviation, np.ones((len(x), 1))])
    penalty = np.diag([ridge] * x.shape[1] + [1e-6])
    b = np.zeros(z.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-z @ b))
        b -= np.linalg.solve(
            (z * (weight * p * (1 - p))[:, None]).T @ z + penalty, z.T @ (weight * (p - y)) + penalty @ b
        )
    return b[:-1] / deviation, float(b[-1] - (b[:-1] * mean / deviation).sum())


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--ridge", type=float, default=10.0)
    args = parser.parse_args()
    strips = collect(args.pages)
    x, y = np.array([s["x"] for s in strips]), np.array([s["y"] for s in strips], dtype=float)
    held_out = np.array([s["held_out"] for s in strips])
    per_page = collections.Counter(s["page"] for s in strips)
    weight = np.array([min(s["lines"], 12) / 6 / per_page[s["page"]] ** 0.5 for s in strips])
    weights, bias = fit(x[~held_out], y[~held_out], weight[~held_out], args.ridge)
    right = (x @ weights + bias > 0) == (y > 0.5)
    print(
        len(y),
        "strips; right:",
        *(round(float(np.average(right[m], weights=weight[m])), 4) for m in (~held_out, held_out)),
    )
    for name in sorted({s["layout"] for s in strips}):
        m = np.array([s["layout"] == name for s in strips])
        mark = " held out" if held_out[m].any() else ""
        print(f"  {name:28s} {m.sum():4d} columns {y[m].mean():.2f} right {right[m].mean():.2f}{mark}")
    module = Path(evidence.__file__)
    text = re.sub(r"_BIAS = .*", f"_BIAS = {bias:.3f}", module.read_text(encoding="utf-8"))
    block = (
        "_WEIGHTS = np.array(\n    (\n"
        + "".join(f"        {w:.3f},  # {n}\n" for w, n in zip(weights, evidence.MEASURES, strict=True))
        + "    )\n)\n"
    )
    text = re.sub(r"_WEIGHTS = np\.array\(.*?\)\n(?=\n)", block, text, flags=re.S)
    module.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
