"""A crop of a figure and the labels read on it to a `Notation`."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from legenda.document import Line, Notation, bounds
from legenda.notation.base import Raster, grey
from legenda.notation.geometry import circles as rounds
from legenda.notation.geometry.figure import Circle, Figure, Point, Segment, Text, as_svg, as_tikz
from legenda.notation.geometry.joints import joined
from legenda.notation.geometry.strokes import coverage, strokes, without_strokes

ENGINE = "geometry"
Mask = NDArray[np.bool_]
_SAME_SHAPE = frozenset("CKOPSUVWXYZ")  # capitals that differ from small letters in size alone
_INK = 60  # least difference from the paper


def read(crop: Raster, lines: Sequence[Line] = ()) -> Notation:
    """Strokes, circles, dots, marks of right angles, and labels of a figure, as TikZ and SVG.

    Args:
        crop: see `legenda.notation.read`.
        lines: labels on it; their ink is not taken for strokes.
    """
    shades = grey(crop).astype(int)
    paper = int(np.median(shades))
    ink = np.abs(shades - paper) > _INK
    mask = _without_labels(ink, lines)
    if mask.sum() < 20:
        return Notation("geometry", {}, 0.0, ENGINE, "No figure was found on the crop.")
    figure, explained = _figure(mask, lines)
    forms = {"tikz": as_tikz(figure), "svg": as_svg(figure)}
    sure = fmean([line.confidence for line in lines] or [1.0])
    problem = "" if explained > 0.8 else f"{1 - explained:.0%} of what is drawn is neither a stroke nor a circle."
    return Notation("geometry", forms, round(0.9 * sure * explained, 4), ENGINE, problem)


def _figure(mask: Mask, lines: Sequence[Line]) -> tuple[Figure, float]:
    """The figure, and which share of the ink it explains."""
    width, dots, rest = _thickness(mask)
    found = rounds.circles(rest, width, whole=True)
    for circle in found:
        rest = rounds.without(rest, circle, width)
    # pieces of an arc are straight for a while: 2 sqrt(2 r) px within half a pixel
    long = strokes(rest, mask, width, max(30.0, 1.6 * float(np.sqrt(2 * min(mask.shape)))))
    remaining = without_strokes(rest, long, width)
    arcs = rounds.circles(remaining, width, whole=False)
    for circle in arcs:
        remaining = rounds.without(remaining, circle, width)
    straight = np.concatenate([long, strokes(remaining, mask, width, 9.0)])
    found, rest = [*found, *arcs], remaining
    segments = [
        Segment(a, b, dashed=coverage(mask, np.array([*a, *b])) < 0.75)
        for a, b in joined(straight, max(6.0, 2.5 * width))
    ]
    segments, right_angles = _right_angles(segments)
    names, texts = _labels(lines, segments, found, dots)
    curves = tuple(_circle(circle) for circle in found)
    height, across = mask.shape
    size = float(np.median([_size(line) for line in lines])) if lines else 14.0
    figure = Figure(
        across, height, tuple(segments), curves, tuple(dots), tuple(right_angles), tuple(texts), names, size
    )
    return figure, _explained(rest, straight, width, int(mask.sum()))


def _without_labels(ink: Mask, lines: Sequence[Line]) -> Mask:
    """Ink that belongs to no label: what hangs together and lies in a label's box goes; what reaches beyond stays."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    mask = ink.copy()
    for line in lines:
        left, top, right, bottom = bounds(line.polygon)
        slack = 0.25 * (bottom - top) + 2
        for number, (x, y, width, height, _) in enumerate(stats):
            inside = left - slack < x + width / 2 < right + slack and top - slack < y + height / 2 < bottom + slack
            if number and inside and width < right - left + 2 * slack and height < bottom - top + 2 * slack:
                mask[labels == number] = False
    return mask


def _thickness(mask: Mask) -> tuple[float, list[Point], Mask]:
    """Usual width of the strokes, discs drawn for points, and the mask without the discs."""
    import cv2

    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    ridge = inside[(inside >= cv2.dilate(inside, np.ones((3, 3), np.uint8))) & mask]
    width = max(1.0, 2 * float(np.median(ridge)) - 0.6)
    thick = (inside > max(2.2, 1.1 * width)).astype(np.uint8)
    count, labels, stats, middles = cv2.connectedComponentsWithStats(thick)
    dots: list[Point] = []
    rest = mask.copy()
    for n in range(1, count):
        radius = float(inside[labels == n].max())
        if radius < 14 and max(stats[n, 2:4]) < 1.6 * radius + 3:
            x, y = (round(float(v), 1) for v in middles[n])
            dots.append((x, y))
    return width, dots, rest


def _circle(found: rounds.Found) -> Circle:
    x, y, radius, drawn = found
    centre = (round(x, 1), round(y, 1))
    if rounds.is_whole(drawn):
        return Circle(centre, round(radius, 1))
    first, last = rounds.span(drawn)
    return Circle(centre, round(radius, 1), (float(first), float(last)))


def _right_angles(segments: list[Segment]) -> tuple[list[Segment], list[tuple[Point, Point, Point]]]:
    """Two short strokes that meet, and complete a small square in the corner of two long ones, mark a right angle."""
    lengths = {x: float(np.hypot(x.end[0] - x.start[0], x.end[1] - x.start[1])) for x in segments}
    long = [x for x in segments if lengths[x] > 40]
    short = [x for x in segments if lengths[x] <= 40]
    marks: list[tuple[Point, Point, Point]] = []
    used: set[Segment] = set()
    for n, one in enumerate(short):
        for other in short[n + 1 :]:
            shared = {one.start, one.end} & {other.start, other.end}
            if len(shared) != 1 or one in used or other in used:
                continue
            inner = shared.pop()
            a = one.end if one.start == inner else one.start
            b = other.end if other.start == inner else other.start
            corner = (a[0] + b[0] - inner[0], a[1] + b[1] - inner[1])
            near = next(
                (p for x in long for p in (x.start, x.end) if np.hypot(p[0] - corner[0], p[1] - corner[1]) < 9), None
            )
            if near is not None and 0.5 < lengths[one] / lengths[other] < 2:
                marks.append((near, a, b))
                used |= {one, other}
    return [x for x in segments if x not in used], marks


def _labels(
    lines: Sequence[Line], segments: Sequence[Segment], circles: Sequence[rounds.Found], dots: Sequence[Point]
) -> tuple[dict[str, tuple[Point, Point]], list[Text]]:
    """Capital letters name the nearest point that is near enough; other labels stand where they stand."""
    points = list(dict.fromkeys([*(p for x in segments for p in (x.start, x.end)), *dots]))
    points += [(round(x, 1), round(y, 1)) for x, y, _, drawn in circles if rounds.is_whole(drawn)]
    points += [point for segment in segments for circle in circles for point in _crossings(segment, circle)]
    names: dict[str, tuple[Point, Point]] = {}
    texts: list[Text] = []
    tall = max((_size(line) for line in lines), default=0.0)
    taken: set[Point] = set()
    for line in lines:
        left, top, right, bottom = bounds(line.polygon)
        at = (round((left + right) / 2, 1), round((top + bottom) / 2, 1))
        text = line.content.strip()
        if text in _SAME_SHAPE and _size(line) < 0.85 * tall:
            text = text.lower()
        free = [p for p in points if p not in taken]
        near = min(free, key=lambda p: np.hypot(p[0] - at[0], p[1] - at[1]), default=None)
        named = len(text) == 1 and text.isupper() and text not in names
        if named and near is not None and np.hypot(near[0] - at[0], near[1] - at[1]) < 2.2 * _size(line) + 6:
            names[text] = (near, at)
            taken.add(near)
            continue
        texts.append(Text(text, at))
    return names, texts


def _crossings(segment: Segment, circle: rounds.Found) -> list[Point]:
    """Where a segment crosses a circle."""
    x, y, radius, _ = circle
    start, way = np.array(segment.start), np.subtract(segment.end, segment.start)
    roots = np.roots([way @ way, 2 * way @ (start - (x, y)), (start - (x, y)) @ (start - (x, y)) - radius**2])
    points = [start + float(t.real) * way for t in roots if abs(t.imag) < 1e-9 and 0 < t.real < 1]
    return [(round(float(p[0]), 1), round(float(p[1]), 1)) for p in points]


def _size(line: Line) -> float:
    left, top, right, bottom = bounds(line.polygon)
    return min(right - left, bottom - top) if len(line.content) > 1 else bottom - top


def _explained(rest: Mask, straight: NDArray[np.float64], width: float, total: int) -> float:
    return 1 - float(without_strokes(rest, straight, width + 1).sum()) / max(total, 1)
