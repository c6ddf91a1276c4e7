"""A plot with two axes to its rows: which marks it has, and what each stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

import numpy as np

from legenda.notation.base import Raster
from legenda.notation.chart import dates
from legenda.notation.chart.axes import Axis, Frame
from legenda.notation.chart.bars import Bars, bars_of, extent
from legenda.notation.chart.labels import Label, values
from legenda.notation.chart.marks import Mask, Shape, blobs, bridged, colours, corners, full, mended, shapes, steps
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
    masks = [bridged(mask, plot.frame) for mask in masks]
    closed = [mended(mask, upright=plot.down.numeric) for mask in masks]
    boxes = [part for mask in closed for shape in full(mask, plot.crop) for part in steps(shape)]
    if _is_grid(plot, boxes):
        return _heatmap(plot)
    if plot.down.numeric or plot.across.numeric:
        bars = bars_of(boxes, plot.across, plot.down)
        if bars and 2 * sum(x.area for x in bars.shapes) < sum(int(mask.sum()) for mask in masks):
            bars = None  # most of the colour is in other shapes: lines, or points
        return _bars(plot, bars) if bars else _points(plot, masks)
    return _heatmap(plot)


def _bars(plot: Plot, bars: Bars) -> Chart:
    """A row a bar; touching bars on a numeric axis are a histogram's bins."""
    keys, axis = (plot.down, plot.across) if bars.lying else (plot.across, plot.down)
    ordered = sorted(
        bars.shapes, key=lambda x: (x.top + x.bottom, x.left) if bars.lying else (x.left + x.right, -x.top)
    )
    binned = _binned(ordered, keys, bars.lying)
    rows = []
    for box in ordered:
        first, last = (box.top, box.bottom) if bars.lying else (box.left, box.right)
        key = _bin(first, last, keys) if binned else _key((first + last - 1) / 2, keys)
        rows.append(Row(key, extent(box, bars, axis), _series(box.colour, plot.legend)))
    return Chart(
        "bar", tuple(rows), plot.title, keys.title, axis.title, plot.legend.title, _precision(axis), not bars.lying,
        () if axis.numeric else ("The axis of the values has no numbers that fit.",),
    )  # fmt: skip


def _binned(boxes: Sequence[Shape], keys: Axis, lying: bool) -> bool:
    if not keys.numeric or len(boxes) < 3:
        return False
    ends = [(x.top, x.bottom) if lying else (x.left, x.right) for x in boxes]
    gaps = [b[0] - a[1] for a, b in pairwise(ends)]
    at_edges = [min(abs(p - e) for e, _ in ends) for p in keys.places]
    at_middles = [min(abs(p - (a + b) / 2) for a, b in ends) for p in keys.places]
    return float(np.median(gaps)) <= 3 and sum(at_edges) < sum(at_middles)


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
        half = abs(axis.slope) * median(abs(b - a) for a, b in pairwise(axis.places)) / 2
        rounded = round(axis.value(place) / half) * half
        if abs(rounded - axis.value(place)) < 2.1 * abs(axis.slope):
            return number(rounded, half / 20)
    return number(axis.value(place), _precision(axis))


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
    if axis.logarithmic or not axis.numeric:
        return 0.0
    return abs(axis.slope)


def _points(plot: Plot, masks: Sequence[Mask]) -> Chart:
    """A row a point: marks by themselves, marks on lines, corners of lines."""
    rows: list[tuple[float, Row]] = []
    kind = "scatter"
    for mask in masks:
        found = shapes(mask, plot.crop, 6)
        long = [x for x in found if max(x.width, x.height) > _POINT]
        marks = blobs(mask, plot.crop) if long else []
        small = [x for x in found if max(x.width, x.height) <= _POINT and min(x.width, x.height) >= 2 and x not in long]
        if long and len(marks) >= 2:
            kind = "line"
            places = [((x.left + x.right - 1) / 2, (x.top + x.bottom - 1) / 2) for x in marks]
        elif long:
            kind = "line"
            places = [corner for x in long if x.fill < 0.6 for corner in corners(x)]
        else:
            places = []
        if not long or len(marks) < 2:
            places += [((x.left + x.right - 1) / 2, (x.top + x.bottom - 1) / 2) for x in small]
        tint = np.median(plot.crop[mask], axis=0)
        name = _series((int(tint[0]), int(tint[1]), int(tint[2])), plot.legend)
        rows += [(x, _point(x, y, plot, name)) for x, y in places]
    rows.sort(key=lambda pair: pair[0])
    lying = not plot.down.numeric
    keys, axis = (plot.down, plot.across) if lying else (plot.across, plot.down)
    return Chart(
        kind, tuple(row for _, row in rows), plot.title, keys.title, axis.title, plot.legend.title, _precision(axis),
        not lying,
    )  # fmt: skip


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
    return len(same) > 0.7 * len(cells) and columns > 1 and rows > 1


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
