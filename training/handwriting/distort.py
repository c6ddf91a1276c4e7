"""Lines as other hands, pens and cuts would have made them."""

from __future__ import annotations

import random
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from legenda.engines.ppocr.strip import HEIGHT, WIDEST

Grey = NDArray[np.uint8]


def distorted(pixels: Grey, rng: random.Random) -> Grey:
    """One picture of a line, 48 pixels high: slanted, stretched, tilted, cut otherwise, waved, thickened, faded."""
    height, width = pixels.shape
    target = int(np.clip(round(HEIGHT * width / height * rng.uniform(0.85, 1.2)), 16, WIDEST))
    x, y = np.meshgrid(np.arange(target, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))
    top, bottom = (rng.uniform(-0.1, 0.08) * height for _ in range(2))  # rows added, or cut off
    row = top + (y + 0.5) / HEIGHT * (height - top + bottom) - 0.5
    column = (x + 0.5) * width / target - 0.5
    row += rng.uniform(-0.08, 0.08) * height * (x / target - 0.5)
    column += rng.uniform(-0.35, 0.35) * (y - HEIGHT / 2) * height / HEIGHT
    if rng.random() < 0.5:
        row += _waves(target, rng, 0.05 * height)
        column += _waves(target, rng, 0.06 * height)
    paper = float(np.percentile(pixels, 80))
    found = cv2.remap(pixels, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=paper)
    return _inked(found, paper, rng)


def _waves(width: int, rng: random.Random, reach: float) -> NDArray[np.float32]:
    """A smooth field, float32 [48, width], of displacements in pixels."""
    knots = np.array([[rng.gauss(0, reach) for _ in range(max(2, width // 40))] for _ in range(3)], np.float32)
    return np.asarray(cv2.resize(knots, (width, HEIGHT), interpolation=cv2.INTER_CUBIC), np.float32)


def _inked(pixels: Grey, paper: float, rng: random.Random) -> Grey:
    chance = rng.random()
    if chance < 0.12:
        pixels = cv2.erode(pixels, np.ones((2, 2), np.uint8))
    elif chance < 0.24:
        pixels = cv2.dilate(pixels, np.ones((2, 2), np.uint8))
    elif chance < 0.4:
        pixels = cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.4, 0.9))
    found = (pixels.astype(np.float32) - paper) * rng.uniform(0.6, 1.3) + paper + rng.uniform(-30, 20)
    if rng.random() < 0.2:
        noise = np.random.default_rng(rng.randrange(2**32)).standard_normal(found.shape, np.float32)
        found += noise * rng.uniform(2, 12)
    return np.clip(found, 0, 255).astype(np.uint8)


def canvas(strips: Sequence[Grey], step: int = 64) -> NDArray[np.float32]:
    """Strips below each other as the recogniser gets them: float32 [lines, 3, 48, width], -1..1, the rest 0."""
    width = -(-max(strip.shape[1] for strip in strips) // step) * step
    x = np.zeros((len(strips), 3, HEIGHT, width), np.float32)
    for row, strip in zip(x, strips, strict=True):
        row[:, :, : strip.shape[1]] = strip / np.float32(127.5) - 1
        row[:, :, strip.shape[1] : strip.shape[1] + 8] = row[:, :, strip.shape[1] - 1 : strip.shape[1]]
    return x
