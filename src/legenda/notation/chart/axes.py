"""Axes: the frame of the plot, labels beside it, and what a pixel stands for."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from legenda.notation.base import Raster
from legenda.notation.chart.labels import Label, values


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot's area, in pixels, sides included.

    Attributes:
        left: of it, as the other sides.
        rows: of grid lines and axes that lie.
        columns: of those that stand.
        ticks: columns of the small strokes below the plot.
    """

    left: float
    top: float
    right: float
    bottom: float
    rows: tuple[float, ...] = ()
    columns: tuple[float, ...] = ()
    ticks: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Attributes:
        labels: of its ticks, from left to right or from top to bottom.
        places: pixel of each.
        slope: value a pixel; 0 where the labels are no numbers.
        offset: value at pixel 0.
        logarithmic: `slope` and `offset` are those of the value's decimal logarithm.
        title: what it measures, or empty.
        share: of the labels that lie on the straight line.
    """

    labels: tuple[Label, ...] = ()
    places: tuple[float, ...] = ()
    slope: float = 0.0
    offset: float = 0.0
    logarithmic: bool = False
    title: str = ""
    share: float = 0.0

    @property
    def numeric(self) -> bool:
        """Whether it measures."""
        return self.slope != 0

    def value(self, place: float) -> float:
        """What a pixel stands for."""
        found = self.offset + self.slope * place
        return 10.0 ** min(found, 300) if self.logarithmic else found

    def nearest(self, place: float) -> str:
        """The label nearest to a pixel."""
        if not self.places:
            return ""
        away = [abs(place - x) for x in self.places]
        best = int(np.argmin(away))
        pitch = min((abs(b - a) for a, b in pairwise(self.places)), default=0.0)
        return self.labels[best].text if pitch == 0 or away[best] < 0.75 * pitch or len(away) < 4 else ""


def frame_of(ink: NDArray[np.bool_], grey: Raster, thin: int = 4) -> Frame | None:
    """Around the long thin straight lines: axes, grid and border.

    Args:
        ink: what differs from the background.
        grey: the crop.
        thin: px, thickness of such lines at most.
    """
    height, width = grey.shape
    across = _runs(ink, max(24, int(0.3 * width)), thin)
    down = _runs(ink.T, max(24, int(0.3 * height)), thin)
    if not across and not down:
        return None
    if not across or not down:
        lines = across or down
        first, last = min(x[1] for x in lines), max(x[2] for x in lines)
        near, far = min(x[0] for x in lines), max(x[0] for x in lines)
        box = (first, near, last, far) if across else (near, first, far, last)
        if box[0] == box[2] or box[1] == box[3]:
            return _grown(Frame(*box), ink)
        return Frame(*box)
    left, right = min(x[1] for x in across), max(x[2] for x in across)
    top, bottom = min(x[1] for x in down), max(x[2] for x in down)
    return Frame(left, top, right, bottom, _middles(x[0] for x in across), _middles(x[0] for x in down))


def ticks_of(ink: NDArray[np.bool_], frame: Frame) -> tuple[float, ...]:
    """Columns of short thin strokes just below a plot."""
    first = round(frame.bottom) + 2
    below = ink[first : first + 3]
    if len(below) < 3:
        return ()
    columns = np.nonzero(below.all(0))[0]
    groups = np.split(columns, np.nonzero(np.diff(columns) > 1)[0] + 1) if len(columns) else []
    return tuple(float(group.mean()) for group in groups if len(group) <= 4)


def _middles(places: Iterable[int]) -> tuple[float, ...]:
    """Lines of several pixels by their middle."""
    groups: list[list[int]] = []
    for place in sorted(set(places)):
        if groups and place - groups[-1][-1] == 1:
            groups[-1].append(place)
        else:
            groups.append([place])
    return tuple(sum(group) / len(group) for group in groups)


def snapped(places: Sequence[float], lines: Sequence[float]) -> list[float]:
    """Places of labels moved to the grid lines they stand at, where most do."""
    if not lines:
        return list(places)
    near = [lines[int(np.argmin(np.abs(np.subtract(lines, place))))] for place in places]
    close = [abs(line - place) < 5 for line, place in zip(near, places, strict=True)]
    taken = Counter(line for line, ok in zip(near, close, strict=True) if ok)
    if 2 * sum(close) < len(places) or max(taken.values(), default=0) > 1:
        return list(places)
    return [line if ok else place for line, place, ok in zip(near, places, close, strict=True)]


def _grown(frame: Frame, ink: NDArray[np.bool_]) -> Frame:
    """A single axis stands at the edge of what is drawn on its longer side."""
    height, width = ink.shape
    if frame.top == frame.bottom:
        return Frame(frame.left, 0, frame.right, frame.bottom) if frame.top > height / 2 else Frame(
            frame.left, frame.top, frame.right, height - 1)  # fmt: skip
    return Frame(frame.left, frame.top, width - 1, frame.bottom) if frame.left < width / 2 else Frame(
        0, frame.top, frame.right, frame.bottom)  # fmt: skip


def _runs(ink: NDArray[np.bool_], least: int, thin: int) -> list[tuple[int, int, int]]:
    """Rows with a long run of ink that is thin: (row, first, last)."""
    import cv2

    mask = ink.astype(np.uint8)
    long = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, least), np.uint8))
    thick = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((thin + 1, 1), np.uint8))
    found = []
    for row in np.nonzero(long.any(1))[0]:
        columns = np.nonzero(long[row])[0]
        if thick[row, columns].mean() < 0.7:  # what is mostly thick is a bar
            found.append((int(row), int(columns[0]), int(columns[-1])))
    return found


def fitted(labels: Sequence[Label], places: Sequence[float]) -> Axis:
    """An axis whose labels are numbers where a straight line, or a logarithmic one, goes through most of them."""
    points = [(place, number) for label, place in zip(labels, places, strict=True) for number in values(label)]
    names = tuple(labels)
    plain = Axis(names, tuple(places))
    count = len({place for place, _ in points})
    if count < 2 or 2 * count < len(labels):
        return plain
    best = plain
    for logarithmic in (False, True):
        usable = [(p, math.log10(v) if logarithmic else v) for p, v in points if not logarithmic or v > 0]
        found, slope, offset = _line(usable)
        share = found / max(count, 1)
        # a logarithm must do better: two or three numbers lie on either line
        if share > best.share + (0.15 if logarithmic else 0) and found >= min(3, count):
            best = Axis(names, tuple(places), slope, offset, logarithmic, share=share)
    return best if best.share >= 0.6 else plain


def _line(points: Sequence[tuple[float, float]]) -> tuple[int, float, float]:
    """The straight line most points lie on: how many do, its slope and offset (consensus over all pairs)."""
    best = (0, 0.0, 0.0)
    error = math.inf
    for (p, v), (q, w) in combinations(points, 2):
        if abs(p - q) < 4 or v == w:
            continue
        slope = (w - v) / (q - p)
        offset = v - slope * p
        near = {
            x: abs(offset + slope * x - y) / abs(slope)
            for x, y in points
            if abs(offset + slope * x - y) < 3 * abs(slope)
        }
        total = sum(near.values())
        if (len(near), -total) > (best[0], -error):
            best, error = (len(near), slope, offset), total
    if best[0] > 2:
        _, slope, offset = best
        kept = [(x, y) for x, y in points if abs(offset + slope * x - y) < 3 * abs(slope)]
        fit = np.polyfit([x for x, _ in kept], [y for _, y in kept], 1)
        best = (best[0], float(fit[0]), float(fit[1]))
    return best
