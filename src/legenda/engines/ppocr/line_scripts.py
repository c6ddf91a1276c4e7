"""Which script a line is written in, by what the tiny recogniser's body made of it.

Its alphabet is Latin and Han, but its features tell 29 scripts apart: logistic regression on their mean, maximum and
deviation over a line is right for 93 % of distorted words and short lines, for 99.2 % where it is sure (five of six),
and for every one of 80 pages in as many languages (`training/line_scripts`). It costs a product: the body has run.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from legenda.engines.ppocr.recognise import Features

OWN = frozenset({"Latn", "Hani"})
"""Scripts PP-OCR's recognisers read."""
NONE = "Zzzz"
"""No script: text upside down, noise."""
SURE, LIKELY = 0.8, 0.5  # probabilities at which a script counts by itself, and where the page has it anyway
DOUBTFUL = 0.85  # mean probability of the characters of a line below which it may be in another script
SHORTEST = 96  # pixels of a strip, 48 high: specks look like Hebrew
USUAL = 0.2  # share of a page's lines, by their widths, from which any of them may be in that script

_Probabilities = NDArray[np.float32]


@cache
def _weights() -> tuple[_Probabilities, _Probabilities, tuple[str, ...]]:
    with np.load(io.BytesIO((files("legenda.data") / "line_scripts.npz").read_bytes())) as stored:
        return stored["matrix"].astype(np.float32), stored["bias"], tuple(stored["scripts"].tolist())


def names() -> tuple[str, ...]:
    """ISO 15924 codes, in the order of `probabilities`; `Kore` is Hangul with or without Han."""
    return _weights()[2]


def pooled(lines: Sequence[Features]) -> NDArray[np.float32]:
    """Mean, maximum and deviation of what was made of each line: float32 [lines, 3 features]."""
    return np.stack([np.concatenate((x.steps.mean(0), x.steps.max(0), x.steps.std(0))) for x in lines])


def probabilities(lines: Sequence[Features]) -> _Probabilities:
    """How likely each line is in each script: float32 [lines, scripts]."""
    matrix, bias, _ = _weights()
    logits = pooled(lines) @ matrix + bias
    found = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(found / found.sum(1, keepdims=True), np.float32)


def foreign(lines: Sequence[Features]) -> list[bool]:
    """Whether each of some lines of a page is in a script the recognisers lack, and stands upright."""
    if not lines:
        return []
    share = np.full(len(lines), 1 / len(lines), np.float32)
    return [bool(_name(row, LIKELY)) for row in _of_one_page(probabilities(lines), share)]


def other_scripts(
    certainty: Sequence[float], widths: Sequence[int], look: Callable[[Sequence[int]], Sequence[Features]]
) -> list[str]:
    """The script of each line of a page whose letters the recognisers lack; empty where they have them.

    A line read with doubt is, if it looks so; one read with certainty only where much of the page is in the same
    script, as Cyrillic words look like Latin ones.

    Args:
        certainty: mean probability of the characters of each line as it was read.
        widths: of the lines' strips, in pixels.
        look: what the tiny body makes of lines, by their indices.
    """
    nothing = [""] * len(certainty)
    unsure = [i for i, mean in enumerate(certainty) if mean < DOUBTFUL and widths[i] >= SHORTEST]
    if not unsure or not any(_name(row, SURE) for row in probabilities(look(unsure))):
        return nothing
    share = np.array(widths, np.float32) / np.float32(sum(widths))
    chances = _of_one_page(probabilities(look(range(len(certainty)))), share)
    found = [_name(row, SURE) for row in chances]
    usual = {name for name in set(found) - {""} if share[[other == name for other in found]].sum() >= USUAL}
    likely = [_name(row, LIKELY) for row in chances]
    alone = set(unsure)
    return [likely[i] if likely[i] in usual else found[i] if i in alone else "" for i in range(len(certainty))]


def _name(chances: _Probabilities, least: float) -> str:
    """The script, if it is one the recognisers lack, and as likely as that; else empty."""
    name = names()[int(chances.argmax())]
    return name if chances.max() >= least and name not in OWN and name != NONE else ""


def _of_one_page(chances: _Probabilities, share: NDArray[np.float32]) -> _Probabilities:
    """The same, knowing that lines of a page are mostly in the same script.

    One step of the method of Saerens, Latinne and Decaestecker, "Adjusting the outputs of a classifier to new a priori
    probabilities" (2002).
    """
    adjusted = chances * (chances * share[:, None]).sum(0)
    return np.asarray(adjusted / adjusted.sum(1, keepdims=True), np.float32)
