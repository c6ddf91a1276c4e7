"""Labels that run aslant, as those of crowded axes do: letters one step up, or down, from the next."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from legenda.notation.base import Raster, grey

_FEWEST = 8  # letters with a neighbour aslant: fewer are names of points, or ticks
_LETTERS = 4  # of a label: a shorter one is read upright as well
_STEEP = (24.0, 70.0)  # degrees
_AGREE = 9.0  # degrees: neighbours whose direction differs by less run one way
_PAD = 2.0  # px


def quads(crop: Raster, shapes: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Turned boxes around slanted labels, and which shapes they hold.

    Args:
        crop: the drawing.
        shapes: [n, 4]: left, top, right, bottom of what may be letters.

    Returns:
        float32 [n, 4, 2], corners from the beginning of the text's top edge on; a mask of `shapes`.
    """
    used = np.zeros(len(shapes), bool)
    nothing = np.zeros((0, 4, 2), np.float32), used
    letters = np.nonzero((shapes[:, 3] - shapes[:, 1] >= 4) if len(shapes) else used)[0]
    if len(letters) < _FEWEST:
        return nothing
    boxes = shapes[letters]
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    size = float(np.median((boxes[:, 2:] - boxes[:, :2]).max(1)))
    angle = _direction(middles, size)
    if angle is None:
        return nothing
    along = np.array([np.cos(angle), np.sin(angle)])
    dark = grey(crop) < 150
    found = []
    for chain in _chains(middles, along, size):
        if len(chain) >= _LETTERS and _runs(middles[chain], along, size):
            found.append(_turned(dark, boxes[chain], along))
            used[letters[chain]] = True
    return np.array(found, np.float32).reshape(-1, 4, 2), used


def _runs(middles: NDArray[np.float64], along: NDArray[np.float64], size: float) -> bool:
    """Whether letters follow one another as closely as those of a word do, most of them."""
    steps = np.diff(np.sort(middles @ along))
    return bool(np.median(steps) < 1.1 * size)


def _direction(middles: NDArray[np.float64], size: float) -> float | None:
    """Radians, negative upwards to the right: the way most have their nearest neighbour; `None` where there is none."""
    away = middles[None] - middles[:, None]
    reach = np.hypot(away[..., 0], away[..., 1])
    np.fill_diagonal(reach, np.inf)
    nearest = reach.argmin(1)
    close = reach.min(1) < 1.6 * size
    steps = away[np.arange(len(middles)), nearest]
    angles = (np.rad2deg(np.arctan2(steps[:, 1], steps[:, 0])) + 90) % 180 - 90
    steep = close & (np.abs(angles) > _STEEP[0]) & (np.abs(angles) < _STEEP[1])
    if steep.sum() < _FEWEST:
        return None
    near = np.abs(angles[steep][:, None] - angles[steep]) < _AGREE
    best = near[int(near.sum(1).argmax())]
    if best.sum() < max(_FEWEST, 0.6 * steep.sum()):
        return None
    return float(np.deg2rad(np.median(angles[steep][best])))


def _chains(middles: NDArray[np.float64], along: NDArray[np.float64], size: float) -> list[list[int]]:
    """Letters in a row, in that direction."""
    across = np.array([-along[1], along[0]])
    u, v = middles @ along, middles @ across
    chains: list[list[int]] = []
    for n in np.argsort(u):
        for chain in chains:
            if abs(v[n] - v[chain].mean()) < 0.5 * size and u[n] - u[chain[-1]] < 1.7 * size:
                chain.append(int(n))
                break
        else:
            chains.append([int(n)])
    return chains


def _turned(dark: NDArray[np.bool_], boxes: NDArray[np.float64], along: NDArray[np.float64]) -> NDArray[np.float64]:
    """The box in that direction around the ink in some upright ones."""
    across = np.array([-along[1], along[0]])
    points = []
    for left, top, right, bottom in boxes.astype(int):
        rows, columns = np.nonzero(dark[top:bottom, left:right])
        points.append(np.stack([columns + left, rows + top], 1))
    ink = np.concatenate(points)
    u, v = ink @ along, ink @ across
    first, last, high, low = u.min() - _PAD, u.max() + _PAD, v.min() - _PAD, v.max() + _PAD
    return np.array([a * along + b * across for a, b in ((first, high), (last, high), (last, low), (first, low))])
