"""The largest connected stroke: a frame, a figure, a skeleton of bonds; and bars of fractions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from legenda.notation.router.letters import Shapes

_SIDE = 500  # px: the stroke is looked at in this size
Piece = tuple[float, float]
"""Length in pixels, direction in degrees."""


def measured(ink: NDArray[np.bool_], shapes: Shapes) -> list[float]:
    """Size and fill of the largest stroke, its straight pieces, what stands in it, and bars of fractions."""
    if not len(shapes.all):
        return [0.0] * 14
    extent = shapes.all[:, 2] * shapes.all[:, 3]
    best = int(extent.argmax())
    left, top, width, height, area = shapes.all[best]
    box = _box(shapes.all)
    drawn = shapes.labels[int(top) : int(top + height), int(left) : int(left + width)] == best + 1
    pieces = _pieces(drawn)
    lengths = np.array([piece[0] for piece in pieces])
    median = float(np.median(lengths)) if len(lengths) else 0.0
    level = [angle < 3 or angle > 177 or abs(angle - 90) < 3 for _, angle in pieces]
    x, y = shapes.letters[:, 0] + shapes.letters[:, 2] / 2, shapes.letters[:, 1] + shapes.letters[:, 3] / 2
    inside = (x > left) & (x < left + width) & (y > top) & (y < top + height)
    second = float(np.sort(extent)[-2] / extent[best]) if len(extent) > 1 else 0.0
    return [
        width * height / box,
        area / (width * height),
        np.log(width / height),
        np.log1p(len(pieces)),
        float((np.abs(lengths - median) < median / 3).mean()) if len(lengths) else 0.0,
        _steps(pieces),
        float(np.average(level, weights=lengths)) if len(lengths) else 0.0,
        float(lengths.max()) / max(width, height) if len(lengths) else 0.0,
        median / max(width, height),
        float(lengths.sum()) / max(area, 1.0),
        float(inside.mean()) if len(inside) else 0.0,
        second,
        np.log1p(_bars(ink, shapes)),
        area / max(float(shapes.all[:, 4].sum()), 1.0),
    ]


def _box(boxes: NDArray[np.float64]) -> float:
    right, bottom = (boxes[:, 0] + boxes[:, 2]).max(), (boxes[:, 1] + boxes[:, 3]).max()
    return float((right - boxes[:, 0].min()) * (bottom - boxes[:, 1].min()))


def _pieces(drawn: NDArray[np.bool_]) -> list[Piece]:
    import cv2

    picture = np.where(np.pad(drawn, 4), 0, 255).astype(np.uint8)
    if (factor := _SIDE / max(picture.shape)) < 1:
        picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE).detect(picture)[0]
    if found is None:
        return []
    scale = 1 / min(factor, 1.0)
    lines = found.reshape(-1, 4) * scale
    long = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    turn = np.rad2deg(np.arctan2(lines[:, 3] - lines[:, 1], lines[:, 2] - lines[:, 0])) % 180
    return [(float(a), float(b)) for a, b in zip(long, turn, strict=True) if a > 10]


def _steps(pieces: list[Piece]) -> float:
    """Share of the pieces at multiples of thirty degrees to the most frequent direction."""
    if not pieces:
        return 0.0
    turned = np.array([angle % 30 for _, angle in pieces[:200]])
    return float((np.abs((turned[:, None] - turned + 15) % 30 - 15) < 4).mean(1).max())


def _bars(ink: NDArray[np.bool_], shapes: Shapes) -> int:
    """Fraction bars: level, thin, a letter or more long, with ink close above and below."""
    wide, high = shapes.all[:, 2], shapes.all[:, 3]
    found = 0
    for left, top, width, height, _ in shapes.all[(wide >= 12) & (high <= np.maximum(5, wide / 6))][:60].astype(int):
        reach = int(0.6 * width + 12)
        above = ink[max(top - reach, 0) : top, left : left + width]
        below = ink[top + height : top + height + reach, left : left + width]
        found += bool(above.any(0).mean() > 0.25 and below.any(0).mean() > 0.25)
    return found
