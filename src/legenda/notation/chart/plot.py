"""A plot with two axes to its rows: which marks it has, and what each stands for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

import numpy as np

from legenda.notation.base import Raster
from legenda.notation.chart import dates, lines
from legenda.notation.chart.axes import Axis, Frame
from legenda.notation.chart.bars import Bars, bars_of, ends, extent
from legenda.notation.chart.labels import Label, values
from legenda.notation.chart.marks import Mask, Shape, bridged, colours, dark_lines, full, mended, shapes, steps
from legenda.notation.chart.surroundings import Colour, Legend
from legenda.notation.chart.table import Chart, Row, number

_POINT = 16  # px: a mark that is no larger stands for a point


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot and what stands around it."""

    crop: Raster
    frame: Frame
    across: Axis
    down: Axis
    legend: Legend
    title: str = ""
    aside: str = ""
    inside: list[Label] = field(default_factory=list)


def read_plot(plot: Plot) -> Chart | None:
    """Bars where shapes grow from one line, else a table of numbers, points, or lines."""
    masks = colours(plot.crop, plot.frame, plot.inside)
    for label in plot.legend.places:  # patches of a legend are no marks
        size = max(label.size, 8)
        for mask in masks:
            rows = slice(max(int(label.top - size / 2), 0), int(label.bottom + size / 2))
            mask[rows, max(int(label.left - 3.5 * size), 0) : int(label.right)] = False
    bare, masks = masks, [bridged(mask, plot.frame) for mask in masks]
    closed = [mended(mask, upright=plot.down.numeric) for mask in masks]
    boxes = [part for mask in closed for shape in full(mask, plot.crop) for part in steps(shape)]
    if _is_grid(plot, boxes):
        return _heatmap(plot)
    if plot.down.numeric or plot.across.numeric:
        bars = bars_of(boxes, plot.across, plot.down)
        if bars and 2 * sum(x.area for x in bars.shapes) < sum(int(mask.sum()) for mask in masks):
            bars = None  # most of the colour is in other shapes: lines, or points
        return _bars(plot, bars) if bars else _points(plot, bare, masks)
    return None


def _bars(plot: Plot, bars: Bars) -> Chart:
    """A row a bar; touching bars on a numeric axis are a histogram's bins."""
    keys, axis = (plot.down, plot.across) if bars.lying else (plot.across, plot.down)
    ordered = sorted(
        bars.shapes, key=lambda x: (x.top + x.bottom, x.left) if bars.lying else (x.left + x.right, -x.top)
    )
    binned, grouped = _binned(ordered, keys, bars.lying), _grouped(ordered, keys, bars.lying)
    rows = []
    for box in ordered:
        first, last = (box.top, box.bottom) if bars.lying else (box.left, box.right)
        if binned and keys.numeric:
            key = _bin(first, last, keys)
        elif grouped:
            key = keys.nearest((first + last - 1) / 2)
        else:
            key = _key(first - 0.5 if binned else (first + last - 1) / 2, keys)
        value = extent(box, bars, axis)
        printed = _printed(box, value, axis, plot.inside)
        name = _series(box.colour, plot.legend)
        rows.append(Row(key, value if printed is None else printed, name, printed is not None))
    return Chart(
        "bar", tuple(rows), plot.title, keys.title, axis.title, plot.legend.title, _precision(axis), not bars.lying,
        () if axis.numeric else ("The axis of the values has no numbers that fit.",),
        stacked=any(min(abs(end - bars.base) for end in ends(box, bars.lying)) > 4 for box in ordered),
    )  # fmt: skip


def _printed(box: Shape, value: float, axis: Axis, texts: Sequence[Label]) -> float | None:
    """The number printed in or beside a bar where it is what the bar shows."""
    for label in texts:
        reach = 1.8 * max(label.size, 8)
        near = box.left - reach < label.x < box.right + reach and box.top - reach < label.y < box.bottom + reach
        within = box.left - 3 < label.x < box.right + 3 or box.top - 3 < label.y < box.bottom + 3
        for said in values(label) if near and within else ():
            slack = 2 * abs(axis.slope) if not axis.logarithmic else 0.06 * abs(value)
            if abs(said - value) <= max(slack, 0.01 * abs(value)):
                return said
    return None


def _grouped(boxes: Sequence[Shape], keys: Axis, lying: bool) -> bool:
    """Whether bars stand in groups around numbers that are but names."""
    if not keys.numeric or len(keys.places) < 2 or len({box.colour for box in boxes}) < 2:
        return False
    wide = median((box.bottom - box.top) if lying else (box.right - box.left) for box in boxes)
    middles = [((x.top + x.bottom) if lying else (x.left + x.right)) / 2 for x in boxes]
    pitch = min(abs(b - a) for a, b in pairwise(keys.places))
    off = [min(abs(middle - place) for place in keys.places) for middle in middles]
    return pitch > 1.7 * wide and max(off) < 0.5 * pitch and sum(x > 0.3 * wide for x in off) > 0.2 * len(off)


def _binned(boxes: Sequence[Shape], keys: Axis, lying: bool) -> bool:
    if len(boxes) < 3 or not keys.places:
        return False
    sides = [(x.top, x.bottom) if lying else (x.left, x.right) for x in boxes]
    gaps = [b[0] - a[1] for a, b in pairwise(sides)]
    at_edges = [min(abs(p - e) for e, _ in sides) for p in keys.places]
    at_middles = [min(abs(p - (a + b) / 2) for a, b in sides) for p in keys.places]
    wide = median(b - a for a, b in sides)
    if keys.numeric or float(np.median(gaps)) <= 3:
        return float(np.median(gaps)) <= 3 and sum(at_edges) < sum(at_middles)
    return float(np.median(gaps)) < 0.45 * wide and sum(at_edges) < 0.6 * sum(at_middles)


def _bin(first: float, last: float, keys: Axis) -> str:
    return f"{_measured(first - 0.5, keys)} – {_measured(last + 0.5, keys)}"


def _measured(place: float, axis: Axis) -> str:
    """The number at a place: that of a tick where one is near, else as exact as the picture allows."""
    for label, at in zip(axis.labels, axis.places, strict=True):
        if abs(at - place) < 3:
            best = min(values(label), key=lambda v: abs(v - axis.value(at)), default=None)
            if (best is not None and abs(best - axis.value(at)) <= 3 * abs(axis.slope)) or (axis.logarithmic and best):
                return number(best, 0)
    if len(axis.places) > 2 and not axis.logarithmic:
        half = _round(abs(axis.slope) * median(abs(b - a) for a, b in pairwise(axis.places))) / 2
        rounded = round(axis.value(place) / half) * half
        if abs(rounded - axis.value(place)) < 2.1 * abs(axis.slope):
            return number(rounded, half / 20)
    return number(axis.value(place), _precision(axis))


def _round(step: float) -> float:
    """The nearest of 1, 2, 2.5, 5 times a power of ten, where one is within 4 %: steps of ticks are such."""
    power = 10.0 ** math.floor(math.log10(step)) if step > 1e-300 else 1.0
    return min((n * power for n in (1, 2, 2.5, 5, 10)), key=lambda x: abs(x - step)) if step > 1e-300 and any(
        abs(n * power - step) < 0.04 * step for n in (1, 2, 2.5, 5, 10)
    ) else step  # fmt: skip


def _key(place: float, keys: Axis) -> str:
    """The category at a place: a label, a date between two, or a number."""
    if keys.numeric:
        return _measured(place, keys)
    return dates.at(place, keys) or keys.nearest(place)


def _series(colour: Colour, legend: Legend) -> str:
    if not legend.names:
        return ""
    return min(legend.names, key=lambda pair: _distance(pair[0], colour))[1]


def _distance(one: Colour, other: Colour) -> float:
    """Between colours, whatever their paleness: angle between what they take from white."""
    a, b = (255 - np.array(x, float) for x in (one, other))
    return float(1 - a @ b / max(np.linalg.norm(a) * np.linalg.norm(b), 1e-6)) + 1e-4 * float(np.abs(a - b).sum())


def _precision(axis: Axis) -> float:
    """What a pixel stands for; of logarithmic axes its share of the value, negative."""
    if not axis.numeric:
        return 0.0
    return -abs(axis.slope) * math.log(10) if axis.logarithmic else abs(axis.slope)


def _points(plot: Plot, bare: Sequence[Mask], masks: Sequence[Mask]) -> Chart:
    """A row a point: of lines where they have numbers, of other marks each by itself.

    Args:
        plot: what is read.
        bare: a mask of each colour.
        masks: the same with gaps under the grid closed.
    """
    upright = plot.down.numeric
    series = [
        (_name(mask, plot), mask, lines.paths(own, plot.frame) if upright else [])
        for own, mask in zip(bare, masks, strict=True)
    ]
    if upright and not any(found or _marks(mask, plot) for _, mask, found in series):
        black = dark_lines(plot.crop, plot.frame, plot.inside)
        series = [(_name(black, plot), black, found)] if (found := lines.paths(black, plot.frame)) else series
    rows = _on_lines(plot, [(name, mask, found) for name, mask, found in series if found])
    kind = "line" if rows else "scatter"
    for name, mask, found in series:
        if not found:
            rows += [(x, _point(x, y, plot, name)) for x, y in _marks(mask, plot)]
    rows.sort(key=lambda pair: pair[0])
    lying = not plot.down.numeric
    keys, axis = (plot.down, plot.across) if lying else (plot.across, plot.down)
    return Chart(
        kind, tuple(row for _, row in rows), plot.title, keys.title, axis.title, plot.legend.title, _precision(axis),
        not lying,
    )  # fmt: skip


def _name(mask: Mask, plot: Plot) -> str:
    tint = np.median(plot.crop[mask], axis=0) if mask.any() else np.zeros(3)
    return _series((int(tint[0]), int(tint[1]), int(tint[2])), plot.legend)


def _on_lines(plot: Plot, series: Sequence[tuple[str, Mask, list[lines.Path]]]) -> list[tuple[float, Row]]:
    """What the lines say where they have numbers."""
    marks = [sorted(x for path in found for x in path.marks) for _, _, found in series]
    every = [path for _, _, found in series for path in found]
    shared = lines.places(every, plot.across, plot.frame.columns) if every else None
    rows = []
    for (name, _, found), own in zip(series, marks, strict=True):
        for path in found:
            for x in shared or own or path.corners():
                if (y := path.at(x)) is not None:
                    rows.append((x, _point(x, y, plot, name)))
    return rows


def _marks(mask: Mask, plot: Plot) -> list[tuple[float, float]]:
    """Middles of marks that stand alone; those that touch are parted."""
    found = [x for x in shapes(mask, plot.crop, 6) if min(x.width, x.height) >= 2]
    alone = [x for x in found if max(x.width, x.height) <= _POINT]
    usual = float(median(max(x.width, x.height) for x in alone)) if alone else 0.0
    places = [((x.left + x.right - 1) / 2, (x.top + x.bottom - 1) / 2) for x in alone]
    for shape in found:
        if shape not in alone and usual and 0.3 < shape.fill < 0.92 and max(shape.width, shape.height) < 3.2 * usual:
            places += _parted(shape, usual)
    return places


def _parted(shape: Shape, usual: float) -> list[tuple[float, float]]:
    """Middles of the marks of a usual size that touch in one shape."""
    import cv2

    inside = cv2.distanceTransform(np.pad(shape.mask, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    found: list[tuple[float, float]] = []
    while inside.max(initial=0) > 0.3 * usual:
        y, x = np.unravel_index(int(inside.argmax()), inside.shape)
        found.append((float(x + shape.left), float(y + shape.top)))
        rows, columns = np.ogrid[: inside.shape[0], : inside.shape[1]]
        inside[np.hypot(rows - y, columns - x) < 0.8 * usual] = 0
    return found


def _point(x: float, y: float, plot: Plot, name: str) -> Row:
    if plot.down.numeric:
        return Row(_key(x, plot.across), plot.down.value(y), name)
    return Row(_key(y, plot.down), plot.across.value(x), name)


def _is_grid(plot: Plot, boxes: Sequence[Shape]) -> bool:
    """Whether the plot is a grid of coloured cells of one size, most with a number printed in them."""
    cells = [x for x in boxes if x.fill > 0.6 and min(x.width, x.height) > 8]
    if len(cells) < 4 or len(plot.inside) < 4:
        return False
    width, height = (float(np.median([getattr(x, side) for x in cells])) for side in ("width", "height"))
    same = [x for x in cells if abs(x.width - width) < 4 and abs(x.height - height) < 4]
    columns, rows = len({round(x.left / width) for x in same}), len({round(x.top / height) for x in same})
    said = sum(any(x.left < t.x < x.right and x.top < t.y < x.bottom for t in plot.inside) for x in same)
    return len(same) > 0.7 * len(cells) and columns > 1 and rows > 1 and 2 * said > len(same)


def _heatmap(plot: Plot) -> Chart | None:
    """Numbers printed in the cells of a grid."""
    rows = []
    for label in plot.inside:
        text = label.text.replace(",", "")
        if text.replace(".", "", 1).isdigit():
            rows.append(Row(plot.across.nearest(label.x), float(text), plot.down.nearest(label.y)))
    if not rows:
        return None
    return Chart("heatmap", tuple(rows), plot.title, plot.across.title, plot.aside or "value", plot.down.title)
