"""The network that weighs what is measured: one hidden layer."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from legenda.notation.base import Raster
from legenda.notation.router.measures import features

KINDS = ("text", "formula", "table", "chart", "geometry", "molecule", "score", "photo")
_REACH = 4.0  # standard deviations: what lies farther off counts as much


class Weights(NamedTuple):
    """Of a network of one hidden layer.

    Attributes:
        middle: [features], subtracted.
        spread: [features], divided by.
        hidden: [features + 1, units]; the last row is the bias.
        out: [units + 1, kinds]; as well.
    """

    middle: NDArray[np.float64]
    spread: NDArray[np.float64]
    hidden: NDArray[np.float64]
    out: NDArray[np.float64]


def kind_of(crop: Raster) -> tuple[str, float]:
    """The kind of a crop, one of `KINDS`.

    Args:
        crop: uint8, [height, width] grey or [height, width, 3] RGB.

    Returns:
        The kind, and its probability (0..1) among pictures such as the network was fitted on.
    """
    chances = probabilities(features(crop)[None], _weights())[0]
    best = int(chances.argmax())
    return KINDS[best], round(float(chances[best]), 4)


def probabilities(looks: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
    """Of each kind for each row of measurements: [n, features] to [n, kinds]."""
    scaled = ((looks - weights.middle) / weights.spread).clip(-_REACH, _REACH)
    hidden = np.tanh(scaled @ weights.hidden[:-1] + weights.hidden[-1])
    logits = hidden @ weights.out[:-1] + weights.out[-1]
    chances = np.exp(logits - logits.max(1, keepdims=True))
    shares: NDArray[np.float64] = chances / chances.sum(1, keepdims=True)
    return shares


@cache
def _weights() -> Weights:
    loaded = json.loads(files(__package__).joinpath("network.json").read_text("utf-8"))
    return Weights(*(np.array(loaded[name]) for name in Weights._fields))
