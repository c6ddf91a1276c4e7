"""A crop of a chart and the words read on it to a `Notation`."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from legenda.document import Line, Notation
from legenda.notation.base import Raster, grey
from legenda.notation.chart import labels, pies, surroundings, table
from legenda.notation.chart.axes import Frame, frame_of
from legenda.notation.chart.plot import Plot, read_plot
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
    forms = {"csv": table.as_csv(chart), "md": table.as_markdown(chart), "dict": table.as_dict(chart)}
    return Notation("chart", forms, _confidence(chart, lines), ENGINE, "; ".join(chart.problems))


def _chart(crop: Raster, lines: Sequence[Line]) -> Chart | None:
    words, whole = labels.words(lines), labels.whole(lines)
    shades = grey(crop)
    ink = np.abs(crop.astype(int) - _background(crop)).max(2) > _PALE
    frame = frame_of(ink, shades)
    if pie := pies.read(crop, ink, words, whole):
        return pie
    frame = frame or _of_marks(crop)
    legend = surroundings.legend_of(frame, crop, whole)
    plot = Plot(
        crop=crop,
        frame=frame,
        across=surroundings.across(frame, words, whole),
        down=surroundings.down(frame, whole),
        legend=legend,
        title=surroundings.title_of(frame, whole, legend),
        aside=" ".join(x.text for x in whole if x.left > frame.right and not x.text[0].isdigit() and len(x.text) > 1),
        inside=[x for x in words if frame.left < x.x < frame.right and frame.top < x.y < frame.bottom],
    )
    return read_plot(plot)


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
