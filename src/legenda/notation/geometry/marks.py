"""Marks of angles: arcs and small squares, looked for in every corner where two strokes meet."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from legenda.notation.geometry.figure import Point, Segment
from legenda.notation.geometry.joints import crossing

Mask = NDArray[np.bool_]
Arc = tuple[Point, float, tuple[float, float]]
"""Corner, radius, first and last degree, clockwise as y points down."""
Square = tuple[Point, Point, Point]
"""Corner, and the ends of the legs."""

_DRAWN = 0.86  # share of a mark that is drawn
_SQUARE = 0.92  # of a square: an arc near a right angle fills less of one
_BESIDE = 7.0  # degrees beside a stroke that tell nothing, since the stroke itself is there
_SAME = 4.0  # degrees: strokes that leave a corner one way
_RIGHT = 7.0  # degrees off ninety
_MOST = 60  # corners looked at


def angles(mask: Mask, segments: Sequence[Segment], size: float) -> tuple[list[Arc], list[Square]]:
    """Arcs and squares in the corners of segments.

    Args:
        mask: what is drawn.
        segments: strokes between points.
        size: of the letters, px; marks are of that order.
    """
    arcs: list[Arc] = []
    squares: list[Square] = []
    near = _widened(mask)
    for corner, ways in _corners(segments, 1.5 * size)[:_MOST]:
        for one, other in _between(ways):
            wide = (other[0] - one[0]) % 360
            reach = min(one[1], other[1])
            square = (
                _square(near, corner, (one[0], other[0]), min(reach, 2 * size)) if abs(wide - 90) < _RIGHT else None
            )
            span = (0.6 * size, min(reach, 4 * size))
            if square:
                squares.append(square)
            elif 8 < wide < 178 and (radius := _arc(near, corner, one[0], wide, span)):
                arcs.append((corner, radius, (one[0], one[0] + wide)))
    return _plain(arcs), squares


def _widened(mask: Mask) -> Mask:
    import cv2

    wide: Mask = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    return wide


def _corners(segments: Sequence[Segment], least: float) -> list[tuple[Point, list[tuple[float, float]]]]:
    """Points where strokes meet or cross, with the directions (degrees) strokes leave in and how far they go."""
    long = [x for x in segments if np.hypot(x.end[0] - x.start[0], x.end[1] - x.start[1]) > least]
    points = [point for x in long for point in (x.start, x.end)]
    for one, other in combinations(long, 2):
        at = crossing(np.array([*one.start, *one.end]), np.array([*other.start, *other.end]))
        if at is not None and _on(at, one) and _on(at, other):
            points.append((float(at[0]), float(at[1])))
    kept: list[Point] = []
    for point in points:
        if all(np.hypot(point[0] - x, point[1] - y) > 4 for x, y in kept):
            kept.append(point)
    found = [(point, _ways(point, long, least)) for point in kept]
    return [(point, ways) for point, ways in found if len(ways) > 1]


def _on(point: NDArray[np.float64], segment: Segment) -> bool:
    start, end = np.array(segment.start), np.array(segment.end)
    length = float(np.hypot(*(end - start)))
    t = float((point - start) @ (end - start)) / length
    return -4 < t < length + 4


def _ways(point: Point, segments: Sequence[Segment], least: float) -> list[tuple[float, float]]:
    ways: list[tuple[float, float]] = []
    for segment in segments:
        start, end = np.array(segment.start), np.array(segment.end)
        length = float(np.hypot(*(end - start)))
        along = (end - start) / length
        off = np.array(point) - start
        if abs(off @ [-along[1], along[0]]) > 4 or not -5 < off @ along < length + 5:
            continue
        for way, reach in ((along, length - off @ along), (-along, off @ along)):
            if reach > least:
                ways.append((float(np.rad2deg(np.arctan2(way[1], way[0])) % 360), float(reach)))
    kept: list[tuple[float, float]] = []
    for turn, reach in sorted(ways, key=lambda way: -way[1]):
        if all(abs((turn - other + 180) % 360 - 180) > _SAME for other, _ in kept):
            kept.append((turn, reach))
    return sorted(kept)


def _between(ways: list[tuple[float, float]]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Neighbours, and the pairs with one way between them."""
    count = len(ways)
    pairs = {(n, (n + step) % count) for n in range(count) for step in ((1, 2) if count > 2 else (1,))}
    return [(ways[a], ways[b]) for a, b in sorted(pairs) if a != b and (ways[b][0] - ways[a][0]) % 360 < 180]


def _arc(near: Mask, corner: Point, first: float, wide: float, reach: tuple[float, float]) -> float:
    """Radius of the arc between two directions; 0 where none is drawn."""
    beside = min(_BESIDE, wide / 4)
    turns = np.deg2rad(np.arange(first + beside, first + wide - beside, 1.5))
    radii = np.arange(reach[0], reach[1], 0.5)
    if len(turns) < 4 or len(radii) < 3:
        return 0.0
    drawn = _at(near, corner[0] + np.outer(radii, np.cos(turns)), corner[1] + np.outer(radii, np.sin(turns))).mean(1)
    best = drawn >= max(_DRAWN, float(drawn.max()) - 0.02)
    if not best.any():
        return 0.0
    start = int(best.argmax())
    end = start + int((~best[start:]).argmax()) if (~best[start:]).any() else len(best)
    clear = drawn[max(start - 10, 0) : max(start - 5, 0)].tolist() + drawn[end + 5 : end + 10].tolist()
    # what is drawn at all radii is no arc but an area, or letters
    return float(radii[start:end].mean()) if end - start < 14 and (not clear or min(clear) < 0.5) else 0.0


def _square(near: Mask, corner: Point, ways: tuple[float, float], reach: float) -> Square | None:
    """The small square in a corner, where one is drawn: its two outer sides."""
    u, v = (np.array([np.cos(np.deg2rad(way)), np.sin(np.deg2rad(way))]) for way in ways)
    best, found = _SQUARE, None
    for side in np.arange(5.0, reach, 0.5):
        steps = np.arange(3.0, side + 0.5, 0.5)
        points = np.concatenate([side * u + steps[:, None] * v, side * v + steps[:, None] * u]) + corner
        share = float(_at(near, points[:, 0], points[:, 1]).mean())
        if share > best:
            best, found = share, side
    if found is None:
        return None
    (a, b), (c, d) = (tuple(round(float(x), 1) for x in corner + found * way) for way in (u, v))
    return corner, (a, b), (c, d)


def _at(mask: Mask, x: NDArray[np.float64], y: NDArray[np.float64]) -> Mask:
    columns, rows = np.rint(x).astype(int), np.rint(y).astype(int)
    inside = (columns >= 0) & (rows >= 0) & (columns < mask.shape[1]) & (rows < mask.shape[0])
    found: Mask = inside & mask[rows.clip(0, mask.shape[0] - 1), columns.clip(0, mask.shape[1] - 1)]
    return found


def _plain(arcs: list[Arc]) -> list[Arc]:
    """Without those that two others make up, and without doubles."""
    whole = [x for x in arcs if not any(_parts(x, a, b) for a, b in combinations(arcs, 2))]
    return [x for n, x in enumerate(whole) if not any(_same(x, other) for other in whole[:n])]


def _same(arc: Arc, other: Arc) -> bool:
    """Whether two corners so near that they are one have the same mark."""
    (x, y), (p, q) = arc[0], other[0]
    turn = abs((arc[2][0] - other[2][0] + 180) % 360 - 180)
    return bool(np.hypot(x - p, y - q) < 9 and abs(arc[1] - other[1]) < 9 and turn < 20)


def _parts(arc: Arc, one: Arc, other: Arc) -> bool:
    same = all(x is not arc and x[0] == arc[0] and abs(x[1] - arc[1]) < 3 for x in (one, other))
    wide = sum(x[2][1] - x[2][0] for x in (one, other))
    return same and abs(wide - (arc[2][1] - arc[2][0])) < 2
