"""Straight strokes: both edges of each found, made one, joined where they continue one another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Lines = NDArray[np.float64]
"""[n, 4]: x1, y1, x2, y2 in pixels."""

_MOST = 150  # edges looked at; a plane figure has a few dozen
_GAP = 24.0  # px: a stroke goes on over what crosses it
_FAR = 90.0  # px: and along what it touches, where ink goes on all the way
_GROWN, _DOT = 24.0, 9.0  # px: an end may have been missed by so much; a disc's edge is no farther from its middle
_ANGLE = 3.0  # degrees: strokes of one line differ by less


def strokes(mask: Mask, whole: Mask, width: float, shortest: float) -> Lines:
    """Straight strokes of a mask.

    Args:
        mask: where strokes are looked for, [height, width].
        whole: all that is drawn, which a stroke may pass over.
        width: of the strokes, px.
        shortest: length of the shortest that is wanted, px.
    """
    import cv2

    drawn = cv2.GaussianBlur(np.where(mask, 0, 255).astype(np.uint8), (3, 3), 0)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(drawn)[0]
    if found is None:
        return np.zeros((0, 4))
    lines = found.reshape(-1, 4).astype(float)
    lines = lines[np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]) > min(0.6 * shortest, 12)]
    lines = lines[np.argsort(-_lengths(lines))[:_MOST]]
    merged = _merged(lines, whole, width)
    return merged[_lengths(merged) >= shortest] if len(merged) else merged


def _lengths(lines: Lines) -> NDArray[np.float64]:
    length: NDArray[np.float64] = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    return length


def _merged(lines: Lines, mask: Mask, width: float) -> Lines:
    """Groups of edges on one line, longest first, as the strokes between their ends that the mask bears out."""
    rest = list(lines)
    done: list[NDArray[np.float64]] = []
    while rest:
        group = [rest.pop(0)]
        grew = True
        while grew:
            axis = _axis(group)
            near = [line for line in rest if _on(line, axis, width)]
            grew = bool(near)
            group += near
            rest = [line for line in rest if not any(line is x for x in near)]
        done += _borne_out(_axis(group), group, mask, width)
    return np.array(done).reshape(-1, 4)


def _axis(group: Sequence[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A point and the direction of the line through a group, longer edges counting more."""
    points = np.concatenate([np.linspace(g[:2], g[2:], max(int(np.hypot(*(g[2:] - g[:2]))), 2)) for g in group])
    middle = points.mean(0)
    _, _, directions = np.linalg.svd(points - middle, full_matrices=False)
    return middle, directions[0]


def _on(line: NDArray[np.float64], axis: tuple[NDArray[np.float64], NDArray[np.float64]], width: float) -> bool:
    middle, direction = axis
    own = line[2:] - line[:2]
    cosine = abs(own @ direction) / max(float(np.hypot(*own)), 1e-6)
    if cosine < np.cos(np.deg2rad(_ANGLE if np.hypot(*own) > 25 else 2.5 * _ANGLE)):
        return False
    normal = np.array([-direction[1], direction[0]])
    return bool(max(abs((line[:2] - middle) @ normal), abs((line[2:] - middle) @ normal)) < width + 1.5)


def _borne_out(
    axis: tuple[NDArray[np.float64], NDArray[np.float64]],
    group: Sequence[NDArray[np.float64]],
    mask: Mask,
    width: float,
) -> list[NDArray[np.float64]]:
    """The stretches of a line that are drawn; gaps as long as dashes leave are part of it."""
    middle, direction = axis
    reach = [float((end - middle) @ direction) for g in group for end in (g[:2], g[2:])]
    steps = np.arange(min(reach), max(reach) + 0.5, 0.5)
    drawn = along(mask, middle, direction, steps)
    covered = np.zeros(len(steps), bool)
    for g in group:
        a, b = sorted((float((g[:2] - middle) @ direction), float((g[2:] - middle) @ direction)))
        covered |= (steps >= a - 1) & (steps <= b + 1)
    at = np.nonzero(covered)[0]
    for one, other in pairwise(at):
        share = drawn[one:other].mean() if 1 < other - one < 2 * _FAR else 0.0
        if share > (0.9 if other - one < 2 * _GAP else 0.98):
            covered[one:other] = True
    on = np.nonzero(drawn & covered)[0]
    if not len(on):
        return []
    breaks = np.nonzero(np.diff(on) > 2 * max(12.0, 4 * width))[0]
    starts, ends = [on[0], *on[breaks + 1]], [*on[breaks], on[-1]]
    return [
        np.concatenate([middle + steps[a] * direction, middle + steps[b] * direction])
        for a, b in zip(starts, ends, strict=True)
    ]


def along(mask: Mask, middle: NDArray[np.float64], direction: NDArray[np.float64], steps: NDArray[np.float64]) -> Mask:
    """Whether the mask is set at each step from a point, or a pixel beside it."""
    normal = np.array([-direction[1], direction[0]])
    found = np.zeros(len(steps), bool)
    for offset in (-1.0, 0.0, 1.0):
        places = np.rint(middle + offset * normal + steps[:, None] * direction).astype(int)
        inside = (places >= 0).all(1) & (places[:, 0] < mask.shape[1]) & (places[:, 1] < mask.shape[0])
        found[inside] |= mask[places[inside, 1], places[inside, 0]]
    return found


def without_strokes(mask: Mask, lines: Lines, width: float) -> Mask:
    """The mask without the pixels of straight strokes."""
    import cv2

    drawn = np.zeros(mask.shape, np.uint8)
    for x1, y1, x2, y2 in lines:
        cv2.line(drawn, (round(x1), round(y1)), (round(x2), round(y2)), 1, int(width) + 3)
    left: Mask = mask & (drawn == 0)
    return left


def grown(line: NDArray[np.float64], mask: Mask, dots: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """A stroke as far as it is drawn, or to the middle of the disc it ends in."""
    length = float(np.hypot(*(line[2:] - line[:2])))
    direction = (line[2:] - line[:2]) / max(length, 1e-6)
    ends = []
    for end, way in ((line[:2], -direction), (line[2:], direction)):
        steps = np.arange(0, _GROWN, 0.5)
        drawn = along(mask, end, way, steps)
        reach = steps[int((~drawn).argmax())] if not drawn.all() else 0.0
        point = end + max(reach - 0.5, 0.0) * way
        near = [np.array(dot) for dot in dots if np.hypot(*(point - dot)) < _DOT or np.hypot(*(end - dot)) < _DOT]
        ends.append(near[0] if near else point)
    return np.concatenate(ends)
