"""What two sides of a white strip look like, and whether that makes them columns or cells of a table."""

from __future__ import annotations

import numpy as np

from legenda.layout.frame import Floats, Frame, Ints

NARROWEST = 0.2
"""In units of the usual line height: a strip that holds over several lines may be this narrow."""

MEASURES = (
    *("log lines", "aligned", "not aligned", "width", "log width", "gap", "lower a", "lower b", "digits"),
    *("digits differ", "widths differ", "cells a", "cells b", "fill a", "fill b"),
    *(
        "ratio",
        "pitch",
        "pitches differ",
        "break balance",
        "breaks shared",
        "breaks not shared",
        "short",
        "flush a",
        "flush b",
    ),
)
"""Names of what `evidence` measures."""

# Fitted by training/reading_order/fit.py.
_BIAS = 0.959
_WEIGHTS = np.array(
    (
        0.133,  # log lines
        -2.229,  # aligned
        0.363,  # not aligned
        0.126,  # width
        0.347,  # log width
        0.457,  # gap
        2.474,  # lower a
        1.630,  # lower b
        -0.690,  # digits
        -1.452,  # digits differ
        -0.789,  # widths differ
        0.018,  # cells a
        0.297,  # cells b
        0.104,  # fill a
        1.451,  # fill b
        0.691,  # ratio
        -1.589,  # pitch
        0.142,  # pitches differ
        -0.056,  # break balance
        -0.222,  # breaks shared
        -0.550,  # breaks not shared
        -2.166,  # short
        0.291,  # flush a
        0.679,  # flush b
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
    gap = float(np.quantile(frame.left[b], 0.1) - np.quantile(frame.right[a], 0.9)) / unit
    if gap < NARROWEST:
        return None
    few, many = (a, b) if len(a) <= len(b) else (b, a)
    apart = nearest(middle[few], middle[many])
    width_a, width_b = (_typical(frame.width[x], frame.width[x]) for x in (a, b))
    narrow = min(width_a, width_b) / unit
    digits_a, digits_b = _digits(frame, a), _digits(frame, b)
    both = np.concatenate((a, b))
    shared, broken = _breaks(middle[a], middle[b], unit)
    pitch_a, pitch_b = _pitch(middle[a]), _pitch(middle[b])
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
            (shared - broken) / (shared + broken + 1),
            np.log1p(shared),
            np.log1p(broken),
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


def _pitch(middles: Floats) -> float:
    steps = np.diff(np.sort(middles))
    steps = steps[steps > 0.3 * steps.max()]
    return max(float(np.median(steps)), 1e-6) if len(steps) else 1e-6


def _breaks(a: Floats, b: Floats, unit: float) -> tuple[float, float]:
    """How many of the larger steps down either side the other makes at the same height, and how many it does not."""
    shared = total = 0
    for one, other in ((np.sort(a), np.sort(b)), (np.sort(b), np.sort(a))):
        steps = np.diff(one)
        large = np.flatnonzero(steps > max(1.15 * float(np.quantile(steps, 0.3)), 0.6 * unit))
        total += len(large)
        low, high = one[large] + 0.4 * unit, one[large + 1] - 0.4 * unit
        shared += int((np.searchsorted(other, low) == np.searchsorted(other, high)).sum())
    return float(shared), float(total - shared)


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
    return float(_typical(width, width) / max(np.quantile(width, 0.9), 1e-9))


def probability(measures: Floats) -> float:
    """Probability that two sides of a strip are columns: a logistic regression."""
    return float(1 / (1 + np.exp(-np.clip(measures @ _WEIGHTS + _BIAS, -30, 30))))
