"""Handwritten lines: told from print by what the tiny recogniser makes of them, and read by a recogniser of our own.

It is the published small recogniser's convolutions, their last stage trained further, under a recurrent layer of our
own (a convolution, an LSTM in both directions, a linear layer; CTC), trained on 14,500 lines of English and French
hands (`training/handwriting`). Telling the two apart is logistic regression on the features of `line_scripts`: right
for 99.7 % of lines.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from legenda.engines.ppocr.handwriting_letters import aligned, letters, search
from legenda.engines.ppocr.line_scripts import pooled
from legenda.engines.ppocr.recognise import GAP, WIDTH_STEP, Features, Reading
from legenda.engines.ppocr.strip import HEIGHT, Strip
from legenda.engines.ppocr.weights import Head
from legenda.runtime.session import OnnxRuntimeSession, Session

NAME = "legenda-handwriting"
LIKELY = 0.7  # probability from which a line is read as handwriting: .6 % of it is below, no print was above
STEP = 4  # pixels of a strip to a step


@cache
def _stored() -> dict[str, NDArray[Any]]:
    with np.load(io.BytesIO((files("legenda.data") / "handwriting.npz").read_bytes())) as stored:
        return dict(stored)


def likely(lines: Sequence[Features]) -> list[float]:
    """Probability (0..1) that each line is handwritten."""
    if not lines:
        return []
    stored = _stored()
    logits = pooled(lines) @ stored["told_matrix"].astype(np.float32) + stored["told_bias"]
    return [float(chance) for chance in 1 / (1 + np.exp(-logits))]


@dataclass
class Handwriting:
    """The recogniser.

    Args:
        backbone: opens the small recogniser's convolutions: pixels to float32 [1, channels, width / 4].
    """

    backbone: Callable[[], Session]
    name = NAME

    @cached_property
    def _layers(self) -> OnnxRuntimeSession:
        return OnnxRuntimeSession(_stored()["layers"].tobytes())

    @cached_property
    def head(self) -> Head:
        """Its last layer, with the alphabet."""
        stored = _stored()
        alphabet = ("", *stored["alphabet"].tolist())
        return Head(stored["matrix"].astype(np.float32), stored["bias"].astype(np.float32), alphabet)

    def read(self, strips: Sequence[Strip]) -> list[Reading]:
        """Read lines, cut as wide as they are."""
        return [self._read(strip) for strip in strips]

    def _read(self, strip: Strip) -> Reading:
        chances, alphabet = self.chances(strip), self.head.alphabet
        text = search(chances, alphabet, letters(alphabet[1:]))
        return aligned(chances, text, alphabet, len(chances) * STEP / strip.width)

    def chances(self, strip: Strip) -> NDArray[np.float32]:
        """Probability of each character at each step: float32 [steps, classes], class 0 the blank."""
        steps = self.backbone()(pixels(strip))[0][:, : max(1, strip.width // STEP)]
        seen = self._layers(np.ascontiguousarray(steps[None], np.float32))
        logits = seen @ self.head.matrix + self.head.bias
        found = np.exp(logits - logits.max(1, keepdims=True))
        return np.asarray(found / found.sum(1, keepdims=True), np.float32)


def pixels(strip: Strip) -> NDArray[np.float32]:
    """Pixels as the small recogniser takes them, padded to a step of widths as its canvases are."""
    grey = strip.pixels if strip.pixels.ndim == 2 else strip.pixels.mean(2)
    x = np.zeros((1, 3, HEIGHT, math.ceil(strip.width / WIDTH_STEP) * WIDTH_STEP), np.float32)
    x[0, :, :, : strip.width] = grey / np.float32(127.5) - 1
    x[0, :, :, strip.width : strip.width + GAP] = x[0, :, :, strip.width - 1 : strip.width]
    return x
