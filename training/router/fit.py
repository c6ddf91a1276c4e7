"""Fit the router: a network of one hidden layer over what `router.features` measures, written as JSON.

    python -m training.router.fit OUT.json --labels NOTATION --packs TRAINING [--cache FEATURES.npz]

NOTATION has lists of formulas and molecules, TRAINING archives of lines, words and molecules and packs of scores.
Nothing of either comes from the pictures the router is measured on. Needs Verovio and resvg_py. Prints the share of
held-out pictures (a fifth) that are told right, by kind.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.optimize import minimize
from training.router import pictures

from legenda.notation.router import KINDS, features
from legenda.notation.router.network import Weights, probabilities

HIDDEN, DECAY, SEEDS = 24, 3e-4, 1


def main() -> None:
    """Measure, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--packs", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="measurements of an earlier run, or where to keep these")
    parser.add_argument("--each", type=int, default=500, help="pictures a kind")
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    x, y = _measured(asked)
    held = np.arange(len(x)) % 5 == 0
    weights = fitted(x[~held], y[~held])
    found = probabilities(x[held], weights).argmax(1)
    for n, kind in enumerate(KINDS):
        own = y[held] == n
        print(f"{kind:10s} {own.sum():4d} {(found[own] == n).mean():.3f}")
    weights = fitted(x, y)
    asked.out.write_text(json.dumps({k: v.round(4).tolist() for k, v in weights._asdict().items()}) + "\n")


def _measured(asked: argparse.Namespace) -> tuple[np.ndarray, np.ndarray]:
    if asked.cache and asked.cache.exists():
        kept = np.load(asked.cache)
        return kept["x"], kept["y"]
    rows, wanted, dice = [], [], random.Random(5)
    for kind, source in _pictures(asked).items():
        for picture in itertools.islice(source, asked.each):
            rows.append(features(np.asarray(pictures.worn(picture, dice))))
            wanted.append(KINDS.index(kind))
    x, y = np.array(rows), np.array(wanted)
    order = np.random.default_rng(1).permutation(len(x))
    if asked.cache:
        np.savez(asked.cache, x=x[order], y=y[order])
    return x[order], y[order]


def _pictures(asked: argparse.Namespace) -> dict[str, Iterator[Image.Image]]:
    many, labels, packs = asked.each, asked.labels, asked.packs
    third = many // 3
    lines = (packs / "typed" / "typed.zip", packs / "handwriting" / "handwriting-1.zip")
    words = packs / "scene_words" / "words.zip"
    kerns = [packs / "music" / f"kern_{n}staff.jsonl.xz" for n in (1, 2)]
    return {
        "text": itertools.chain(pictures.texts(third, 7), *(pictures.gathered(archive, third, 3) for archive in lines)),
        "formula": pictures.formulas(labels / "formulas.tsv.gz", many, 4),
        "table": pictures.tables(many, 5),
        "chart": pictures.charts(many, 77),
        "geometry": pictures.figures(many, 78),
        "molecule": itertools.chain(
            pictures.gathered(packs / "molecules" / "molecules.zip", 2 * third, 1),
            pictures.molecules(labels / "smiles.tsv.gz", third, 6),
        ),
        "score": pictures.scores(kerns, many, 8),
        "photo": itertools.chain(pictures.gathered(words, third, 2), pictures.collages(words, 2 * third, 9)),
    }


def fitted(x: np.ndarray, y: np.ndarray) -> Weights:
    """Weights of the least cross entropy, each kind counting alike (L-BFGS, the better of some beginnings)."""
    middle, spread = x.mean(0), x.std(0) + 1e-6
    scaled = ((x - middle) / spread).clip(-4, 4)
    best = min((_descended(scaled, y, seed) for seed in range(SEEDS)), key=lambda found: found[0])
    return Weights(middle, spread, *best[1])


def _descended(x: np.ndarray, y: np.ndarray, seed: int) -> tuple[float, tuple[np.ndarray, np.ndarray]]:
    inputs, kinds = x.shape[1], len(KINDS)
    share = 1 / np.bincount(y, minlength=kinds).clip(1)[y]
    share /= share.sum()
    goal, ones = np.eye(kinds)[y], np.ones((len(x), 1))
    rows = np.concatenate([x, ones], 1)
    cut = (inputs + 1) * HIDDEN

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        hidden, out = flat[:cut].reshape(-1, HIDDEN), flat[cut:].reshape(-1, kinds)
        inner = np.tanh(rows @ hidden)
        full = np.concatenate([inner, ones], 1)
        logits = full @ out
        chances = np.exp(logits - logits.max(1, keepdims=True))
        chances /= chances.sum(1, keepdims=True)
        cost = -(share * np.log(chances[np.arange(len(y)), y] + 1e-12)).sum() + DECAY * float((flat**2).sum())
        error = share[:, None] * (chances - goal)
        down = (error @ out[:-1].T) * (1 - inner**2)
        return float(cost), np.concatenate([(rows.T @ down).ravel(), (full.T @ error).ravel()]) + 2 * DECAY * flat

    start = np.random.default_rng(seed).normal(0, 0.1, cut + (HIDDEN + 1) * kinds)
    done = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return float(done.fun), (done.x[:cut].reshape(-1, HIDDEN), done.x[cut:].reshape(-1, kinds))


if __name__ == "__main__":
    main()
