"""A crop of a figure and the labels read on it to a `Notation`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from legenda.document import Line, Notation, bounds
from legenda.notation.base import Raster, grey
from legenda.notation.geometry import circles as rounds
from legenda.notation.geometry import marks
from legenda.notation.geometry.dashes import dashed, reaching
from legenda.notation.geometry.figure import Circle, Figure, Point, Segment, Text, as_svg, as_tikz
from legenda.notation.geometry.joints import joined
from legenda.notation.geometry.strokes import grown, strokes, without_strokes

ENGINE = "geometry"
Mask = NDArray[np.bool_]
_ROUND = frozenset("oO0.")  # what a point drawn as a disc is read as
_SAME_SHAPE = frozenset("CKOPSUVWXYZ")  # capitals that differ from small letters in size alone
_INK = 60  # least difference from the paper that the darkest ink has
_CLEAR, _PALE = 0.5, 0.27  # of the darkest ink: strokes, and their edges
_CORNER, _ACUTE = 8.0, 50.0  # px and degrees: where a corner is as thick as a point
_SPECK = 4  # px: less is dirt


def read(crop: Raster, lines: Sequence[Line] = ()) -> Notation:
    """Strokes, circles, dots, marks of angles, and labels of a figure, as TikZ and SVG.

    Args:
        crop: see `legenda.notation.read`.
        lines: labels on it; their ink is not taken for strokes, unless it is one.
    """
    whole = ink_of(grey(crop))
    size = float(np.median([_size(line) for line in lines])) if lines else 14.0
    broken, rest = dashed(whole, _width(whole), max(1.8 * size, 26.0))
    lines = _labels_of(lines, rest)
    mask = _without_labels(rest, lines)
    if mask.sum() + whole.sum() - rest.sum() < 20:
        return Notation("geometry", {}, 0.0, ENGINE, "No figure was found on the crop.")
    figure, explained = _figure(whole, mask, lines, (broken, size))
    forms = {"tikz": as_tikz(figure), "svg": as_svg(figure)}
    sure = fmean([line.confidence for line in lines] or [1.0])
    problem = "" if explained > 0.8 else f"{1 - explained:.0%} of what is drawn is neither a stroke nor a circle."
    return Notation("geometry", forms, round(0.9 * sure * explained, 4), ENGINE, problem)


def ink_of(shades: Raster) -> Mask:
    """What is drawn, on paper that may be lit unevenly: clear strokes, and paler pixels that hang on them."""
    import cv2

    values = shades if np.median(shades) > 110 else 255 - shades
    side = max(15, min(values.shape) // 12) | 1
    paper = cv2.blur(cv2.morphologyEx(values, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)), (side, side))
    depth = paper.astype(np.int16) - values
    scale = max(float(np.percentile(depth, 99.5)), _INK)
    _, labels = cv2.connectedComponents((depth > _PALE * scale).astype(np.uint8), connectivity=8)
    clear = np.bincount(labels.reshape(-1), weights=(depth > _CLEAR * scale).reshape(-1)) >= _SPECK
    clear[0] = False
    ink: Mask = clear[labels]
    return ink


def _labels_of(lines: Sequence[Line], ink: Mask) -> list[Line]:
    """Labels, and no pieces of strokes that were read as some: of those little ink is left, or all is a long stroke."""
    if not lines:
        return []
    width, kept = _width(ink), []
    long = strokes(ink, ink, width, max(45.0, 3 * float(np.median([_size(line) for line in lines]))))
    bare = without_strokes(ink, long, width)
    for line in lines:
        left, top, right, bottom = (max(int(side), 0) for side in bounds(line.polygon))
        own, left_over = ink[top : bottom + 1, left : right + 1].sum(), bare[top : bottom + 1, left : right + 1].sum()
        said = any(sign.isalnum() for sign in line.content)
        disc = line.content.strip() in _ROUND and _is_full(ink[top : bottom + 1, left : right + 1])
        if said and not disc and own >= _SPECK and left_over > 0.45 * own:
            kept.append(line)
    return kept


def _is_full(ink: Mask) -> bool:
    """Whether the ink of a box fills its own."""
    rows, columns = np.nonzero(ink)
    return bool(len(rows) and len(rows) > 0.68 * (np.ptp(rows) + 1) * (np.ptp(columns) + 1))


def _width(mask: Mask) -> float:
    """Usual width of the strokes."""
    import cv2

    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    ridge = inside[(inside >= cv2.dilate(inside, np.ones((3, 3), np.uint8))) & mask]
    return max(1.0, 2 * float(np.median(ridge)) - 0.6) if len(ridge) else 1.0


def _figure(
    whole: Mask, mask: Mask, lines: Sequence[Line], known: tuple[NDArray[np.float64], float]
) -> tuple[Figure, float]:
    """The figure, and which share of the ink it explains.

    Args:
        whole: all ink.
        mask: without labels and dashed strokes.
        lines: labels.
        known: dashed strokes, and the height of letters.
    """
    broken, size = known
    width, dots, rest = _thickness(mask)
    reach = max(6.0, 2.5 * width)
    found = rounds.circles(rest, width, whole=True)
    for circle in found:
        rest = rounds.without(rest, circle, width)
    # pieces of an arc are straight for a while: 2 sqrt(2 r) px within half a pixel
    long = strokes(rest, mask, width, max(30.0, 1.6 * float(np.sqrt(2 * min(mask.shape)))))
    long = np.array([grown(line, mask, dots) for line in long]).reshape(-1, 4)
    broken = reaching(broken, long, whole, max(0.9 * size, 12.0))
    remaining = without_strokes(rest, np.concatenate([long, broken]), width)
    main = _without_doubles([Segment(a, b) for a, b in joined(np.concatenate([long, broken]), reach)], reach)
    bows, squares = marks.angles(remaining, main, size)
    remaining = _without_marks(remaining, bows, squares, width)
    arcs = rounds.circles(remaining, width, whole=False)
    for circle in arcs:
        remaining = rounds.without(remaining, circle, width)
    short = strokes(remaining, mask, width, max(7.0, 0.45 * size))
    straight = np.concatenate([long, short])
    found, rest = [*found, *arcs], remaining
    segments = [
        Segment(a, b, dashed=_is_broken(a, b, broken)) for a, b in joined(np.concatenate([straight, broken]), reach)
    ]
    segments = _without_doubles(segments, reach)
    dots = [dot for dot in dots if not _is_acute(dot, segments)]
    names, texts = _labels([_spelled(line, whole) for line in lines], segments, found, dots)
    curves = [_circle(circle) for circle in found]
    curves += [Circle((round(x, 1), round(y, 1)), round(radius, 1), span) for (x, y), radius, span in bows]
    height, across = mask.shape
    figure = Figure(
        across, height, tuple(segments), tuple(curves), tuple(dots), tuple(squares), tuple(texts), names, size
    )
    return figure, _explained(rest, straight, width, int(mask.sum()))


def _without_doubles(segments: Sequence[Segment], reach: float) -> list[Segment]:
    """Without strokes that lie on longer ones."""
    kept: list[Segment] = []
    for segment in sorted(segments, key=lambda x: -np.hypot(x.end[0] - x.start[0], x.end[1] - x.start[1])):
        if not any(_lies_on(segment, other, 1.1 * reach) for other in kept):
            kept.append(segment)
    return [x for x in segments if x in kept]


def _is_acute(point: Point, segments: Sequence[Segment]) -> bool:
    """Whether strokes leave a point so close to one another that their corner looks like a disc."""
    ways = []
    for segment in segments:
        for one, other in ((segment.start, segment.end), (segment.end, segment.start)):
            if np.hypot(one[0] - point[0], one[1] - point[1]) < _CORNER:
                ways.append(float(np.rad2deg(np.arctan2(other[1] - one[1], other[0] - one[0]))))
    return any(1 < abs((a - b + 180) % 360 - 180) < _ACUTE for a, b in combinations(ways, 2))


def _lies_on(segment: Segment, other: Segment, near: float) -> bool:
    start, way = np.array(other.start), np.subtract(other.end, other.start)
    length = float(np.hypot(*way))
    way = way / max(length, 1e-6)
    own = np.subtract(segment.end, segment.start)
    if abs(own[0] * way[1] - own[1] * way[0]) > 0.15 * np.hypot(*own):
        return False
    off = [np.array(point) - start for point in (segment.start, segment.end)]
    return all(abs(x[0] * way[1] - x[1] * way[0]) < near and -near < x @ way < length + near for x in off)


def _spelled(line: Line, ink: Mask) -> Line:
    """A number whose last sign is small and stands high has degrees."""
    import cv2

    text = line.content.strip()
    if not text or not text[0].isdigit() or len(text) > 4 or not set(text) <= set("0123456789oO°'"):
        return line
    left, top, right, bottom = (max(int(side), 0) for side in bounds(line.polygon))
    box = ink[top : bottom + 1, left : right + 1].astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(box, connectivity=8)
    shapes = sorted((x for x in stats[1:] if x[4] >= _SPECK), key=lambda x: x[0])
    if len(shapes) < 2:
        return line
    last, tall = shapes[-1], max(int(x[3]) for x in shapes)
    if last[3] > 0.62 * tall or last[1] + last[3] / 2 > 0.5 * len(box) or last[2] > 1.5 * last[3]:
        return line
    digits = text.rstrip("oO°'")
    digits = digits[:-1] if len(digits) == len(shapes) and digits.endswith("0") else digits
    return replace(line, content=digits + "°", words=())


def _is_broken(a: Point, b: Point, broken: NDArray[np.float64]) -> bool:
    """Whether a segment is one of the dashed strokes."""
    middle = (np.array(a) + b) / 2
    return any(np.hypot(*(middle - (line[:2] + line[2:]) / 2)) < 8 for line in broken)


def _without_marks(mask: Mask, bows: Sequence[marks.Arc], squares: Sequence[marks.Square], width: float) -> Mask:
    import cv2

    drawn, thick = np.zeros(mask.shape, np.uint8), int(width) + 3
    for (x, y), radius, (first, last) in bows:
        cv2.ellipse(drawn, (round(x), round(y)), (round(radius), round(radius)), 0, first - 8, last + 8, 1, thick)
    for corner, a, b in squares:
        inner = (a[0] + b[0] - corner[0], a[1] + b[1] - corner[1])
        cv2.polylines(drawn, [np.rint([a, inner, b]).astype(np.int32)], False, 1, thick)
    left: Mask = mask & (drawn == 0)
    return left


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
    width = _width(mask)
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


def _labels(
    lines: Sequence[Line], segments: Sequence[Segment], circles: Sequence[rounds.Found], dots: Sequence[Point]
) -> tuple[dict[str, tuple[Point, Point]], list[Text]]:
    """Capital letters name the nearest point that is near enough; other labels stand where they stand."""
    points = list(dict.fromkeys([*(p for x in segments for p in (x.start, x.end)), *dots]))
    points += [(round(x, 1), round(y, 1)) for x, y, _, drawn in circles if rounds.is_whole(drawn)]
    points += [point for segment in segments for circle in circles for point in _crossings(segment, circle)]
    names: dict[str, tuple[Point, Point]] = {}
    texts: list[Text] = []
    tall = _capital(lines)
    taken: set[Point] = set()
    for line in lines:
        left, top, right, bottom = bounds(line.polygon)
        at = (round((left + right) / 2, 1), round((top + bottom) / 2, 1))
        text = line.content.strip()
        if text.upper() in _SAME_SHAPE and tall:
            text = text.lower() if _size(line) < 0.84 * tall else text.upper()
        free = [p for p in points if p not in taken]
        near = min(free, key=lambda p: np.hypot(p[0] - at[0], p[1] - at[1]), default=None)
        named = len(text) == 1 and text.isupper() and text not in names
        if named and near is not None and np.hypot(near[0] - at[0], near[1] - at[1]) < 2.2 * _size(line) + 6:
            names[text] = (near, at)
            taken.add(near)
            continue
        texts.append(Text(text, at))
    return names, texts


def _capital(lines: Sequence[Line]) -> float:
    """Height of capitals: the median of letters and digits that are as high; 0 where there are none."""
    sure = [
        _size(x) for x in lines if (t := x.content.strip()) and (t.isdigit() or (t.isupper() and t not in _SAME_SHAPE))
    ]
    if not sure:
        sure = [_size(x) for x in lines if len(x.content.strip()) == 1 and x.content.strip().isalpha()]
    return float(np.median(sure)) if sure else 0.0


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
