"""Find lines of text by segmentation.

DB: Liao et al., "Real-time scene text detection with differentiable binarization" (2020).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from legenda.engines.base import Raster
from legenda.engines.ppocr.graph import unfolded
from legenda.runtime.session import Session

Quads = NDArray[np.float32]
"""Text boxes: float32 [n, 4, 2] in raster pixels; top left, top right, bottom right, bottom left."""

# sides are padded to a multiple of this, those of small rasters of half of it: fewer shapes, and a new one costs
# OpenVINO 45 ms. The stride is 32
SIDE_STEP = 128
MOST_BOXES = 3000


@dataclass(frozen=True, slots=True)
class DetectorOptions:
    """Limits and thresholds of the detector (tuned on evaldata's pages, receipts and scenes; see RESULTS.md).

    Attributes:
        longest: the longer side is reduced to this many pixels at most.
        threshold: probability from which a pixel is text.
        box_threshold: mean probability inside a box from which it counts.
        unclip: how far a box is grown back, as area / perimeter times this.
        reduction: how the raster is made smaller in the end (OpenCV's constant), once it is halved as far as that goes.
    """

    longest: int = 1280
    threshold: float = 0.3
    box_threshold: float = 0.5
    unclip: float = 1.4
    reduction: int = cv2.INTER_AREA


USUAL = DetectorOptions()
# a third less to detect; costs .01 of word F1 on receipts, and small print first
FAST = DetectorOptions(longest=1024, reduction=cv2.INTER_LINEAR)


@dataclass(frozen=True, slots=True)
class Boxes:
    """Detected lines of text.

    Attributes:
        quads: float32 [n, 4, 2] in raster pixels.
        scores: float32 [n], mean text probability (0..1) inside each.
    """

    quads: Quads
    scores: NDArray[np.float32]


def detect(session: Session, raster: Raster, options: DetectorOptions = USUAL) -> Boxes:
    """Lines of text on a raster, in no particular order."""
    x, scale = _input(raster, options)
    found = list(_boxes(_probabilities(session(x)[0]), options))
    quads = np.stack([q for q, _ in found]) if found else np.zeros((0, 4, 2), np.float32)
    return Boxes((quads / scale).astype(np.float32), np.array([s for _, s in found], np.float32))


def _input(raster: Raster, options: DetectorOptions) -> tuple[NDArray[np.uint8], float]:
    """The raster as the network wants it, BGR uint8 [1, 3, h, w], and its scale; paper goes on to a full step."""
    height, width = raster.shape[:2]
    scale = min(1.0, options.longest / max(height, width))
    w, h = (max(1, round(side * scale)) for side in (width, height))
    small = _reduced(raster, w, h, options.reduction) if scale < 1 else raster
    step = SIDE_STEP if max(w, h) > 4 * SIDE_STEP else SIDE_STEP // 2
    small = cv2.copyMakeBorder(small, 0, -h % step, 0, -w % step, cv2.BORDER_REPLICATE)
    x = np.empty((1, 3, *small.shape[:2]), np.uint8)
    x[0] = small if small.ndim == 2 else small[:, :, ::-1].transpose(2, 0, 1)
    return x, scale


def _reduced(raster: Raster, width: int, height: int, interpolation: int) -> Raster:
    """A raster made smaller; by halves as far as they go, which takes half the time and gives nearly the same."""
    while raster.shape[0] >= 2 * height and raster.shape[1] >= 2 * width:
        half = raster.shape[1] // 2, raster.shape[0] // 2
        raster = cv2.resize(raster, half, interpolation=cv2.INTER_AREA)
    reduced: Raster = cv2.resize(raster, (width, height), interpolation=interpolation)
    return reduced


def _probabilities(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """The detector's answer [16, h / 4, w / 4] as probabilities (0..1) [h, w]."""
    result = unfolded(logits)  # which is ours to change; a page has five megabytes of it
    np.negative(result, out=result)
    cv2.exp(result, dst=result)
    result += 1
    return np.reciprocal(result, out=result)


def _boxes(probability: NDArray[np.float32], options: DetectorOptions) -> Iterator[tuple[Quads, float]]:
    mask = cv2.dilate((probability > options.threshold).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours[:MOST_BOXES]:
        center, (width, height), angle = cv2.minAreaRect(contour)
        if min(width, height) < 3:
            continue
        score = _mean_inside(cv2.boxPoints((center, (width, height), angle)), probability)
        if score >= options.box_threshold:
            # growing a rectangle by a distance gives a rectangle, so no polygon clipper is needed
            grow = width * height * options.unclip / (width + height)
            yield _clockwise(cv2.boxPoints((center, (width + grow, height + grow), angle))), score


def _mean_inside(points: NDArray[np.float32], probability: NDArray[np.float32]) -> float:
    height, width = probability.shape
    x0, y0 = np.maximum(np.floor(points.min(0)).astype(int), 0)
    x1, y1 = np.minimum(np.ceil(points.max(0)).astype(int), (width - 1, height - 1))
    if x1 < x0 or y1 < y0:
        return 0.0
    mask = np.zeros((y1 - y0 + 1, x1 - x0 + 1), np.uint8)
    cv2.fillPoly(mask, [np.round(points - (x0, y0)).astype(np.int32)], 1)
    return float(cv2.mean(probability[y0 : y1 + 1, x0 : x1 + 1], mask)[0])


def _clockwise(points: NDArray[np.float32]) -> Quads:
    """Top left, top right, bottom right, bottom left."""
    by_x = points[np.argsort(points[:, 0], kind="stable")]
    left, right = (half[np.argsort(half[:, 1], kind="stable")] for half in (by_x[:2], by_x[2:]))
    return np.stack([left[0], right[0], right[1], left[1]]).astype(np.float32)
