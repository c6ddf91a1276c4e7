"""What two sides of a white strip look like, and whether that makes them columns or cells of a table."""

from __future__ import annotations

import numpy as np

from legenda.layout.frame import Floats, Frame, Ints, quantile

NARROWEST = -0.4
"""In units of the usual line height: how narrow a strip that holds over several lines may be; detectors grow boxes."""

MEASURES = (
    *("log lines", "aligned", "not aligned", "width", "log width", "gap", "lower a", "lower b", "digits"),
    *("digits differ", "widths differ", "cells a", "cells b", "fill a", "fill b", "ratio", "pitch", "pitches differ"),
    *("breaks shared", "break rate", "breaks on one side", "log gap by width", "short", "flush a", "flush b"),
)
"""Names of what `evidence` measures."""

# Fitted by training/reading_order/fit.py.
_BIAS = -0.640
_WEIGHTS = np.array(
    (
        0.094,  # log lines
        -1.672,  # aligned
        -0.027,  # not aligned
        0.203,  # width
        0.451,  # log width
        0.413,  # gap
        1.989,  # lower a
        1.849,  # lower b
        -0.772,  # digits
        -1.330,  # digits differ
        -0.963,  # widths differ
        0.130,  # cells a
        0.224,  # cells b
        0.126,  # fill a
        1.596,  # fill b
        1.789,  # ratio
        -1.821,  # pitch
        0.990,  # pitches differ
        -0.810,  # breaks shared
        -1.783,  # break rate
        0.386,  # breaks on one side
        0.262,  # log gap by width
        -1.854,  # short
        0.825,  # flush a
        0.103,  # flush b
    )
)


def evidence(frame: Frame, first: Ints, second: Ints) -> Floats | None:
    """Measures of two sides of a strip that tell columns from table cells; None when they do not overlap enough.

    Returns:
        As many numbers as `MEASURES` has names, each of the order of 1.
    """
    middle, unit = frame.middle, frame.unit
    top = max(middle[first].min(), middle[second].min()) - unit
    bottom = min(middle[first].max(), middle[second].max()) + unit
    a = first[(middle[first] >= top) & (middle[first] <= bottom)]
    b = second[(middle[second] >= top) & (middle[second] <= bottom)]
    if len(a) < 2 or len(b) < 2:
        return None
    gap = (quantile(frame.left[b], 0.1) - quantile(frame.right[a], 0.9)) / unit
    if gap < NARROWEST:
        return None
    few, many = (a, b) if len(a) <= len(b) else (b, a)
    apart = nearest(middle[few], middle[many])
    width_a, width_b = (_typical(frame.width[x], frame.width[x]) for x in (a, b))
    narrow = float(min(width_a, width_b)) / unit
    digits_a, digits_b = _digits(frame, a), _digits(frame, b)
    both = np.concatenate((a, b))
    shared, rate, single = _breaks(middle[a], middle[b], unit)
    pitch_a, pitch_b = (quantile(_steps(middle[x], unit), 0.5) for x in (a, b))
    return np.array(
        (
            np.log(len(few)),
            float(np.mean(apart < 0.25 * unit)),
            np.log1p(np.count_nonzero(apart > 0.25 * unit)),
            min(narrow, 20.0) / 5,
            np.log(max(narrow, 0.1)),
            min(gap, 12.0) / 4,
            _lower(frame, a),
            _lower(frame, b),
            max(digits_a, digits_b) * 2,
            abs(digits_a - digits_b) * 2,
            abs(np.log(max(width_a, 0.1 * unit) / max(width_b, 0.1 * unit))),
            np.log(_cells(middle[a], unit)),
            np.log(_cells(middle[b], unit)),
            _fill(frame, a),
            _fill(frame, b),
            len(few) / len(many),
            min(max(pitch_a, pitch_b) / unit, 4.0),
            abs(np.log(pitch_a / pitch_b)),
            np.log1p(shared),
            rate,
            np.log1p(single),
            np.log(max(gap, 0.2) * unit / max(quantile(frame.width[a], 0.9), 0.1 * unit)),
            float(np.mean(frame.width[both] < 5 * unit)),
            _edges_shared(frame, a),
            _edges_shared(frame, b),
        )
    )


def nearest(values: Floats, among: Floats) -> Floats:
    """Distance from each value to the nearest of the others."""
    among = np.sort(among)
    at = np.searchsorted(among, values)
    before, after = among[np.maximum(at - 1, 0)], among[np.minimum(at, len(among) - 1)]
    return np.minimum(np.abs(values - before), np.abs(values - after))


def _typical(values: Floats, weights: Floats) -> float:
    """Median weighted, mostly by length, so that bullets and numbers beside long lines do not count."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order] + 1e-9)
    return float(values[order[np.searchsorted(total, total[-1] / 2)]])


def _steps(middles: Floats, unit: float) -> Floats:
    """Steps from visual row to visual row; one unit when there is one row."""
    steps = np.diff(np.sort(middles))
    steps = steps[steps > 0.35 * unit]
    return steps if len(steps) else np.array([unit])


def _breaks(a: Floats, b: Floats, unit: float) -> tuple[float, float, float]:
    """White bands between paragraphs or table rows: across both sides, as a share of all rows, and on one side only."""
    steps_a, steps_b = _steps(a, unit), _steps(b, unit)
    both = _steps(np.concatenate((a, b)), unit)
    pitch = min(quantile(steps_a, 0.4), quantile(steps_b, 0.4))
    shared = np.count_nonzero(both > 1.2 * pitch)
    single = sum(np.count_nonzero((steps > 1.2 * pitch) & (steps < 1.9 * pitch)) for steps in (steps_a, steps_b))
    return float(shared), shared / len(both), max(0.0, float(single) - 2.0 * shared)


def _cells(middles: Floats, unit: float) -> float:
    """Lines a visual row."""
    return len(middles) / (1 + np.count_nonzero(np.diff(np.sort(middles)) > 0.35 * unit))


def _edges_shared(frame: Frame, side: Ints) -> float:
    """Share of the text's length in lines that begin at the side's commonest left edge."""
    left, width = frame.left[side], frame.width[side] + 1e-9
    edge = _typical(left, width)
    return float(width[np.abs(left - edge) < 0.4 * frame.unit].sum() / width.sum())


def _lower(frame: Frame, side: Ints) -> float:
    long = side[frame.chars[side] >= 4]
    return float(frame.start[long].mean()) if len(long) else 0.0


def _digits(frame: Frame, side: Ints) -> float:
    return float(frame.digits[side].sum() / max(1.0, frame.chars[side].sum()))


def _fill(frame: Frame, side: Ints) -> float:
    width = frame.width[side]
    return float(_typical(width, width) / max(quantile(width, 0.9), 1e-9))


def probability(measures: Floats) -> float:
    """Probability that two sides of a strip are columns: a logistic regression."""
    return float(1 / (1 + np.exp(-np.clip(measures @ _WEIGHTS + _BIAS, -30, 30))))
