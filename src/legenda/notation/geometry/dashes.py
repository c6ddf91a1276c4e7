"""Dashed strokes: short pieces of one length, one behind the other."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Lines = NDArray[np.float64]

_FEWEST = 3  # pieces
_TURN = 14.0  # degrees a piece may lie askew; short ones are seldom straight
_REACH = 2.6  # of a piece's length: the next one's middle is no farther
_MOST = 400  # pieces looked at


def dashed(mask: Mask, width: float, longest: float) -> tuple[Lines, Mask]:
    """Dashed strokes of a mask, [n, 4], and the mask without them.

    Args:
        mask: what is drawn.
        width: of the strokes, px.
        longest: a piece is at most so long, px.
    """
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    pieces = [
        (n, *_axis(labels, stats[n], n))
        for n in range(1, len(stats))
        if 3 <= max(stats[n, 2:4]) <= longest and stats[n, 4] >= 4
    ]
    pieces = [piece for piece in pieces if piece[3] > 1.25 * piece[4] and piece[4] < 2.2 * width + 2][:_MOST]
    rest, lines = mask.copy(), list[NDArray[np.float64]]()
    for chain in _chains(pieces):
        ends = np.array([pieces[n][1] + way * pieces[n][2] * pieces[n][3] / 2 for n in chain for way in (-1, 1)])
        along = ends - ends.mean(0)
        direction = np.linalg.svd(along, full_matrices=False)[2][0]
        if np.abs(along @ [-direction[1], direction[0]]).max() > width + 1.5:
            continue
        reach = along @ direction
        lines.append(np.concatenate([ends.mean(0) + t * direction for t in (reach.min(), reach.max())]))
        rest[np.isin(labels, [pieces[n][0] for n in chain])] = False
    return np.array(_whole(lines, longest / 2)).reshape(-1, 4), rest


def _whole(lines: list[NDArray[np.float64]], longest: float) -> list[NDArray[np.float64]]:
    """Strokes on one line as one, where no more than a crossing parts them."""
    for n, one in enumerate(lines):
        for m, other in enumerate(lines[:n]):
            ends = np.array([one[:2], one[2:], other[:2], other[2:]])
            direction = np.linalg.svd(ends - ends.mean(0), full_matrices=False)[2][0]
            off = np.abs((ends - ends.mean(0)) @ [-direction[1], direction[0]]).max()
            reach = (ends - ends.mean(0)) @ direction
            gap = np.ptp(reach) - abs(reach[1] - reach[0]) - abs(reach[3] - reach[2])
            if off < 4 and gap < 4 * longest:
                joined = np.concatenate([ends.mean(0) + t * direction for t in (reach.min(), reach.max())])
                return _whole([joined, *(x for k, x in enumerate(lines) if k not in (n, m))], longest)
    return lines


def reaching(lines: Lines, others: Lines, mask: Mask, longest: float) -> Lines:
    """Dashed strokes drawn out to where they lead: the end or the side of another stroke.

    No more than a piece and a gap may be missing, or pieces that other strokes cross go on till there.
    """
    from legenda.notation.geometry.joints import crossing
    from legenda.notation.geometry.strokes import along

    found = []
    for line in lines:
        ends = [line[:2], line[2:]]
        for n in (0, 1):
            way = ends[n] - ends[1 - n]
            way = way / max(float(np.hypot(*way)), 1e-6)
            points = [*others[:, :2], *others[:, 2:]]
            points += [at for other in others if (at := crossing(line, other)) is not None and _within(at, other)]
            away = [(float((point - ends[n]) @ way), point) for point in points]
            near = [
                (abs(reach), point)
                for reach, point in away
                if -longest < reach < 7 * longest and np.hypot(*(point - ends[n] - reach * way)) < 4
                if reach < 2.2 * longest or along(mask, ends[n], way, np.arange(0, reach, 0.5)).mean() > 0.35
            ]
            if near:
                ends[n] = min(near, key=lambda x: x[0])[1]
        found.append(np.concatenate(ends))
    return np.array(found).reshape(-1, 4)


def _within(point: NDArray[np.float64], line: NDArray[np.float64]) -> bool:
    along = line[2:] - line[:2]
    share = float((point - line[:2]) @ along) / max(float(along @ along), 1e-6)
    return -0.02 < share < 1.02


def _axis(
    labels: NDArray[np.int32], box: NDArray[np.int32], number: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], float, float]:
    """Middle, direction, length and breadth of a shape."""
    left, top, wide, high, _ = box
    rows, columns = np.nonzero(labels[top : top + high, left : left + wide] == number)
    points = np.stack([columns + left, rows + top], 1).astype(float)
    middle = points.mean(0)
    _, spread, directions = np.linalg.svd(points - middle, full_matrices=False)
    length, breadth = (float(s) * (12 / len(points)) ** 0.5 + 0.5 for s in (*spread, 0.0)[:2])
    return middle, directions[0], length, breadth


def _chains(pieces: list[tuple[int, NDArray[np.float64], NDArray[np.float64], float, float]]) -> list[list[int]]:
    """Pieces that follow one another, from one end to the other."""
    free, chains = set(range(len(pieces))), list[list[int]]()
    while free:
        chain = [free.pop()]
        for _ in range(2):
            while (after := _next(pieces, chain, free)) is not None:
                chain.append(after)
                free.discard(after)
            chain.reverse()
        if len(chain) >= _FEWEST and _even([pieces[n][1] for n in chain]):
            chains.append(chain)
    return chains


def _next(
    pieces: list[tuple[int, NDArray[np.float64], NDArray[np.float64], float, float]], chain: list[int], free: set[int]
) -> int | None:
    """The nearest free piece in the direction of the chain's last, if there is one."""
    _, middle, direction, length, _ = pieces[chain[-1]]
    if len(chain) > 1:
        way = middle - pieces[chain[-2]][1]
        direction = way / np.hypot(*way)
    best, least = None, _REACH * length + 2
    for n in free:
        away = pieces[n][1] - middle
        reach = float(np.hypot(*away))
        if reach > least or not 0.45 < pieces[n][3] / length < 2.2:
            continue
        bend = abs(float(away @ direction)) / max(reach, 1e-6)
        forward = len(chain) == 1 or away @ direction > 0
        turn = abs(float(pieces[n][2] @ direction))
        if forward and bend > np.cos(np.deg2rad(_TURN)) and turn > np.cos(np.deg2rad(1.8 * _TURN)):
            best, least = n, reach
    return best


def _even(middles: list[NDArray[np.float64]]) -> bool:
    steps = np.array([np.hypot(*(b - a)) for a, b in pairwise(middles)])
    return bool(steps.std() < 0.25 * steps.mean())
