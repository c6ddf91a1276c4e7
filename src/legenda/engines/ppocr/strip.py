"""Cut a text box out of the raster as a strip of the recognisers' height."""

from __future__ import annotations

from dataclasses import dataclass
from math import dist

import cv2
import numpy as np
from numpy.typing import NDArray

from legenda.engines.base import Raster

HEIGHT = 48
WIDEST = 3200
# strips are narrower than the box by this, as every column costs; word F1 of balanced at 1/.88/.8/.75: .941/.943/
# .945/.946 on pages, .903/.904/.905/.901 on receipts, .949/.949/.942/.945 on turned pages
SQUEEZE = 0.82


@dataclass(frozen=True, slots=True)
class Strip:
    """A line as a picture.

    Attributes:
        pixels: uint8 [48, width] grey or [48, width, 3] RGB.
        quad: float32 [4, 2], the box in raster pixels, its first point at the start of the text.
    """

    pixels: Raster
    quad: NDArray[np.float32]

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    def part(self, left: float, right: float) -> Strip:
        """The piece between two shares (0..1) of the width; its quad stays that of the whole."""
        a, b = int(left * self.width), int(np.ceil(right * self.width))
        return self if (a, b) == (0, self.width) else Strip(self.pixels[:, a:b], self.quad)


def cut(raster: Raster, quad: NDArray[np.float32], squeeze: float = SQUEEZE) -> Strip:
    """Cut one box as it stands; the strip is narrower by `squeeze`."""
    width, height = size(quad)
    target = int(np.clip(round(squeeze * HEIGHT * width / max(1.0, height)), 16, WIDEST))
    return Strip(_warp(raster, quad, (target, HEIGHT), height), quad)


def downwards(quad: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same box for text that runs downwards (turned clockwise): it starts at the top right."""
    return np.roll(quad, -1, axis=0)


def upwards(quad: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same box for text that runs upwards."""
    return np.roll(quad, 1, axis=0)


def upside_down(quad: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same box for text that stands on its head."""
    return np.roll(quad, 2, axis=0)


def size(quad: NDArray[np.float32]) -> tuple[float, float]:
    """Width along the text and height across it, in raster pixels."""
    a, b, c, d = quad.tolist()
    return max(dist(a, b), dist(c, d)), max(dist(b, c), dist(d, a))


def _warp(raster: Raster, quad: NDArray[np.float32], size: tuple[int, int], height: float) -> Raster:
    """Affine warp; large text goes through an area filter, which a warp alone would alias."""
    shrink = height > 1.5 * HEIGHT
    wide, high = (max(1, round(side * height / HEIGHT)) for side in size) if shrink else size
    corners = np.array([[0, 0], [wide - 1, 0], [wide - 1, high - 1]], np.float32)
    affine = cv2.getAffineTransform(np.ascontiguousarray(quad[:3], np.float32), corners)
    flags = cv2.INTER_LINEAR if shrink else cv2.INTER_CUBIC
    strip = cv2.warpAffine(raster, affine, (wide, high), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    if shrink:
        strip = cv2.resize(strip, size, interpolation=cv2.INTER_AREA)
    return np.asarray(strip, np.uint8)
