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
    xs, ys = polygon[0::2], polygon[1::2]
    return min(xs), min(ys), max(xs), max(ys)


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
