"""Lines as upright boxes in a frame where text runs left to right and lines are level."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legenda.document import Line

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

# A line must be this many times longer than high before its angle says anything about the page's.
_LONG_ENOUGH = 2.0
# The caller has turned the page upright; a steeper median comes from vertical text or noise.
_STEEPEST = np.deg2rad(15.0)

# Coordinates are held to this, so that sums and products of hostile ones stay finite.
_FARTHEST = 1e7


@dataclass(frozen=True, slots=True)
class Frame:
    """Per-line measures in the levelled frame; every array has one entry a line.

    In right-to-left pages x is mirrored, so the rest of the package knows one direction only.

    Attributes:
        left: x of the side where reading starts.
        right: x of the side where reading ends.
        middle: y of the centre.
        height: of the box, at least a hundredth of `unit`.
        chars: code points of the content.
        digits: how many of them are digits.
        start: 1 when the content starts in lower case, 0 in upper case or with a digit, 0.5 when it cannot be told.
        unit: the text's usual line height; every threshold is a multiple of it.
        mirrored: whether the page reads from right to left.
    """

    left: Floats
    right: Floats
    middle: Floats
    height: Floats
    chars: Floats
    digits: Floats
    start: Floats
    unit: float
    mirrored: bool

    @property
    def width(self) -> Floats:
        """Length of each line."""
        return self.right - self.left


def measure(lines: Sequence[Line]) -> Frame:
    """Level the lines by their median angle and mirror them when most of the text runs from right to left."""
    points = np.array([line.polygon for line in lines], dtype=np.float64).reshape(-1, 4, 2)
    points = np.clip(np.nan_to_num(points), -_FARTHEST, _FARTHEST)
    along = (points[:, 1] - points[:, 0] + points[:, 2] - points[:, 3]) / 2
    width = np.hypot(along[:, 0], along[:, 1])
    down = (points[:, 3] - points[:, 0] + points[:, 2] - points[:, 1]) / 2
    height = np.hypot(down[:, 0], down[:, 1])
    angle = _page_angle(along, width, height)
    pivot = points.mean(axis=(0, 1))
    centre = points.mean(axis=1) - pivot
    x = pivot[0] + centre[:, 0] * np.cos(angle) + centre[:, 1] * np.sin(angle)
    y = pivot[1] + centre[:, 1] * np.cos(angle) - centre[:, 0] * np.sin(angle)
    turned = np.abs(along[:, 0]) < np.abs(along[:, 1])  # a line set vertically: take the box it fills
    width, height = np.where(turned, height, width), np.where(turned, width, height)
    unit = _weighted_median(height[~turned], width[~turned]) if not turned.all() else quantile(height, 0.5)
    unit = unit if unit > 1e-4 else 1.0
    mirrored = _right_to_left(lines)
    if mirrored:
        x = -x
    chars, digits, start = _character_measures(lines)
    height = np.maximum(height, unit / 100)
    return Frame(x - width / 2, x + width / 2, y, height, chars, digits, start, unit, mirrored)


def quantile(values: Floats, share: float) -> float:
    """The value below which `share` of the values lie, without interpolation: numpy's takes fifty microseconds."""
    return float(np.sort(values)[int(share * (len(values) - 1) + 0.5)])


def _page_angle(along: Floats, width: Floats, height: Floats) -> float:
    usable = (width > _LONG_ENOUGH * height) & (along[:, 0] > 0)
    if not usable.any():
        return 0.0
    angles = np.arctan2(along[usable, 1], along[usable, 0])
    angle = _weighted_median(angles, width[usable] ** 2)
    return angle if abs(angle) <= _STEEPEST else 0.0


def _weighted_median(values: Floats, weights: Floats) -> float:
    if not weights.sum() > 0:
        return quantile(values, 0.5) if len(values) else 0.0
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(total, total[-1] / 2)]])


def _right_to_left(lines: Sequence[Line]) -> bool:
    balance = 0
    for line in lines:
        for char in line.content[:40]:
            direction = unicodedata.bidirectional(char)
            balance += (direction in ("R", "AL")) - (direction == "L")
    return balance > 0


def _character_measures(lines: Sequence[Line]) -> tuple[Floats, Floats, Floats]:
    chars = np.array([len(line.content) for line in lines], dtype=np.float64)
    digits = np.array([sum(c.isdigit() for c in line.content) for line in lines], dtype=np.float64)
    return chars, digits, np.array([_start(line.content) for line in lines])


def _start(content: str) -> float:
    first = content.lstrip("\"'“”‘’«»([¿¡-–— ")[:1]
    if first.islower():
        return 1.0
    return 0.0 if first.isupper() or first.isdigit() else 0.5
