"""Polygons: eight numbers x1,y1..x4,y4 in page units, clockwise from the top left of the text itself."""

from __future__ import annotations

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Polygon = tuple[float, float, float, float, float, float, float, float]
Affine = tuple[float, float, float, float, float, float]


def from_box(x0: float, y0: float, x1: float, y1: float) -> Polygon:
    """Polygon of an upright box (left, top, right, bottom)."""
    return (x0, y0, x1, y0, x1, y1, x0, y1)


def bounds(polygon: Polygon) -> Box:
    """Upright bounding box (left, top, right, bottom) of a polygon."""
    x1, y1, x2, y2, x3, y3, x4, y4 = polygon
    return min(x1, x2, x3, x4), min(y1, y2, y3, y4), max(x1, x2, x3, x4), max(y1, y2, y3, y4)


def joined(first: Polygon, last: Polygon) -> Polygon:
    """Polygon around two on one line, `first` before `last` in the text, which may run from right to left."""
    x1, y1, x2, y2, *_ = first
    ahead = (last[0] - x1) * (x2 - x1) + (last[1] - y1) * (y2 - y1)
    start, end = (first, last) if ahead >= 0 else (last, first)
    return (*start[:2], *end[2:4], *end[4:6], *start[6:8])


def transform(polygon: Polygon, affine: Affine) -> Polygon:
    """Map every point by `(x, y) -> (a x + b y + c, d x + e y + f)`."""
    a, b, c, d, e, f = affine
    x1, y1, x2, y2, x3, y3, x4, y4 = polygon
    return (
        *(a * x1 + b * y1 + c, d * x1 + e * y1 + f),
        *(a * x2 + b * y2 + c, d * x2 + e * y2 + f),
        *(a * x3 + b * y3 + c, d * x3 + e * y3 + f),
        *(a * x4 + b * y4 + c, d * x4 + e * y4 + f),
    )


def from_upright(quarter: int, width: float, height: float) -> Affine:
    """From the frame of a page turned the right way up to the page as given.

    Args:
        quarter: by how many quarters the page as given was turned clockwise (0 to 3).
        width: of the page as given.
        height: of the page as given.
    """
    turns: dict[int, Affine] = {
        0: (1, 0, 0, 0, 1, 0),
        1: (0, -1, width, 1, 0, 0),
        2: (-1, 0, width, 0, -1, height),
        3: (0, 1, 0, -1, 0, height),
    }
    return turns[quarter]


def to_upright(quarter: int, width: float, height: float) -> Affine:
    """The inverse of `from_upright`, with the same arguments."""
    across, down = (height, width) if quarter % 2 else (width, height)
    return from_upright(-quarter % 4, across, down)


def signed(angle: float) -> float:
    """The same angle in degrees, in (-180, 180]."""
    return round(180 - (180 - angle) % 360, 4)
