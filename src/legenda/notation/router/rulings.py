"""Long thin lines: axes, grids, rules of tables, staves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def measured(pale: Mask, away: NDArray[np.int16], ink: Mask) -> list[float]:
    """Lines that lie and that stand, at two lengths; how dark, long and even they are; staves; crossings.

    Args:
        pale: what differs from the paper at all; grids of charts are pale.
        away: by how much it differs.
        ink: what differs clearly.
    """
    height, width = pale.shape
    rows, across = _lines(pale, max(30, int(0.35 * width)))
    columns, down = _lines(pale.T, max(30, int(0.35 * height)))
    short, _ = _lines(ink, max(24, int(0.12 * width)))
    upright, _ = _lines(ink.T, max(24, int(0.2 * height)))
    dark = [float(np.percentile(away[row], 75)) > 110 for row in rows]
    dark += [float(np.percentile(away[:, column], 75)) > 110 for column in columns]
    gaps = np.diff(rows)
    return [
        float(len(rows) > 1 and len(columns) > 1),
        np.log1p(len(rows)),
        np.log1p(len(columns)),
        np.log1p(len(short)),
        np.log1p(len(upright)),
        float(np.mean(dark)) if dark else 0.0,
        np.log1p(_staves(rows)),
        np.log1p(_staves(short)),
        float(gaps.std() / gaps.mean()) if len(gaps) > 1 else 0.0,
        float((across & down.T).sum() > 0),
        np.log1p(float((across & down.T).sum()) / 4),
        float(across.mean()),
        float(down.mean()),
        *_runs(ink),
    ]


def _lines(mask: Mask, least: int) -> tuple[list[int], Mask]:
    """Rows with a long thin line, neighbours counted once; and the pixels of such lines."""
    import cv2

    drawn = mask.astype(np.uint8)
    long = cv2.morphologyEx(drawn, cv2.MORPH_OPEN, np.ones((1, least), np.uint8))
    thick = cv2.morphologyEx(drawn, cv2.MORPH_OPEN, np.ones((7, 1), np.uint8))
    thin: Mask = (long == 1) & (thick == 0)
    rows = np.nonzero(thin.sum(1) > 0.7 * least)[0]
    return [int(row) for n, row in enumerate(rows) if n == 0 or row - rows[n - 1] > 1], thin


def _staves(rows: list[int]) -> int:
    """Groups of five lines at even distances."""
    found, n = 0, 0
    while n + 4 < len(rows):
        gaps = np.diff(rows[n : n + 5])
        if gaps.min() >= 3 and gaps.max() - gaps.min() <= max(2, 0.2 * gaps.mean()) and gaps.max() < 60:
            found += 1
            n += 5
        else:
            n += 1
    return found


def _runs(ink: Mask) -> list[float]:
    """Of black and white runs down every fourth column: how much one pair of lengths prevails, as on staves."""
    sample = np.pad(ink[:, :: max(1, ink.shape[1] // 300)].T, ((0, 0), (1, 1))).astype(np.int8)
    which, turns = np.nonzero(np.diff(sample, axis=1))
    starts, ends = turns[::2], turns[1::2]
    same = which[::2][1:] == which[::2][:-1]
    pitch = (starts[1:] - starts[:-1])[same]
    thick = (ends - starts)[:-1][same]
    if len(pitch) < 20:
        return [0.0, 0.0, 0.0]
    counts = np.bincount(pitch.clip(0, 80), minlength=82)
    near = counts + np.roll(counts, 1)
    best = int(near.argmax())
    own = np.abs(pitch - best + 0.5) < 1
    thin = float(np.median(thick[own])) if own.any() else 0.0
    return [float(near[best] / len(pitch)), thin / max(best, 1), np.log1p(best)]
