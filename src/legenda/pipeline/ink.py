"""Is anything written there? What shows through from the back of a sheet, and noise, are not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from legenda.document import Box, Polygon, bounds
from legenda.engines.base import Raster

# Lightest less darkest of a line's box, of 1, and steepest step over that. Of the lines read on evaldata's receipts,
# handwriting and scenes 99 % have .22 and more; pages seen through paper at a quarter of their strength .16 at most, at
# .35 up to .25; but blurred as they are their steps are .4 of it at most, and those of faint pencil .5 and more
CONTRAST = 0.175
_FAINT, _SOFT = 0.22, 0.45
_LONGEST = 1600  # pixels of the longer side at which loose ink is looked for
_TALLEST = 0.08  # of the page's height; what is taller is a picture or a rule
_LEAST = 5.0  # pixels of a sign's longer side


class Ink:
    """The ink of an upright page.

    Args:
        raster: of the page.
    """

    def __init__(self, raster: Raster) -> None:
        self._grey = raster if raster.ndim == 2 else cv2.cvtColor(raster, cv2.COLOR_RGB2GRAY)
        self._scale = min(1.0, _LONGEST / max(self._grey.shape))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the page, in pixels."""
        return self._grey.shape[1], self._grey.shape[0]

    def is_under(self, polygon: Polygon) -> bool:
        """Whether something is written in a box, as strongly as people and printers write."""
        left, top, right, bottom = bounds(polygon)
        margin = (bottom - top) / 4
        x0, y0 = max(0, int(left - margin)), max(0, int(top - margin))
        part = self._grey[y0 : int(bottom + margin) + 1, x0 : int(right + margin) + 1]
        if not part.size:
            return False
        low, high = np.percentile(cv2.GaussianBlur(part, (3, 3), 0), (0.5, 98.5))
        contrast = float(high - low) / 255
        return contrast >= _FAINT or (contrast >= CONTRAST and _steepness(part) >= _SOFT * contrast)

    def loose(self, read: Sequence[Polygon]) -> list[Box]:
        """Rows of signs that lie in none of the boxes that were read, from top to bottom."""
        mask = self._mask.copy()
        for polygon in read:
            left, top, right, bottom = (side * self._scale for side in bounds(polygon))
            mask[max(0, int(top) - 1) : int(bottom) + 2, max(0, int(left) - 2) : int(right) + 3] = 0
        scale = self._scale
        return [(a / scale, b / scale, c / scale, d / scale) for a, b, c, d in _rows(_signs(mask))]

    @cached_property
    def _mask(self) -> NDArray[np.uint8]:
        small = cv2.resize(self._grey, None, fx=self._scale, fy=self._scale, interpolation=cv2.INTER_AREA)
        paper = cv2.medianBlur(small, 2 * (max(small.shape) // 50) + 1)
        return np.asarray(np.abs(paper.astype(np.int16) - small) >= 255 * CONTRAST, np.uint8)


def _steepness(part: Raster) -> float:
    """How fast ink gives way to paper: of 1 in a pixel."""
    across, down = cv2.Sobel(part, cv2.CV_32F, 1, 0), cv2.Sobel(part, cv2.CV_32F, 0, 1)
    return float(np.percentile(np.hypot(across, down), 98)) / (4 * 255)


def _signs(mask: NDArray[np.uint8]) -> list[Box]:
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for x, y, width, height, _ in stats[1:count].tolist():
        if max(width, height) >= _LEAST and height <= _TALLEST * mask.shape[0] and width <= mask.shape[1] / 2:
            found.append((float(x), float(y), float(x + width), float(y + height)))
    return found


def _rows(signs: Sequence[Box]) -> list[Box]:
    """Signs side by side as one box."""
    rows: list[Box] = []
    for sign in sorted(signs, key=lambda box: ((box[1] + box[3]) / 2, box[0])):
        near = next((i for i, row in enumerate(rows) if _beside(row, sign)), None)
        if near is None:
            rows.append(sign)
            continue
        row = rows[near]
        rows[near] = min(row[0], sign[0]), min(row[1], sign[1]), max(row[2], sign[2]), max(row[3], sign[3])
    return [row for row in rows if row[2] - row[0] >= row[3] - row[1]]


def _beside(row: Box, sign: Box) -> bool:
    height = max(row[3] - row[1], sign[3] - sign[1])
    gap = max(row[0], sign[0]) - min(row[2], sign[2])
    return (
        min(row[3], sign[3]) - max(row[1], sign[1]) > 0.3 * min(row[3] - row[1], sign[3] - sign[1]) and gap < 3 * height
    )
