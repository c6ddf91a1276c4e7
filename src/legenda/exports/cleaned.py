"""A page's picture without its text: each line painted over in the colour of the paper around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from legenda.document import Polygon

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

Colour = tuple[int, int, int]
_BLACK: Colour = (0, 0, 0)
_MARGIN = 0.15  # of a line's height: letters reach over the polygon by so much
_PLAIN = 18.0  # standard deviation of the paper's brightness; beyond it is a picture, whose texture is continued
_INK = 0.5  # of the greatest difference from the paper


def cleaned(pixels: Pixels, polygons: Sequence[Polygon]) -> tuple[Pixels, list[Colour]]:
    """Take text out of a picture.

    Args:
        pixels: uint8, [height, width] grey or [height, width, 3] RGB.
        polygons: of lines, in pixels.

    Returns:
        The picture in RGB, and the colour of each line's ink.
    """
    import cv2
    import numpy as np

    picture = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB) if pixels.ndim == 2 else np.array(pixels)
    inks = [_without(picture, polygon) for polygon in polygons]
    return picture, inks


def _without(picture: Pixels, polygon: Polygon) -> Colour:
    """Paint a line over in place; its ink's colour."""
    import cv2
    import numpy as np

    corners = np.asarray(polygon, np.float64).reshape(4, 2)
    if not np.isfinite(corners).all():
        return _BLACK
    reach = max(2, round(_MARGIN * float(np.hypot(*(corners[3] - corners[0])))))
    height, width = picture.shape[:2]
    left, top = np.maximum(corners.min(0).astype(int) - 3 * reach, 0).tolist()
    right, bottom = np.minimum(corners.max(0).astype(int) + 3 * reach + 1, (width, height)).tolist()
    if left >= right or top >= bottom:
        return _BLACK
    part = picture[top:bottom, left:right]
    inside = np.zeros(part.shape[:2], np.uint8)
    cv2.fillConvexPoly(inside, np.round(corners - (left, top)).astype(np.int32), 255)
    square = np.ones((3, 3), np.uint8)
    inside = cv2.dilate(inside, square, iterations=reach)
    ring = (cv2.dilate(inside, square, iterations=reach) > 0) & (inside == 0)
    around = part[ring] if ring.any() else part.reshape(-1, 3)
    paper = np.median(around, 0)
    within = part[inside > 0].astype(np.float64)
    difference = np.abs(within - paper).sum(1)
    ink = np.median(within[difference >= _INK * difference.max()], 0) if len(within) else paper
    if float(around.mean(1).std()) <= _PLAIN or not ring.any():
        part[inside > 0] = paper.astype(np.uint8)
    else:
        part[:] = cv2.inpaint(part, inside, reach, cv2.INPAINT_TELEA)
    red, green, blue = (int(value) for value in ink)
    return red, green, blue
