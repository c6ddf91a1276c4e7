"""Single letters of labels told by a small network of our own (`training/molecule`), run in NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from legenda.notation.molecule.strokes import Mask

SIDE = 28
"""px: pictures of letters are squares of this side."""
NONE = "~"
"""The class of what is no letter."""
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghiklmnprtuy123456789+-()[],*" + NONE
"""The classes; letters that look alike in both cases are one, nought is O."""
_STRIDES = (2, 2, 2)

Tensor = NDArray[np.float32]


def square(ink: Mask) -> Tensor:
    """A letter's ink, cut to its box, as float32 [SIDE, SIDE] in 0..1, its longer side 24 px, in the middle."""
    import cv2

    height, width = ink.shape
    factor = (SIDE - 4) / max(height, width)
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    small = cv2.resize(ink.astype(np.float32), size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    canvas = np.zeros((SIDE, SIDE), np.float32)
    left, top = (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
    canvas[top : top + size[1], left : left + size[0]] = small
    return canvas


def told(pictures: Sequence[Tensor]) -> list[tuple[str, float]]:
    """Sign and probability of each picture of `square`."""
    if not pictures:
        return []
    weights = _weights()
    values = np.stack(pictures)[:, None]
    for layer, stride in enumerate(_STRIDES):
        values = _convolved(values, weights[f"c{layer}.weight"], weights[f"c{layer}.bias"], stride)
    logits = values.reshape(len(values), -1) @ weights["out.weight"].T + weights["out.bias"]
    chances = np.exp(logits - logits.max(1, keepdims=True))
    chances /= chances.sum(1, keepdims=True)
    return [(SIGNS[int(row.argmax())], float(row.max())) for row in chances]


def _convolved(values: Tensor, weight: Tensor, bias: Tensor, stride: int) -> Tensor:
    """A convolution that keeps the size but for the stride, and a ramp."""
    side = weight.shape[2]
    pad = side // 2
    padded = np.pad(values, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side), (2, 3))[:, :, ::stride, ::stride]
    summed = np.tensordot(windows, weight, ([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2) + bias[:, None, None]
    ramped: Tensor = np.maximum(summed, 0)
    return ramped


@cache
def _weights() -> dict[str, Tensor]:
    with files(__package__).joinpath("glyphs.npz").open("rb") as file, np.load(file) as loaded:
        return {name: loaded[name].astype(np.float32) for name in loaded.files}
