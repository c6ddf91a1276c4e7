"""Circles and arcs: proposed by a Hough transform, fitted to the pixels that bear them out (Kasa 1976)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Found = tuple[float, float, float, NDArray[np.bool_]]
"""Centre, radius, and which degrees of it are drawn (360)."""

_WHOLE, _PART = 0.85, 0.14  # share of the degrees that are drawn, of a circle and of an arc
_SMALLEST = 8  # px
_BUSY = 0.08  # share of ink: a surface or a hatching, on which each search takes a third of a second


def circles(mask: Mask, width: float, *, whole: bool) -> list[Found]:
    """Circles of a mask, the best first; each takes its pixels away from the next.

    Args:
        mask: what is drawn.
        width: of the strokes, px.
        whole: no arcs.
    """
    rest = mask.copy()
    found: list[Found] = []
    for _ in range(8 if mask.mean() < _BUSY else 1):
        fit = (x for x in _proposed(rest, width) if not whole or is_whole(x[3]))
        best = max(fit, key=lambda x: float(x[3].sum()) * x[2], default=None)
        if best is None:
            return found
        found.append(best)
        rest = without(rest, best, width)
    return found


def without(mask: Mask, circle: Found, width: float) -> Mask:
    """The mask without a circle's stroke where it is drawn."""
    x, y, radius, drawn = circle
    rows, columns = np.nonzero(mask)
    away = np.abs(np.hypot(columns - x, rows - y) - radius) <= width / 2 + 1.5
    degree = np.rint(np.rad2deg(np.arctan2(rows - y, columns - x))).astype(int) % 360
    gone = away & drawn[degree]
    rest = mask.copy()
    rest[rows[gone], columns[gone]] = False
    return rest


def _proposed(mask: Mask, width: float) -> list[Found]:
    import cv2

    picture = cv2.GaussianBlur(np.where(mask, 255, 0).astype(np.uint8), (0, 0), 1.2)
    side = min(mask.shape)
    hits = cv2.HoughCircles(
        picture, cv2.HOUGH_GRADIENT, dp=1.5, minDist=max(6, side // 40), param1=120, param2=22, minRadius=_SMALLEST,
        maxRadius=int(0.75 * max(mask.shape)),
    )  # fmt: skip
    if hits is None:
        return []
    points = np.nonzero(mask)
    fitted = [_fitted(mask, points, (float(x), float(y), float(r)), width) for x, y, r in hits[0][:24]]
    return [x for x in fitted if x is not None]


def _fitted(
    mask: Mask, points: tuple[NDArray[np.int_], ...], proposed: tuple[float, float, float], width: float
) -> Found | None:
    x, y, radius = proposed
    rows, columns = points
    for slack in (max(4.0, 0.06 * radius), width / 2 + 2, width / 2 + 1.5):
        near = np.abs(np.hypot(columns - x, rows - y) - radius) < slack
        if near.sum() < 20:
            return None
        px, py = columns[near].astype(float), rows[near].astype(float)
        system = np.stack([px, py, np.ones_like(px)], 1)
        a, b, c = np.linalg.lstsq(system, px**2 + py**2, rcond=None)[0]
        x, y = a / 2, b / 2
        radius = float(np.sqrt(max(c + x * x + y * y, 0.0)))
    if not _SMALLEST <= radius <= max(mask.shape):
        return None
    drawn = _degrees(mask, x, y, radius)
    share = float(drawn.mean())
    if share < _PART or share * 2 * np.pi * radius < 22:
        return None
    # a straight line lies on a large circle for a while, and crosses a band quickly elsewhere
    if share < _WHOLE and (_longest(drawn) < 40 or radius * np.deg2rad(_longest(drawn)) < 18):
        return None
    return (x, y, radius, drawn) if share >= _WHOLE else (x, y, radius, _only_longest(drawn))


def _degrees(mask: Mask, x: float, y: float, radius: float) -> NDArray[np.bool_]:
    angles = np.deg2rad(np.arange(360))
    drawn = np.zeros(360, bool)
    for offset in (-1.0, 0.0, 1.0):
        columns = np.rint(x + (radius + offset) * np.cos(angles)).astype(int)
        rows = np.rint(y + (radius + offset) * np.sin(angles)).astype(int)
        inside = (columns >= 0) & (rows >= 0) & (columns < mask.shape[1]) & (rows < mask.shape[0])
        drawn[inside] |= mask[rows[inside], columns[inside]]
    return drawn


def is_whole(drawn: NDArray[np.bool_]) -> bool:
    """Whether so much is drawn that it is a circle and no arc."""
    return float(drawn.mean()) >= _WHOLE


def _bridged(drawn: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Gaps of a few degrees closed."""
    closed = drawn.copy()
    for shift in range(1, 5):
        closed |= np.roll(drawn, shift) & np.roll(drawn, -shift)
    return closed


def span(drawn: NDArray[np.bool_]) -> tuple[int, int]:
    """First and last degree of the longest stretch; the last may lie beyond 360."""
    closed = _bridged(drawn)
    if closed.all():
        return 0, 360
    start = int(np.nonzero(~closed)[0][0])
    turned = np.roll(closed, -start)
    edges = np.diff(np.concatenate([[0], turned.astype(int), [0]]))
    firsts, lasts = np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0]
    best = int(np.argmax(lasts - firsts))
    return int(firsts[best]) + start, int(lasts[best]) - 1 + start


def _longest(drawn: NDArray[np.bool_]) -> int:
    if not drawn.any():
        return 0
    first, last = span(drawn)
    return last - first


def _only_longest(drawn: NDArray[np.bool_]) -> NDArray[np.bool_]:
    first, last = span(drawn)
    kept = np.zeros(360, bool)
    kept[np.arange(first, last + 1) % 360] = True
    return kept
