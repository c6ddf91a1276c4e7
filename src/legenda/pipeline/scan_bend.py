"""Pages that did not lie flat: how their lines run, and the page as it were if they ran straight.

A page is cut into upright strips. The ink of each, summed along rows, is compared with that of the next: by how much it
has to be moved to fit tells how lines run there. A smooth field is put through what was found, lines are followed along
it from the middle of the page, and pixels are taken from where they lead. What lies along a line keeps its place.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from legenda.document import Block, Line, Polygon
from legenda.engines.base import Raster

Floats = NDArray[np.float64]

_LONGEST, _STRIPS, _REACH = 640, 24, 5
"""Pixels of the longer side at which lines are followed, strips, and pixels a line may rise from strip to strip."""
_SHORTEST = 400
"""Pixels of the shorter side: smaller pictures are no pages."""
_INK = (0.08, 0.48)
"""Darkness, as a part of the paper's, at which ink begins and is black."""
_ALIKE = 0.5
"""Correlation of neighbours from which on they count."""
_KNOTS = 9, 4
"""Of the field, across and down."""
_NEAR, _ASTRAY = 0.02, 0.03
"""Slopes farther than that from the field count for less, or are none of its lines'."""
_STIFF = 0.15
_LEVEL = 0.004
"""Mean difference of slopes: pages below are flat, without a closer look."""
_BEND, _SURE, _INKED = 0.002, 0.6, 0.04
"""A page is bent whose lines leave a straight one by this part of its height, half of them or more; if so many slopes
lie near the field, and there is so much ink. Of evaldata's 119 printed pages 116 stay below .0009, the others are
photos of bent ones; synthetic curls and waves of 1 to 6 % of the height have .0025 and more. Letters by hand are never
sure."""
_ROWS, _COLUMNS, _BEYOND = 80, 64, 0.15
_ROUNDS = 4
_WIDE, _MIDDLE = 1.15, (0.4, 0.6)
"""Width of two pages side by side, in heights, and where they meet."""


class Bend(NamedTuple):
    """Where the lines of a page run, in pixels.

    Attributes:
        paths: y on the page of each pixel of the flattened page, [height, width], which is as large.
    """

    paths: NDArray[np.float32]

    def flattened(self, raster: Raster) -> Raster:
        """The page with straight lines."""
        height, width = self.paths.shape
        across = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width)).copy()
        return np.asarray(cv2.remap(raster, across, self.paths, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))

    def back(self, polygon: Polygon, scale: tuple[float, float]) -> Polygon:
        """A polygon of the flattened page on the page as given.

        Args:
            polygon: in page units.
            scale: pixels per unit, across and down.
        """
        moved = list(polygon)
        height, width = self.paths.shape
        for place in range(0, 8, 2):
            x, y = polygon[place] * scale[0], polygon[place + 1] * scale[1]
            row, column = min(max(y, 0), height - 1.0), min(max(round(x), 0), width - 1)
            above = self.paths[int(row), column]
            below = self.paths[min(int(row) + 1, height - 1), column]
            moved[place + 1] = float(above + (below - above) * (row - int(row)) + (y - row)) / scale[1]
        return tuple(moved)  # type: ignore[return-value]

    def back_block(self, block: Block, scale: tuple[float, float]) -> Block:
        """A block with all its polygons on the page as given."""
        lines = tuple(self._line(line, scale) for line in block.lines)
        table = block.table
        if table:
            cells = tuple(replace(cell, polygon=self.back(cell.polygon, scale)) for cell in table.cells)
            table = replace(table, cells=cells)
        return replace(block, polygon=self.back(block.polygon, scale), lines=lines, table=table)

    def _line(self, line: Line, scale: tuple[float, float]) -> Line:
        words = tuple(replace(word, polygon=self.back(word.polygon, scale)) for word in line.words)
        return replace(line, polygon=self.back(line.polygon, scale), words=words)


class _Slopes(NamedTuple):
    """Of lines between neighbouring strips: at so many heights (parts of the page's), how steep, and how surely."""

    heights: Floats
    steep: Floats
    weights: Floats


def bend_of(raster: Raster) -> Bend | None:
    """How a page's lines run, or `None` where they run straight, or there are too few of them.

    Two pages side by side are looked at one by one: their lines meet at an angle.

    Args:
        raster: upright, or upside down.
    """
    if min(raster.shape[:2]) < _SHORTEST:
        return None
    scale = min(1.0, _LONGEST / max(raster.shape[:2]))
    grey = _reduced(raster, scale)
    width = raster.shape[1]
    if grey.shape[1] < _WIDE * grey.shape[0]:
        paths = _paths(grey, scale, raster.shape[0], width)
        return None if paths is None else Bend(paths)
    gutter = _gutter(grey)
    left = _paths(grey[:, :gutter], scale, raster.shape[0], middle := min(round(gutter / scale), width - 1))
    right = _paths(grey[:, gutter:], scale, raster.shape[0], width - middle)
    if left is None and right is None:
        return None
    level = np.broadcast_to(np.arange(raster.shape[0], dtype=np.float32)[:, None], raster.shape[:2])
    sides = (left if left is not None else level[:, :middle], right if right is not None else level[:, middle:])
    return Bend(np.hstack(sides))


def _reduced(raster: Raster, scale: float) -> Raster:
    """The green of it, which is nearly its grey, at a scale; halved first, as means over whole pixels cost least."""
    plane = raster if raster.ndim == 2 else cv2.extractChannel(raster, 1)
    height, width = (round(side * scale) for side in raster.shape[:2])
    while plane.shape[0] >= 2 * height and plane.shape[1] >= 2 * width:
        plane = cv2.resize(plane, (plane.shape[1] // 2, plane.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _gutter(grey: Raster) -> int:
    """The column near the middle with the least ink."""
    ink = cv2.blur(_ink(grey).mean(axis=0)[None], (9, 1))[0]
    first, last = (round(share * len(ink)) for share in _MIDDLE)
    return first + int(np.argmin(ink[first:last]))


def _paths(grey: Raster, scale: float, height: int, width: int) -> NDArray[np.float32] | None:
    """The paths of a page of this size, which `grey` is at a scale, if it is bent."""
    slopes = _slopes(_ink(np.ascontiguousarray(grey)))
    if slopes.weights.mean() < _INKED or _differing(slopes) < _LEVEL:
        return None
    field, sure = _field(slopes)
    if sure < _SURE:
        return None
    starts, paths = _followed(field, grey.shape)
    if _bent(slopes, starts, paths) < _BEND * grey.shape[0] or _is_sideways(grey, slopes):
        return None
    return _enlarged(starts, paths, scale, (height, width))


def _is_sideways(grey: Raster, slopes: _Slopes) -> bool:
    """Whether lines run up or down rather than across."""
    turned = _slopes(_ink(np.ascontiguousarray(grey.T)))
    return bool(turned.weights.mean() > slopes.weights.mean())


def _ink(grey: Raster) -> NDArray[np.float32]:
    """How much of each pixel is ink, 0..1, whatever the light."""
    height, width = grey.shape
    coarse = cv2.resize(
        cv2.dilate(grey, np.ones((9, 9), np.uint8)), (width // 4, height // 4), interpolation=cv2.INTER_AREA
    )
    paper = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), 9 / 4), (width, height), interpolation=cv2.INTER_LINEAR)
    paper = np.maximum(paper, 40)
    dark = cv2.divide(cv2.subtract(paper, grey), paper, scale=1 / (_INK[1] - _INK[0]), dtype=cv2.CV_32F)
    return np.asarray(np.clip(dark - _INK[0] / (_INK[1] - _INK[0]), 0, 1, out=dark))


def _slopes(ink: NDArray[np.float32]) -> _Slopes:
    height, width = ink.shape
    strip = width // _STRIPS
    means = ink[:, : strip * _STRIPS].reshape(height, _STRIPS, strip).mean(axis=2)
    rows = cv2.blur(np.ascontiguousarray(means.T), (3, 1))  # [strips, height]: long rows are what blurring is quick at
    window = max(24, height // 10)

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.blur(values, (window, 1)))

    one, next = rows[:-1], rows[1:]
    mean_one, mean_next = mean(one), mean(next)
    spread_one = np.maximum(mean(one * one) - mean_one**2, 0)
    spread_next = np.maximum(mean(next * next) - mean_next**2, 0)
    at = np.arange(window // 2, height - window // 2, max(8, window // 3))
    alike = np.empty((2 * _REACH + 1, len(at), _STRIPS - 1))
    for place, shift in enumerate(range(-_REACH, _REACH + 1)):
        common = mean(one * np.roll(next, -shift, 1)) - mean_one * np.roll(mean_next, -shift, 1)
        spread = np.sqrt(spread_one * np.roll(spread_next, -shift, 1) + 1e-7)
        alike[place] = (common / spread)[:, at].T
    best = alike.argmax(axis=0)
    inner = np.clip(best, 1, 2 * _REACH - 1)
    before, peak, after = (np.take_along_axis(alike, inner[None] + side, 0)[0] for side in (-1, 0, 1))
    curve = np.minimum(before - 2 * peak + after, -1e-6)
    steep = (inner - _REACH + np.clip((before - after) / (2 * curve), -0.5, 0.5)) / strip
    weights = np.clip(alike.max(axis=0) - _ALIKE, 0, None) * np.clip(400 * spread_one[:, at].T, 0, 1)
    return _Slopes(at / height, steep, np.where(best == inner, weights, 0.0))


def _differing(slopes: _Slopes) -> float:
    """By how much slopes leave their mean, in the mean of the page."""
    mean = np.average(slopes.steep, weights=slopes.weights)
    return float(np.average(np.abs(slopes.steep - mean), weights=slopes.weights))


def _hats(places: Floats, knots: int) -> Floats:
    """How much each of so many knots, spread evenly, has to say at places from 0 to 1."""
    at = np.clip(places, 0, 1) * (knots - 1)
    return np.asarray(np.clip(1 - np.abs(at[..., None] - np.arange(knots)), 0, None))


def _field(slopes: _Slopes) -> tuple[Floats, float]:
    """Slopes at the knots, by robust least squares, and the share of what was found that lies near them."""
    across, down = _KNOTS
    x = _hats((np.arange(_STRIPS - 1) + 1) / _STRIPS, across)
    y = _hats(slopes.heights, down)
    design = (x[None, :, :, None] * y[:, None, None, :]).reshape(-1, across * down)
    found, given = slopes.steep.ravel(), slopes.weights.ravel()
    stiff = _stiffness() * _STIFF * np.sqrt(given.sum())
    weights = given
    for _ in range(_ROUNDS):
        root = np.sqrt(weights)
        left = np.vstack([design * root[:, None], stiff])
        right = np.concatenate([found * root, np.zeros(len(stiff))])
        knots = np.linalg.solve(left.T @ left, left.T @ right)
        astray = np.abs(design @ knots - found)
        weights = given / (1 + (astray / _NEAR) ** 2)
    return knots.reshape(across, down), float(given[astray < _ASTRAY].sum() / given.sum())


def _stiffness() -> Floats:
    """Rows that ask neighbouring knots to lie on a line, and those below one another to be alike."""
    across, down = _KNOTS
    number = np.arange(across * down).reshape(across, down)
    rows: list[tuple[list[int], list[float]]] = []
    rows += [(number[i - 1 : i + 2, j].tolist(), [1, -2, 1]) for i in range(1, across - 1) for j in range(down)]
    rows += [(number[i, j - 1 : j + 2].tolist(), [2, -4, 2]) for i in range(across) for j in range(1, down - 1)]
    rows += [(number[i, j : j + 2].tolist(), [0.5, -0.5]) for i in range(across) for j in range(down - 1)]
    result = np.zeros((len(rows), across * down))
    for place, (knots, values) in enumerate(rows):
        result[place, knots] = values
    return result


def _followed(field: Floats, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Lines from the middle of the page to its sides: where they begin, and their y at each of the columns."""
    height, width = shape[:2]
    starts = np.linspace(-_BEYOND, 1 + _BEYOND, _ROWS) * height
    down = _hats(np.linspace(0, 1, _COLUMNS), _KNOTS[0]) @ field
    paths, middle, step = np.empty((_ROWS, _COLUMNS)), _COLUMNS // 2, width / (_COLUMNS - 1)
    paths[:, middle] = starts
    for columns, side in ((range(middle, _COLUMNS - 1), 1), (range(middle, 0, -1), -1)):
        for column in columns:
            slope = _hats(paths[:, column] / height, _KNOTS[1]) @ down[column]
            paths[:, column + side] = paths[:, column] + side * step * slope
    return starts, paths


def _bent(slopes: _Slopes, starts: Floats, paths: Floats) -> float:
    """Pixels by which lines leave a straight one at most, where the page has ink; the median of its lines."""
    height = starts[-1] / (1 + _BEYOND)
    inner = paths[(starts > 0.1 * height) & (starts < 0.9 * height)]
    ink = np.cumsum(slopes.weights.sum(axis=0))
    first, last = np.searchsorted(ink, (0.02 * ink[-1], 0.98 * ink[-1])) / _STRIPS * _COLUMNS
    x = np.arange(_COLUMNS)
    slope, offset = np.polyfit(x, inner.T, 1)
    away = np.abs(inner - (slope[:, None] * x + offset[:, None]))[:, (x >= first) & (x <= last + _COLUMNS / _STRIPS)]
    return float(np.median(away.max(axis=1)))


def _enlarged(starts: Floats, paths: Floats, scale: float, size: tuple[int, int]) -> NDArray[np.float32]:
    """The paths for every pixel."""
    height, width = size
    rows = np.interp(np.arange(height) * scale, starts, np.arange(len(starts))).astype(np.float32)
    wide = cv2.resize((paths / scale).astype(np.float32), (width, len(starts)), interpolation=cv2.INTER_LINEAR)
    across = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width)).copy()
    down = np.broadcast_to(rows[:, None], (height, width)).copy()
    return np.asarray(cv2.remap(wide, across, down, cv2.INTER_LINEAR))
