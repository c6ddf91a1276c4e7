"""Ink to strokes: paper and ink, how thick lines are, lines thinned to one pixel, and these as straight pieces."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from legenda.notation.base import Raster

Mask = NDArray[np.uint8]
"""[height, width], 1 where ink is."""
Points = NDArray[np.float64]
"""[n, 2]: x and y in pixels."""

_THIN, _THICK = 2.6, 7.0  # px: thinner lines are enlarged, thicker ones reduced; corners are found best between
_EVEN = 0.6  # share of pixels that have the shade of paper; where fewer have, there is grain, which is smoothed
_FULL, _SHAPES = 0.4, 4000  # share of ink, and shapes: with more it is a photograph, or a texture
_SPECK = 0.3  # of the square of a stroke's thickness: smaller shapes are dirt
_DEEP = 40.0  # px from paper: what is so fat is no stroke
_LARGEST = 9e6  # px of a picture when enlarged
_AROUND = ((0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1))  # dx, dy from the top, clockwise


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as it is worked on.

    Attributes:
        ink: its ink.
        depth: float32, [height, width]: how far each pixel of ink is from paper, px.
        scale: enlarged so much.
        thickness: of most lines, px.
    """

    ink: Mask
    depth: NDArray[np.float32]
    scale: float
    thickness: float


def drawing(shades: Raster, least: float = 1.0) -> Drawing | None:
    """Separate ink from paper at a size lines are followed well at; `None` where there is no ink, or a texture.

    Args:
        shades: uint8, [height, width] grey, dark on light or light on dark.
        least: enlarge it so much at least, as far as that leaves it a picture of bearable size.
    """
    import cv2

    dark = shades if np.median(shades) > 127 else 255 - shades
    if int(dark.max()) - int(dark.min()) < 40:
        return None
    count = np.bincount(dark.reshape(-1), minlength=256)
    if count[max(int(count.argmax()) - 2, 0) :][:5].sum() < _EVEN * dark.size:
        dark = cv2.GaussianBlur(dark, (0, 0), 0.8)
    ink = _ink(dark)
    if ink.mean() > _FULL or cv2.connectedComponents(ink)[0] > _SHAPES:
        return None
    first = _measured(ink, 1.0)
    wanted = 1.0
    if first.thickness < _THIN:
        wanted = 3.0 if first.thickness < 1.4 else 2.0
    elif first.thickness > _THICK:
        wanted = 4.0 / first.thickness
    wanted = min(max(wanted, least), float(np.sqrt(_LARGEST / dark.size)))
    if wanted == 1.0:
        return first
    how = cv2.INTER_AREA if wanted < 1 else cv2.INTER_CUBIC
    return _measured(_ink(cv2.resize(dark, None, fx=wanted, fy=wanted, interpolation=how)), wanted)


def _ink(dark: Raster) -> Mask:
    import cv2

    framed = cv2.copyMakeBorder(dark, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=255)
    _, ink = cv2.threshold(framed, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    found: Mask = ink.astype(np.uint8)
    return found


def _measured(ink: Mask, scale: float) -> Drawing:
    import cv2

    depth = cv2.distanceTransform(ink, cv2.DIST_L2, 5)
    ridge = (depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8))) & (ink > 0)
    values = depth[ridge]
    thickness = float(2 * np.median(values) - 0.7) if len(values) else 1.0
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    left_out = stats[:, 4] < _SPECK * thickness**2
    left_out[np.unique(numbers[depth > _DEEP])] = True
    left_out[0] = False
    if left_out.any():
        ink = np.where(left_out[numbers], 0, ink).astype(np.uint8)
    return Drawing(ink, depth, scale, thickness)


def thinned(ink: Mask) -> Mask:
    """Lines of one pixel in the middle of the strokes (Guo & Hall 1989), for ink that touches no border."""
    skeleton = ink.copy()
    flat, width = skeleton.reshape(-1), ink.shape[1]
    steps = np.array([dx + dy * width for dx, dy in _AROUND])
    at = np.nonzero(flat)[0]
    changed = True
    while changed:
        changed = False
        for table in _TABLES:
            code = np.zeros(len(at), np.uint8)
            for bit, step in enumerate(steps):
                code |= flat[at + step] << np.uint8(bit)
            gone = table[code]
            if gone.any():
                flat[at[gone]] = 0
                at = at[~gone]
                changed = True
    return skeleton


def _tables() -> list[NDArray[np.bool_]]:
    """Which of the 256 neighbourhoods lose their middle, in the odd and the even pass."""
    tables = []
    for odd in (True, False):
        rows = []
        for code in range(256):
            p2, p3, p4, p5, p6, p7, p8, p9 = (code >> bit & 1 for bit in range(8))
            turns = (1 - p2 & (p3 | p4)) + (1 - p4 & (p5 | p6)) + (1 - p6 & (p7 | p8)) + (1 - p8 & (p9 | p2))
            pairs = min((p9 | p2) + (p3 | p4) + (p5 | p6) + (p7 | p8), (p2 | p3) + (p4 | p5) + (p6 | p7) + (p8 | p9))
            side = (p2 | p3 | 1 - p5) & p4 if odd else (p6 | p7 | 1 - p9) & p8
            rows.append(turns == 1 and 2 <= pairs <= 3 and side == 0)
        tables.append(np.array(rows))
    return tables


_TABLES = _tables()


def paths(skeleton: Mask) -> list[Points]:
    """Lines between ends and crossings of a skeleton, pixel by pixel; a ring begins and ends at one pixel."""
    near = _neighbours(skeleton)
    nodes = {at for at, others in near.items() if len(others) != 2}
    width = skeleton.shape[1]
    seen: set[tuple[int, int]] = set()
    found = []
    for start in [*sorted(nodes), *near]:
        if start not in nodes and any((start, other) in seen for other in near[start]):
            continue
        for step in near[start]:
            if (start, step) in seen:
                continue
            line, before, at = [start, step], start, step
            while at not in nodes and at != start:
                before, at = at, next((n for n in near[at] if n != before), before)
                line.append(at)
            seen.update(pairwise(line))
            seen.update(pairwise(line[::-1]))
            found.append(np.array([(n % width, n // width) for n in line], float))
    return found


def _neighbours(skeleton: Mask) -> dict[int, list[int]]:
    """Pixel to its neighbours; a diagonal one only where no pixel beside both leads there."""
    flat, width = skeleton.reshape(-1), skeleton.shape[1]
    near: dict[int, list[int]] = {}
    for at in np.nonzero(flat)[0].tolist():
        others = [at + step for step in (-1, 1, -width, width) if flat[at + step]]
        for dx in (-1, 1):
            for dy in (-width, width):
                if flat[at + dx + dy] and not flat[at + dx] and not flat[at + dy]:
                    others.append(at + dx + dy)
        near[at] = others
    return near


def corners(line: Points, tolerance: float) -> list[int]:
    """Indices of a line's ends and corners: no pixel lies farther than `tolerance` px from the straight pieces."""
    closed = bool((line[0] == line[-1]).all()) and len(line) > 3
    if closed:
        far = int(np.hypot(*(line - line[0]).T).argmax())
        start = int(np.hypot(*(line - line[far]).T).argmax())
        return sorted(
            {
                0,
                len(line) - 1,
                far,
                start,
                *_split(line, 0, far, tolerance),
                *_split(line, far, len(line) - 1, tolerance),
            }
        )
    return [0, *_split(line, 0, len(line) - 1, tolerance), len(line) - 1]


def _split(line: Points, first: int, last: int, tolerance: float) -> list[int]:
    """Corners between two indices (Douglas & Peucker 1973)."""
    todo, found = [(first, last)], []
    while todo:
        first, last = todo.pop()
        if last - first < 2:
            continue
        along = line[last] - line[first]
        length = float(np.hypot(*along)) or 1.0
        away = line[first + 1 : last] - line[first]
        off = np.abs(away[:, 0] * along[1] - away[:, 1] * along[0]) / length
        worst = int(off.argmax())
        if off[worst] > tolerance:
            found.append(first + 1 + worst)
            todo += [(first, first + 1 + worst), (first + 1 + worst, last)]
    return sorted(found)
