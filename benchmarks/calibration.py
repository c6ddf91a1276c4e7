"""Whether a word of confidence .9 is right nine times in ten."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.accuracy import Scored
from benchmarks.corpus import FOLDED
from benchmarks.metrics import Bin, calibration_error, judge, reliability


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidences of one program over some areas.

    Attributes:
        words: how many were judged.
        skipped: words of lines that are like nothing in the truth.
        accuracy: share of words that are exactly right.
        confidence: mean of their confidences.
        error: expected calibration error over 15 bins.
        bins: the reliability diagram.
    """

    words: int
    skipped: int
    accuracy: float
    confidence: float
    error: float
    bins: list[Bin]


def calibrate(readings: list[Scored]) -> Calibration | None:
    """Judge the words of readings; `None` where no program told confidences."""
    judged = [judge(r.item.truth, r.lines, r.item.area in FOLDED) for r in readings if r.lines]
    if not judged or not sum(len(j.right) for j in judged):
        return None
    confidence = np.concatenate([j.confidence for j in judged])
    right = np.concatenate([j.right for j in judged])
    bins = reliability(confidence, right)
    skipped = sum(j.skipped for j in judged)
    return Calibration(
        len(right), skipped, float(right.mean()), float(confidence.mean()), calibration_error(bins), bins
    )
