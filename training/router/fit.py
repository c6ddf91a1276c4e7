"""Fit the router's rule: softmax regression over what `router.features` measures, written as JSON.

    python -m router.fit OUT.json --formulas RENDERS --molecules MOLECULES.zip --photos WORDS.zip --lines LINES.zip...

Formulas are the pictures `formula/renders.mjs` makes; the archives are photographs of words, molecules as patents print
them, and lines, typed and written. Prints the share of held-out pictures (a fifth) that are told right, by kind.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.optimize import minimize

from legenda.notation.router import KINDS, features
from router.pictures import drawn, gathered


def main() -> None:
    """Measure, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("formulas", "molecules", "photos"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--lines", type=Path, nargs="+", required=True)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    rows, wanted = [], []
    for kind, picture in _pictures(asked):
        rows.append(features(np.asarray(picture.convert("RGB"))))
        wanted.append(KINDS.index(kind))
    x, y = np.array(rows), np.array(wanted)
    middle, spread = x.mean(0), x.std(0) + 1e-6
    held = np.arange(len(x)) % 5 == 0
    weights = _fit(_with_one((x[~held] - middle) / spread), y[~held])
    found = (_with_one((x[held] - middle) / spread) @ weights).argmax(1)
    for n, kind in enumerate(KINDS):
        own = y[held] == n
        print(f"{kind:10s} {own.sum():4d} {(found[own] == n).mean():.3f}")
    scaled = weights[:-1] / spread[:, None]
    bias = weights[-1] - middle @ scaled
    asked.out.write_text(json.dumps({"weights": scaled.round(5).tolist(), "bias": bias.round(5).tolist()}) + "\n")


def _pictures(asked: argparse.Namespace) -> Iterator[tuple[str, Image.Image]]:
    for kind, count in (("text", 260), ("table", 220), ("chart", 200), ("geometry", 200), ("score", 100)):
        yield from ((kind, picture) for picture in drawn(kind, count, 7))
    yield from (("formula", Image.open(path).convert("RGB")) for path in sorted(asked.formulas.glob("*.png")))
    yield from (("molecule", picture) for picture in gathered(asked.molecules, 250, 1))
    yield from (("photo", picture) for picture in gathered(asked.photos, 200, 2))
    for archive in asked.lines:
        yield from (("text", picture) for picture in gathered(archive, 130, 3))


def _with_one(x: np.ndarray) -> np.ndarray:
    return np.concatenate([x, np.ones((len(x), 1))], 1)


def _fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights [features + 1, kinds] of the least cross entropy, each kind counting alike."""
    shape = (x.shape[1], len(KINDS))
    share = 1 / np.bincount(y, minlength=shape[1]).clip(1)[y]
    share /= share.sum()
    goal = np.eye(shape[1])[y]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape)
        logits = x @ weights
        logits -= logits.max(1, keepdims=True)
        chances = np.exp(logits)
        chances /= chances.sum(1, keepdims=True)
        cost = -(share * np.log(chances[np.arange(len(y)), y] + 1e-12)).sum() + 2e-4 * (weights[:-1] ** 2).sum()
        slope = x.T @ (share[:, None] * (chances - goal))
        slope[:-1] += 4e-4 * weights[:-1]
        return float(cost), slope.reshape(-1)

    return minimize(loss, np.zeros(shape).reshape(-1), jac=True, method="L-BFGS-B", options={"maxiter": 800}).x.reshape(
        shape
    )


if __name__ == "__main__":
    main()
