"""Staves on a picture: five parallel lines, followed from left to right wherever they bend.

How far lines are apart is the commonest sum of a black run and the white one below it (Cardoso & Rebelo 2010); a staff
is then the path across the picture along which a comb of five teeth finds most ink, sought by dynamic programming.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from legenda.notation.base import Raster

Levels = NDArray[np.float32]
"""[height, width], 0 paper to 1 ink."""

_MOST = 40  # staves of one picture
_SPACES = (3.5, 80.0)  # px a staff space: what is finer cannot be read, what is coarser is no page
_LIKE = 0.5  # of a comb's teeth found, in the middle of a path: a staff
_SMALLEST = 16  # px of a side of a picture that may hold one
_SHORTEST = 6.0  # staff spaces: shorter ones are no staves


@dataclass(frozen=True, slots=True)
class Staff:
    """One staff.

    Attributes:
        left: where its lines begin, px.
        right: where they end, px.
        space: px from line to line.
        middle: y of its middle line in px, for each x from 0 on.
    """

    left: int
    right: int
    space: float
    middle: NDArray[np.float32]

    def at(self, x: float) -> float:
        """Height of the middle line at `x`."""
        return float(self.middle[min(len(self.middle) - 1, max(0, int(x)))])


def levels(shades: Raster) -> Levels:
    """How dark the ink is against the paper around it; light ink on dark paper is turned."""
    import cv2

    size = (max(1, shades.shape[1] // 4), max(1, shades.shape[0] // 4))
    small = cv2.resize(shades, size, interpolation=cv2.INTER_AREA)
    side = 2 * (max(15, min(small.shape) // 12) // 2) + 1
    if small.mean() < 110:
        shades, small = 255 - shades, 255 - small
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), min(side, 101))
    paper = cv2.resize(paper, shades.shape[::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32)
    ink = float(np.percentile(shades, 0.5))
    found: Levels = np.clip((paper - shades) / np.maximum(paper - ink, 40.0), 0, 1)
    return found


def find(dark: Levels) -> list[Staff]:
    """Staves from top to bottom."""
    if min(dark.shape) < _SMALLEST:
        return []
    tried = [(_clarity(dark, space), space) for space in _guesses(dark)]
    return _found(dark, max(tried)[1]) if tried else []


def _guesses(dark: Levels) -> list[float]:
    """Distances the lines may have: faint lines are missed where only dark ink counts, grain is seen elsewhere."""
    found: list[float] = []
    for level in (0.3, 0.2, 0.45):
        for alike in (True, False):
            space = spacing(dark > level, alike=alike)
            if _SPACES[0] <= space <= _SPACES[1] and all(abs(space / other - 1) > 0.05 for other in found):
                found.append(space)
    return found


def _clarity(dark: Levels, space: float) -> float:
    """How much of five lines the best way across the picture finds, in its better half."""
    _, worth = _path(_comb(dark, space, max(4, round(space))), space)
    return float(np.sort(worth)[len(worth) // 2 :].mean())


def _found(dark: Levels, space: float) -> list[Staff]:
    block = max(4, round(space))  # px of a step to the right
    comb = _comb(dark, space, block)
    found = list[Staff]()
    for _ in range(_MOST):
        path, worth = _path(comb, space)
        staff = _staff(path, worth, space, block, dark)
        if staff is None:
            break
        found.append(staff)
        for column, y in enumerate(path):
            comb[max(0, y - round(4.2 * space)) : y + round(4.2 * space) + 1, column] = -1
    real = [staff for staff in found if not any(_beams(staff, other) for other in found)]
    return sorted(real, key=lambda staff: staff.at((staff.left + staff.right) / 2))


def _beams(staff: Staff, other: Staff) -> bool:
    """Whether a short one is so near to a longer one that it is beams or ledger lines of it."""
    middle = (staff.left + staff.right) / 2
    apart = abs(staff.at(middle) - other.at(middle)) / other.space
    return staff.right - staff.left < 0.4 * (other.right - other.left) and apart < 8


def spacing(ink: NDArray[np.bool_], *, alike: bool = True) -> float:
    """Distance between staff lines in px; 0 where there is no ink.

    Args:
        ink: what is dark.
        alike: only distances are counted of which three in a row are alike, as those of lines are and of grain are not.
    """
    columns = ink[:, :: max(1, ink.shape[1] // 400)].T
    padded = np.pad(columns, ((0, 0), (1, 1)), constant_values=False).astype(np.int8)
    change = np.diff(padded, axis=1)
    sums: list[NDArray[np.int64]] = []
    for line in change:
        begins, ends = np.nonzero(line == 1)[0], np.nonzero(line == -1)[0]
        if len(begins) > 4:
            pairs = np.diff(begins)
            thin = (ends - begins)[:-1] <= np.maximum(2, pairs * 0.4)
            even = np.abs(np.diff(pairs)) <= 1
            third = np.nonzero(even[:-1] & even[1:])[0]
            sums += [pairs[third + n][thin[third + n]] for n in range(3)] if alike else [pairs[thin]]
    if not sums:
        return 0.0
    counts = np.bincount(np.concatenate(sums), minlength=4)[:120].astype(float)
    smooth = np.convolve(counts, [0.5, 1, 0.5], "same")
    smooth[:3] = 0
    best = int(smooth.argmax())
    near = np.arange(max(0, best - 1), min(len(counts), best + 2))
    return float((near * counts[near]).sum() / max(1.0, counts[near].sum()))


def _comb(dark: Levels, space: float, block: int) -> NDArray[np.float32]:
    """[height, steps]: how much of five lines there is around each height, 0 to 1."""
    import cv2

    thick = max(2, round(0.42 * space))
    stout = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((thick + 1, 1), np.uint8))
    # a line between two rows of pixels darkens both by half
    thin = np.clip(2.2 * cv2.blur(dark - stout, (1, 2)) * 2 - 0.15, 0, 1)
    reach = max(1, round(space / 12))
    thin = cv2.dilate(thin, np.ones((2 * reach + 1, 1), np.uint8))
    flat = cv2.blur(thin, (round(3 * space), 1))
    flat = flat[:, block // 2 :: block]
    height = flat.shape[0]
    teeth = []
    margin = round(2 * space) + 1
    framed = np.pad(flat, ((margin, margin), (0, 0)))
    for tooth in range(-2, 3):
        begin = margin + round(tooth * space)
        teeth.append(framed[begin : begin + height])
    ordered = np.sort(np.stack(teeth), axis=0)
    # a note may hide one line, not two; yet four lines with a fifth are better than four
    found: NDArray[np.float32] = 0.4 * ordered.mean(0) + 0.6 * ordered[1]
    return found.astype(np.float32)


def _path(comb: NDArray[np.float32], space: float) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The best way from left to right, and what it found at each step."""
    height, steps = comb.shape
    reach = max(1, round(space / 4))
    total = comb[:, 0].copy()
    came = np.zeros((steps, height), np.int16)
    moves = np.arange(-reach, reach + 1)
    for step in range(1, steps):
        framed = np.pad(total, reach, constant_values=-1e9)
        options = np.stack([framed[reach + move : reach + move + height] - 0.02 * abs(move) for move in moves])
        best = options.argmax(0)
        came[step] = moves[best]
        total = options[best, np.arange(height)] + comb[:, step]
    path = np.zeros(steps, np.int64)
    path[-1] = total.argmax()
    for step in range(steps - 1, 0, -1):
        path[step - 1] = np.clip(path[step] + came[step, path[step]], 0, height - 1)
    return path, comb[path, np.arange(steps)]


def _staff(path: NDArray[np.int64], worth: NDArray[np.float32], space: float, block: int, dark: Levels) -> Staff | None:
    kernel = np.ones(5) / 5
    likely = np.convolve(np.pad(worth, 2, mode="edge"), kernel, "valid") > _LIKE * 0.8
    if not likely.any():
        return None
    # the longest stretch, gaps of up to ten spaces closed
    where = np.nonzero(likely)[0]
    groups = np.split(where, np.nonzero(np.diff(where) > 10)[0] + 1)
    own = max(groups, key=len)
    first, last = int(own[0]), int(own[-1])
    inner = worth[first : last + 1]
    if (last - first + 1) * block < _SHORTEST * space or np.median(inner) < _LIKE:
        return None
    steps = np.arange(first, last + 1)
    height = _smooth(path[first : last + 1].astype(float), inner)
    x = np.arange(dark.shape[1])
    middle = np.interp(x, steps * block + block // 2, height).astype(np.float32)
    left, right = max(0, first * block - block), min(dark.shape[1], (last + 2) * block)
    fine, lift = _fitted(dark, middle, space, left, right)
    middle = _followed(dark, middle + np.float32(lift), fine, left, right)
    left, right = _ends(dark, middle, fine, left, right)
    return Staff(left, right, fine, middle)


def _smooth(height: NDArray[np.float64], worth: NDArray[np.float32]) -> NDArray[np.float64]:
    """Heights along a path as a curve: medians, then a moving average weighted by what was found."""
    padded = np.pad(height, 3, mode="edge")
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, 7), axis=1)
    reach = min(12, max(1, len(height) // 4))
    weight = np.maximum(worth.astype(float), 0.05)
    kernel = np.ones(2 * reach + 1)
    # lines go on beyond the ends as they were
    steps = np.arange(len(height))
    slope, level = np.polyfit(steps, middle, 1, w=weight)
    rest = (middle - slope * steps - level) * weight
    smooth: NDArray[np.float64] = np.convolve(rest, kernel, "same") / np.convolve(weight, kernel, "same")
    smooth += slope * steps + level
    return smooth


def _ends(dark: Levels, middle: NDArray[np.float32], space: float, left: int, right: int) -> tuple[int, int]:
    """Where at least three of five lines begin and end."""
    columns = np.arange(max(0, left - round(space)), min(dark.shape[1], right + round(space)))
    found = np.zeros(len(columns))
    for tooth in range(-2, 3):
        rows = np.clip(np.rint(middle[columns] + tooth * space).astype(int), 1, dark.shape[0] - 2)
        found += np.sum([dark[rows + d, columns] for d in (-1, 0, 1)], axis=0) > 0.3
    full = np.nonzero(np.convolve(found >= 4, np.ones(3), "same") >= 2)[0]
    return (int(columns[full[0]]), int(columns[full[-1]]) + 1) if len(full) else (left, right)


def _fitted(dark: Levels, middle: NDArray[np.float32], space: float, left: int, right: int) -> tuple[float, float]:
    """Line distance and a shift, both in parts of a px, at which the comb finds most ink."""
    columns = np.arange(left, right, max(1, (right - left) // 400))
    best: tuple[float, float, float] = (-1.0, space, 0.0)
    for wide in np.linspace(0.94, 1.06, 13) * space:
        for lift in np.linspace(-0.3, 0.3, 13) * space:
            ink = float(_teeth(dark, middle[columns] + np.float32(lift), columns, float(wide)).mean())
            ink -= 0.02 * (abs(wide / space - 1) + abs(lift / space))
            best = max(best, (ink, float(wide), float(lift)))
    return best[1], best[2]


def _followed(dark: Levels, middle: NDArray[np.float32], space: float, left: int, right: int) -> NDArray[np.float32]:
    """The middle line where the lines are, to a part of a px, as a slow curve."""
    step = max(1, round(space / 2))
    columns = np.arange(left, right, step)
    lifts = np.linspace(-0.3, 0.3, 25) * space
    kernel = np.ones(min(25, max(1, len(columns) // 2 * 2 - 1)))
    found = np.stack([_teeth(dark, middle[columns] + np.float32(lift), columns, space) for lift in lifts])
    near = np.stack([np.convolve(row, kernel, "same") for row in found]) - 0.02 * np.abs(lifts / space)[:, None]
    best = lifts[near.argmax(0)]
    reach = len(kernel) // 2
    slow = np.convolve(np.pad(best, reach, mode="edge"), kernel / len(kernel), "valid")
    moved: NDArray[np.float32] = (middle + np.interp(np.arange(len(middle)), columns, slow)).astype(np.float32)
    return moved


def _teeth(dark: Levels, heights: NDArray[Any], columns: NDArray[np.int64], space: float) -> NDArray[np.float32]:
    """Mean ink under five teeth, for each column."""
    ink: NDArray[np.float32] = np.zeros(len(columns), np.float32)
    for tooth in range(-2, 3):
        y = heights + tooth * space
        low = np.clip(np.floor(y).astype(int), 0, dark.shape[0] - 2)
        part = np.clip(y - low, 0, 1)
        ink += ((1 - part) * dark[low, columns] + part * dark[low + 1, columns]).astype(np.float32)
    ink /= 5
    return ink


def strip(dark: Levels, staff: Staff, space: int, height: int, centre: float, margin: float) -> tuple[Levels, float]:
    """A staff pulled straight, and the x (px of the picture) of its left edge.

    Args:
        dark: the picture.
        staff: on it.
        space: px a staff space of the strip.
        height: of the strip, px.
        centre: y of the middle line on the strip, px.
        margin: staff spaces beyond the staff's ends.
    """
    import cv2

    shrink = min(1.0, 1.4 * space / staff.space)
    seen: Any = dark
    if shrink < 0.8:
        seen = cv2.resize(dark, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    else:
        shrink = 1.0
    scale = staff.space / space
    begin = staff.left - margin * staff.space
    width = round((staff.right - staff.left) / scale + 2 * margin * space)
    x = begin + np.arange(width, dtype=np.float32) * np.float32(scale)
    middle = np.interp(x, np.arange(len(staff.middle)), staff.middle).astype(np.float32)
    rows = (np.arange(height, dtype=np.float32) - centre)[:, None] * np.float32(scale)
    down = (middle[None] + rows) * np.float32(shrink)
    across = np.broadcast_to(x[None] * np.float32(shrink), down.shape).astype(np.float32)
    cut: Levels = cv2.remap(seen, across, down.astype(np.float32), cv2.INTER_LINEAR, borderValue=0)
    return cut, float(begin)
