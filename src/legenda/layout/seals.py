"""Seals: round stamps in red or blue with a ring around them, and their text, which runs along the ring.

Looked for in colour only: a ring in black may be anything. 5 ms on a page in colour, nothing on a grey one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from legenda.document.geometry import Box, Polygon

Raster = NDArray[np.uint8]
Mask = NDArray[np.bool_]
_SIDE = 800  # pixels of the page's longer side in which rings are looked for
_HUES = ((0, 12), (165, 180), (100, 135))  # OpenCV's, of 180: red from both ends, blue
_SATURATION, _BRIGHTNESS = 60, 40
_LEAST, _MOST = 0.05, 0.4  # of the page's shorter side: a seal's width
_ROUND = 0.6  # narrower over wider side, of an oval one
_ANGLES = 120
_RING, _WHOLE = (
    (0.86, 1.04),
    0.8,
)  # of the radius, in which the ring lies, and the share of all directions it is seen in
_INKED = (0.04, 0.6)  # share of what the ring holds that is ink: less is a circle around something, more is a disc
_TEXT = (0.52, 0.9)  # of the radius, between which the text along the ring stands
_BEGIN = pi / 2  # where the strip begins: below, as text along a ring leaves its foot free


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal.

    Attributes:
        box: left, top, right, bottom; pixels of the raster as `seals` gives it.
    """

    box: Box

    @property
    def centre(self) -> tuple[float, float]:
        """Pixels."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2

    @property
    def radii(self) -> tuple[float, float]:
        """Half its width and height, pixels."""
        return (self.box[2] - self.box[0]) / 2, (self.box[3] - self.box[1]) / 2


def seals(raster: Raster) -> list[Seal]:
    """Seals on an upright page.

    Args:
        raster: uint8, [height, width] grey, where none are looked for, or [height, width, 3] RGB.
    """
    if raster.ndim == 2:
        return []
    import cv2

    scale = min(1.0, _SIDE / max(raster.shape[:2]))
    small = cv2.resize(raster, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found: list[Seal] = []
    if not (small.max(axis=2).astype(np.int16) - small.min(axis=2) > _SATURATION).any():
        return found
    hsv = cv2.cvtColor(small, cv2.COLOR_RGB2HSV)
    lively = (hsv[..., 1] >= _SATURATION) & (hsv[..., 2] >= _BRIGHTNESS)
    red = lively & ((hsv[..., 0] <= _HUES[0][1]) | (hsv[..., 0] >= _HUES[1][0]))
    blue = lively & (hsv[..., 0] >= _HUES[2][0]) & (hsv[..., 0] <= _HUES[2][1])
    for mask in (red, blue):
        found += [Seal(tuple(side / scale for side in box)) for box in _rings(mask)]
    return found


def _rings(mask: Mask) -> Iterator[Box]:
    import cv2

    if not mask.any():
        return
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    shorter = min(mask.shape)
    for x, y, w, h, _ in stats[1:].tolist():
        if min(w, h) < _LEAST * shorter or max(w, h) > _MOST * shorter or min(w, h) < _ROUND * max(w, h):
            continue
        if _is_ring(mask[y : y + h, x : x + w]):
            yield (float(x), float(y), float(x + w), float(y + h))


def _is_ring(ink: Mask) -> bool:
    """Whether ink stands at the rim in nearly all directions, and neither everywhere nor nowhere inside."""
    height, width = ink.shape
    y, x = np.mgrid[0:height, 0:width]
    across, down = (x + 0.5) / width * 2 - 1, (y + 0.5) / height * 2 - 1
    radius = np.hypot(across, down)
    inside = float(ink[radius < _RING[0]].mean())
    rim = ink & (radius >= _RING[0]) & (radius <= _RING[1])
    sectors = ((np.arctan2(down, across)[rim] + pi) / (2 * pi) * _ANGLES).astype(int) % _ANGLES
    return len(np.unique(sectors)) >= _WHOLE * _ANGLES and _INKED[0] < inside < _INKED[1]


def unrolled(raster: Raster, seal: Seal) -> Raster:
    """The text along the ring as one row, from the foot of the seal clockwise, letters upright."""
    import cv2

    (x, y), (a, b) = seal.centre, seal.radii
    width, height = round(pi * (a + b)), max(8, round((_TEXT[1] - _TEXT[0]) * (a + b) / 2))
    angle = _BEGIN + np.arange(width, dtype=np.float32) / width * 2 * pi
    reach = _TEXT[1] - np.arange(height, dtype=np.float32) / height * (_TEXT[1] - _TEXT[0])
    across = (x + a * reach[:, None] * np.cos(angle)[None]).astype(np.float32)
    down = (y + b * reach[:, None] * np.sin(angle)[None]).astype(np.float32)
    row: Raster = cv2.remap(raster, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return row


def rolled(polygon: Polygon, shape: tuple[int, ...], seal: Seal) -> Polygon:
    """A polygon on the row as it stands on the page."""
    (x, y), (a, b) = seal.centre, seal.radii
    height, width = shape[:2]
    points: list[float] = []
    for across, down in zip(polygon[::2], polygon[1::2], strict=True):
        angle = _BEGIN + across / width * 2 * pi
        reach = _TEXT[1] - down / height * (_TEXT[1] - _TEXT[0])
        points += [x + a * reach * cos(angle), y + b * reach * sin(angle)]
    return tuple(points)  # type: ignore[return-value]
