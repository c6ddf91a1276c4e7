"""Shapes of the size of letters, and how they stand in rows, words and columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float64]
"""[n, 4]: left, top, width, height in pixels."""

_MOST = 1500  # shapes looked at: more tell no more


class Shapes(NamedTuple):
    """What hangs together.

    Attributes:
        letters: those of the size of letters.
        all: [n, 5]: left, top, width, height, pixels.
        labels: number of the shape of each pixel, 0 for none.
    """

    letters: Boxes
    all: NDArray[np.float64]
    labels: NDArray[np.int32]


def shapes(ink: NDArray[np.bool_]) -> Shapes:
    """Connected shapes of a mask."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    boxes = stats[1:].astype(float)
    width, height = boxes[:, 2], boxes[:, 3]
    fit = (height > 4) & (height < 60) & (width < 90) & (width < 5 * height)
    return Shapes(boxes[fit, :4][:_MOST], boxes, labels)


def measured(boxes: Boxes, shape: tuple[int, ...]) -> list[float]:
    """How many letters there are, how large, how they stand in rows, and in words."""
    if len(boxes) < 3:
        return [float(len(boxes)), *[0.0] * 17]
    left, top, width, height = boxes.T
    size, bottom, middle = float(np.median(height)), top + height, top + height / 2
    rows = _rows(middle, size)
    own = [rows == n for n in np.unique(rows)]
    full = [r for r in own if r.sum() > 4] or own
    base = np.concatenate([np.abs(bottom[r] - np.median(bottom[r])) for r in full]) / size
    heads = np.concatenate([np.abs(top[r] - np.median(top[r])) for r in full]) / size
    off = np.concatenate([np.abs(middle[r] - np.median(middle[r])) for r in full]) / size
    gaps = np.concatenate([_gaps(left[r], width[r]) for r in own]) / size
    pitch = np.diff(sorted(float(np.median(middle[r])) for r in full))
    aligned = _aligned(left, own, size)
    return [
        np.log1p(len(boxes)),
        np.log1p(len(own)),
        np.log1p(len(boxes) / len(own)),
        np.log(size),
        size / shape[0],
        float(height.std() / size),
        float((base < 0.13).mean()),
        float((heads < 0.13).mean()),
        float((off > 0.3).mean()),
        float(np.mean((off > 0.45) & (np.concatenate([height[r] for r in full]) < 0.85 * size))),
        float(np.median(width / height)),
        float((width / height).std()),
        float((gaps < 0.45).mean()) if len(gaps) else 0.0,
        float(((gaps > 0.45) & (gaps < 1.6)).mean()) if len(gaps) else 0.0,
        float((gaps > 2).mean()) if len(gaps) else 0.0,
        float(pitch.std() / max(pitch.mean(), 1e-6)) if len(pitch) > 1 else 0.0,
        float(len(full) > 2),
        aligned,
    ]


def _rows(middle: NDArray[np.float64], size: float) -> NDArray[np.int_]:
    """Number of the row of each letter: a new one where the next middle is half a letter off."""
    order = np.argsort(middle)
    number = np.concatenate([[0], np.cumsum(np.diff(middle[order]) > 0.35 * size)])
    rows = np.empty(len(middle), int)
    rows[order] = number
    return rows


def _gaps(left: NDArray[np.float64], width: NDArray[np.float64]) -> NDArray[np.float64]:
    order = np.argsort(left)
    ends = np.maximum.accumulate((left + width)[order])
    found: NDArray[np.float64] = left[order][1:] - ends[:-1]
    return found


def _aligned(left: NDArray[np.float64], rows: list[NDArray[np.bool_]], size: float) -> float:
    """Share of the rows' pieces (apart by two letters) that begin where pieces of other rows do."""
    starts = []
    for own in rows:
        at = np.sort(left[own])
        starts.append(at[np.concatenate([[True], np.diff(at) > 3 * size])])
    places = np.concatenate(starts)
    if len(places) < 3 or len(rows) < 2:
        return 0.0
    near = np.abs(places[:, None] - places) < 0.4 * size
    return float((near.sum(1) > 2).mean())
