"""A crop of a chart and the words read on it to a `Notation`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from legenda.document import Line, Notation
from legenda.notation.base import Raster, grey
from legenda.notation.chart import labels, pies, surroundings, table
from legenda.notation.chart.axes import Frame, frame_of, ticks_of
from legenda.notation.chart.plot import Plot, read_plot
from legenda.notation.chart.preview import as_svg
from legenda.notation.chart.table import Chart

ENGINE = "geometry"
_PALE = 14  # least difference from the background that is ink


def read(crop: Raster, lines: Sequence[Line] = ()) -> Notation:
    """A chart with axes, or a pie, to its table.

    Args:
        crop: see `legenda.notation.read`.
        lines: the words on it; without them axes have no values.
    """
    colour = np.repeat(crop[..., None], 3, 2) if crop.ndim == 2 else crop
    chart = _chart(colour, lines)
    if chart is None or not chart.rows:
        return Notation("chart", {}, 0.0, ENGINE, "No marks with values were found on the chart.")
    forms = {
        "csv": table.as_csv(chart),
        "md": table.as_markdown(chart),
        "dict": table.as_dict(chart),
        "svg": as_svg(chart),
    }
    return Notation("chart", forms, _confidence(chart, lines), ENGINE, "; ".join(chart.problems))


def _chart(crop: Raster, lines: Sequence[Line]) -> Chart | None:
    words, whole = labels.words(lines), labels.whole(lines)
    shades = grey(crop)
    paper = _background(crop)
    ink = np.abs(crop.astype(int) - paper).max(2) > _PALE
    frame = _panel(crop, paper) or frame_of(ink, shades)
    if frame:
        words, whole = ([x for x in found if not _is_mark(x, frame)] for found in (words, whole))
    if pie := pies.read(crop, ink, words, whole):
        return pie
    frame = frame or _of_marks(crop)
    frame = replace(frame, ticks=ticks_of(ink, frame))
    legend = surroundings.legend_of(frame, crop, whole)
    around = [x for x in whole if not any(_within(x, place) for place in legend.places)]
    plot = Plot(
        crop=crop,
        frame=frame,
        across=surroundings.across(frame, words, around),
        down=surroundings.down(frame, around),
        legend=legend,
        title=surroundings.title_of(frame, whole, legend),
        aside=" ".join(x.text for x in whole if x.left > frame.right and not x.text[0].isdigit() and len(x.text) > 1),
        inside=[x for x in words if frame.left < x.x < frame.right and frame.top < x.y < frame.bottom],
    )
    return read_plot(plot)


def _within(label: labels.Label, place: labels.Label) -> bool:
    return place.left - 1 < label.x < place.right + 1 and place.top - 1 < label.y < place.bottom + 1


def _is_mark(label: labels.Label, frame: Frame) -> bool:
    """Whether a lone sign in the plot is a mark, or a piece of the grid, that was read as one."""
    inside = frame.left < label.x < frame.right and frame.top < label.y < frame.bottom - 2
    ruled = label.text in "1|I" and any(abs(label.x - line) < 3 for line in frame.columns)
    return inside and len(label.text) == 1 and (ruled or not label.text.isdigit())


def _panel(crop: Raster, paper: NDArray[np.int_]) -> Frame | None:
    """The frame of a plot that has a tint of its own, with the grid drawn on it; `None` where there is no such area."""
    import cv2

    height, width = crop.shape[:2]
    inner = crop[height // 5 : -height // 5, width // 5 : -width // 5].reshape(-1, 3).astype(int)
    keys, counts = np.unique(inner @ (65536, 256, 1), return_counts=True)
    order = np.argsort(-counts)[:4]
    usual = [(int(counts[n]), np.array([keys[n] >> 16, keys[n] >> 8 & 255, keys[n] & 255])) for n in order]
    tints = [(n, x) for n, x in usual if 6 < np.abs(x - paper).max() < 70 and np.ptp(x) < 25]
    plain = sum(n for n, x in usual if np.abs(x - paper).max() <= 6)
    if not tints or tints[0][0] < max(0.1 * len(inner), 3 * plain):
        return None
    tint = tints[0][1]
    own = (np.abs(crop.astype(int) - tint).max(2) < 5).astype(np.uint8)
    closed = cv2.morphologyEx(own, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed)
    left, top, wide, high, area = stats[1 + int(stats[1:, 4].argmax())]
    if wide * high < 0.25 * height * width or area < 0.2 * wide * high:
        return None
    view = crop[top : top + high, left : left + wide]
    grid = frame_of(np.abs(view.astype(int) - tint).max(2) > 5, grey(view))
    rows, columns = (grid.rows, grid.columns) if grid else ((), ())
    return Frame(
        left, top, left + wide - 1, top + high - 1, tuple(top + y for y in rows), tuple(left + x for x in columns)
    )


def _of_marks(crop: Raster) -> Frame:
    """Around the areas of colour of a plot without axes and grid, patches of a legend left out."""
    import cv2

    vivid = (np.ptp(crop.astype(int), axis=2) > 40).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(vivid)
    large = stats[1:][stats[1:, 4] > 0.1 * max(stats[1:, 4].max(initial=0), 1)]
    if not len(large):
        return Frame(0, 0, crop.shape[1] - 1, crop.shape[0] - 1)
    left, top, width, height, _ = large.T
    return Frame(float(left.min()), float(top.min()), float((left + width).max()), float((top + height).max()))


def _background(crop: Raster) -> NDArray[np.int_]:
    """The colour of the paper: that of most pixels at the edge."""
    edge = np.concatenate([crop[0], crop[-1], crop[:, 0], crop[:, -1]])
    colour: NDArray[np.int_] = np.median(edge, axis=0).astype(int)
    return colour


def _confidence(chart: Chart, lines: Sequence[Line]) -> float:
    """What the words are worth, less for what had to be guessed. Not fitted: a chart is seldom exactly right."""
    sure = fmean([line.confidence for line in lines] or [0.0])
    return round(0.8 * sure * 0.6 ** len(chart.problems), 4)
