"""Fit what turns the recogniser's probabilities into confidence, on words of lines it was not trained on.

    python -m training.handwriting.confidence DATA

Prints `HAND_SLOPE` and `HAND_OFFSET` of `legenda.engines.ppocr.calibration`, and the expected calibration error.
"""

from __future__ import annotations

import difflib
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from training.handwriting.lines import lines, parted

from legenda.engines.ppocr import models
from legenda.engines.ppocr.calibration import EDGE, HAND_ROOT
from legenda.engines.ppocr.recognise import Reading

BINS = 15


def words(reading: Reading) -> Iterator[tuple[str, float]]:
    """Words with the product of their characters' probabilities."""
    letters: list[tuple[str, float]] = []
    for character, chance in [*zip(reading.characters, reading.probabilities.tolist(), strict=True), (" ", 1.0)]:
        if character != " ":
            letters.append((character, chance))
        elif letters:
            yield "".join(c for c, _ in letters), math.prod(p for _, p in letters)
            letters = []


def judged(pairs: Iterable[tuple[Reading, str]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Logit of the root of every word's product, and whether the word is in the truth at its place."""
    scores: list[float] = []
    right: list[float] = []
    for reading, truth in pairs:
        found = list(words(reading))
        matcher = difflib.SequenceMatcher(None, [word for word, _ in found], truth.split(), autojunk=False)
        kept = {k for a, _, n in matcher.get_matching_blocks() for k in range(a, a + n)}
        scores += [chance for _, chance in found]
        right += [float(k in kept) for k in range(len(found))]
    clipped = np.clip(np.array(scores) ** HAND_ROOT, EDGE, 1 - EDGE)
    return np.log(clipped / (1 - clipped)), np.array(right)


def error(chances: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Expected calibration error."""
    place = np.minimum((chances * BINS).astype(int), BINS - 1)
    parts = [(place == k) for k in range(BINS) if (place == k).any()]
    return float(sum(part.mean() * abs(chances[part].mean() - right[part].mean()) for part in parts))


def fitted(logits: NDArray[np.float64], right: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and offset of a logistic regression, by Newton's method."""
    x, found = np.stack((logits, np.ones_like(logits)), 1), np.zeros(2)
    for _ in range(20):
        chances = 1 / (1 + np.exp(-x @ found))
        curvature = (x * (chances * (1 - chances))[:, None]).T @ x
        found = found + np.linalg.solve(curvature, x.T @ (right - chances))
    return float(found[0]), float(found[1])


def report(pairs: Iterable[tuple[Reading, str]]) -> None:
    """Fit and print."""
    logits, right = judged(pairs)
    slope, offset = fitted(logits, right)
    print(f"{len(right)} words, {right.mean():.3f} right; slope {slope:.2f}, offset {offset:.2f}")
    print(f"expected calibration error {error(1 / (1 + np.exp(-slope * logits - offset)), right):.4f}")


if __name__ == "__main__":
    held = parted(list(lines(Path(sys.argv[1])))).held
    reader = models.handwriting()
    report((reader.read([line.strip])[0], line.text) for line in held)
