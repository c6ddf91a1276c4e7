"""What both steps of the training share: batches of like length, the loss, and how many characters come out wrong."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from torch import Tensor, nn
from training.handwriting.lines import Line

Readers = Callable[[Sequence[int]], tuple[Tensor, list[int]]]
"""From places of lines to logits [lines, steps, classes] and how many of the steps are theirs."""


def batches(widths: Sequence[int], size: int, rng: random.Random) -> list[list[int]]:
    """Places of lines of like width together, in any order."""
    places = rng.sample(range(len(widths)), len(widths))
    found = []
    for start in range(0, len(places), 20 * size):
        part = sorted(places[start : start + 20 * size], key=lambda k: widths[k])
        found += [part[k : k + size] for k in range(0, len(part), size)]
    return rng.sample(found, len(found))


class Loss:
    """CTC of texts over an alphabet."""

    def __init__(self, alphabet: Sequence[str]) -> None:
        self._index = {character: place for place, character in enumerate(alphabet, 1)}
        self._loss = nn.CTCLoss(zero_infinity=True)

    def __call__(self, logits: Tensor, steps: Sequence[int], texts: Sequence[str]) -> Tensor:
        """Mean over the lines, each by its length."""
        spelt = [[self._index[c] for c in text if c in self._index] for text in texts]
        target = torch.tensor([k for word in spelt for k in word])
        chances = logits.float().log_softmax(-1).transpose(0, 1)
        found: Tensor = self._loss(chances, target, torch.tensor(steps), torch.tensor([len(word) for word in spelt]))
        return found


def decoded(steps: NDArray[np.float32], alphabet: Sequence[str]) -> str:
    """The greedy path without repetitions and blanks, of [steps, classes]."""
    best = steps.argmax(-1).tolist()
    return "".join(alphabet[k - 1] for before, k in zip([0, *best], best, strict=False) if k and k != before)


def error_rates(read: Readers, lines: Sequence[Line], alphabet: Sequence[str], size: int = 16) -> dict[str, Any]:
    """Character errors over characters, of all lines and by collection."""
    errors: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    order = sorted(range(len(lines)), key=lambda k: lines[k].width)
    with torch.no_grad():
        for start in range(0, len(order), size):
            part = order[start : start + size]
            logits, steps = read(part)
            for place, row, count in zip(part, logits.float().numpy(), steps, strict=True):
                line = lines[place]
                wrong = Levenshtein.distance(decoded(row[:count], alphabet), line.text)
                for name in ("all", line.collection):
                    errors[name][0] += wrong
                    errors[name][1] += len(line.text)
    return {name: round(wrong / count, 4) for name, (wrong, count) in sorted(errors.items())}
