"""Which kind of picture a crop is: by its colours, its long lines, and how its shapes lie. A few milliseconds.

A linear rule over two dozen measurements, fitted by `training/router` on drawn charts, figures, tables and staves,
rendered formulas, printed molecules and photographs of words; `benchmarks` says how often it is right on others.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from legenda.notation.base import Raster, grey

KINDS = ("text", "formula", "table", "chart", "geometry", "molecule", "score", "photo")
_SIDE = 900  # px: larger crops are looked at in this size


@dataclass(frozen=True, slots=True)
class _Look:
    """What is measured on a crop; lengths in its smaller side's units unless they are counts."""

    paper: float  # share of the pixels that are paper
    vivid: float  # share of the pixels that are colourful
    staves: int  # groups of five even lines
    rows: int  # long thin lines that lie
    columns: int  # long thin lines that stand
    dark_rules: float  # share of those lines that are as dark as text
    letters: int  # shapes of the size of letters
    texts: int  # rows the letters stand in
    largest: float  # part of the ink's box that the largest connected stroke spans
    fill: float  # part of its own box that stroke fills
    bonds: int  # straight pieces of it
    even: float  # how alike their lengths are: share within a third of the median
    steps: float  # share of them at multiples of thirty degrees to one another
    long: float  # longest of them, to the box's larger side
    bars: int  # short level bars with ink both above and below: fractions
    ragged: float  # how much the middles of the shapes of a row differ, in heights of letters
    disc: bool  # a coloured disc
    greys: float  # how many shades there are: entropy of the histogram, bits
    scripts: float  # share of the letters that are small and off the row's middle
    uneven: float  # how much the heights of the letters differ, to their median
    gaps: float  # how much the gaps between neighbours of a row differ, to the height
    ink: float  # share of the pixels that are ink


def kind_of(crop: Raster) -> tuple[str, float]:
    """The kind of a crop, one of `KINDS`.

    Args:
        crop: uint8, [height, width] grey or [height, width, 3] RGB.

    Returns:
        The kind, and its probability (0..1) among pictures such as the rule was fitted on.
    """
    weights, bias = _rule()
    logits = features(crop) @ weights + bias
    chances = np.exp(logits - logits.max())
    best = int(chances.argmax())
    return KINDS[best], round(float(chances[best] / chances.sum()), 4)


def features(crop: Raster) -> NDArray[np.float64]:
    """What is measured, as the rule takes it: counts by their logarithm, and squares of what has a middle."""
    look = _look(_reduced(crop))
    values = np.array([float(value) for value in astuple(look)])
    height, width = crop.shape[:2]
    counts = np.log1p(values)
    shape = np.log([width, height, width / height])
    lined = float(look.rows > 1 and look.columns > 1)
    return np.concatenate(
        [values.clip(0, 50), counts, shape, shape[2:] ** 2, [lined, look.vivid * lined, lined * look.dark_rules]]
    )


@cache
def _rule() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    loaded = json.loads(files(__package__).joinpath("router.json").read_text("utf-8"))
    return np.array(loaded["weights"]), np.array(loaded["bias"])


def _reduced(crop: Raster) -> Raster:
    import cv2

    factor = _SIDE / max(crop.shape[:2])
    return cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else crop


def _look(crop: Raster) -> _Look:
    shades = grey(crop).astype(int)
    paper = int(np.bincount(shades.reshape(-1), minlength=256).argmax())
    away = np.abs(shades - paper)
    ink = away > 40
    vivid = np.ptp(crop.astype(int), axis=2) > 45 if crop.ndim == 3 else np.zeros(ink.shape, bool)
    height, width = ink.shape
    rows = _lines(away > 14, max(30, int(0.35 * width)))
    columns = _lines((away > 14).T, max(30, int(0.35 * height)))
    dark = [np.percentile(away[row], 75) > 110 for row in rows]
    dark += [np.percentile(away[:, column], 75) > 110 for column in columns]
    shapes = _shapes(ink)
    texts, ragged = _rows(shapes)
    largest, fill, pieces = _stroke(ink, shapes)
    lengths = np.array([piece[0] for piece in pieces])
    median = float(np.median(lengths)) if len(lengths) else 0.0
    return _Look(
        paper=float((away < 25).mean()),
        vivid=float(vivid.mean()),
        staves=_staves(rows),
        rows=len(rows),
        columns=len(columns),
        dark_rules=float(np.mean(dark)) if dark else 0.0,
        letters=len(shapes),
        texts=texts,
        largest=largest,
        fill=fill,
        bonds=len(pieces),
        even=float((np.abs(lengths - median) < median / 3).mean()) if len(lengths) else 0.0,
        steps=_steps(pieces),
        long=float(lengths.max()) / max(height, width) if len(lengths) else 0.0,
        bars=_bars(ink),
        ragged=ragged,
        disc=_disc(vivid),
        greys=_entropy(shades),
        scripts=_scripts(shapes),
        uneven=float(shapes[:, 3].std() / np.median(shapes[:, 3])) if len(shapes) else 0.0,
        gaps=_gaps(shapes),
        ink=float(ink.mean()),
    )


def _entropy(shades: NDArray[np.int_]) -> float:
    share = np.bincount(shades.reshape(-1) // 8, minlength=32) / shades.size
    share = share[share > 0]
    return float(-(share * np.log2(share)).sum())


def _scripts(shapes: NDArray[np.float64]) -> float:
    """Signs at most three quarters as high as most, whose middle is far from that of most."""
    if len(shapes) < 3:
        return 0.0
    size, middles = float(np.median(shapes[:, 3])), shapes[:, 1] + shapes[:, 3] / 2
    near = [np.abs(shapes[:, 0] - x) < 6 * size for x in shapes[:, 0]]
    off = [abs(middle - np.median(middles[n])) > 0.45 * size for middle, n in zip(middles, near, strict=True)]
    return float(np.mean(np.array(off) & (shapes[:, 3] < 0.85 * size)))


def _gaps(shapes: NDArray[np.float64]) -> float:
    if len(shapes) < 3:
        return 0.0
    order = np.argsort(shapes[:, 0])
    left, right = shapes[order, 0], shapes[order, 0] + shapes[order, 2]
    return float(np.clip(left[1:] - right[:-1], -50, 200).std() / np.median(shapes[:, 3]))


def _lines(ink: NDArray[np.bool_], least: int) -> list[int]:
    """Rows with a long thin line, neighbours counted once."""
    import cv2

    mask = ink.astype(np.uint8)
    long = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, least), np.uint8))
    thick = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((7, 1), np.uint8))
    rows = np.nonzero(((long == 1) & (thick == 0)).sum(1) > 0.7 * least)[0]
    return [int(row) for n, row in enumerate(rows) if n == 0 or row - rows[n - 1] > 1]


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


def _shapes(ink: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Boxes (left, top, width, height) of what may be letters."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    boxes = stats[1:, :4].astype(float)
    fit = (boxes[:, 3] > 4) & (boxes[:, 3] < 60) & (boxes[:, 2] < 90) & (boxes[:, 2] < 5 * boxes[:, 3])
    kept: NDArray[np.float64] = boxes[fit]
    return kept


def _rows(shapes: NDArray[np.float64]) -> tuple[int, float]:
    """Rows of text, and how far the middles of what stands in one lie from the row's own, in heights."""
    if len(shapes) < 2:
        return len(shapes), 0.0
    middles = shapes[:, 1] + shapes[:, 3] / 2
    size = float(np.median(shapes[:, 3]))
    order = np.argsort(middles)
    groups = np.split(order, np.nonzero(np.diff(middles[order]) > 0.5 * size)[0] + 1)
    spread = [np.abs(middles[g] - np.median(middles[g])).mean() for g in groups]
    return len(groups), float(np.average(spread, weights=[len(g) for g in groups])) / size


def _stroke(ink: NDArray[np.bool_], shapes: NDArray[np.float64]) -> tuple[float, float, list[tuple[float, float]]]:
    """Of the largest connected stroke: the part of all ink it spans, its fill, and its straight pieces."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    if len(stats) < 2:
        return 0.0, 0.0, []
    columns, rows = np.nonzero(ink.any(0))[0], np.nonzero(ink.any(1))[0]
    box = float((columns[-1] - columns[0] + 1) * (rows[-1] - rows[0] + 1))
    best = 1 + int(np.argmax(stats[1:, 2] * stats[1:, 3]))
    width, height, area = (float(v) for v in stats[best, 2:5])
    drawn = np.where(labels == best, 0, 255).astype(np.uint8)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(drawn)[0]
    lines = found.reshape(-1, 4) if found is not None else np.zeros((0, 4))
    pieces = [
        (float(np.hypot(c - a, d - b)), float(np.rad2deg(np.arctan2(d - b, c - a)) % 180)) for a, b, c, d in lines
    ]
    return width * height / box, area / (width * height), [piece for piece in pieces if piece[0] > 10]


def _steps(pieces: list[tuple[float, float]]) -> float:
    """Share of the pieces at multiples of thirty degrees to the most frequent direction."""
    if not pieces:
        return 0.0
    turned = np.array([angle % 30 for _, angle in pieces])
    return max(float((np.abs((turned - at + 15) % 30 - 15) < 4).mean()) for at in turned)


def _bars(ink: NDArray[np.bool_]) -> int:
    """Fraction bars: level, thin, a letter or more long, with ink close above and below."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    found = 0
    for left, top, width, height, _ in stats[1:]:
        if width < 12 or height > max(5, width / 6):
            continue
        reach = int(0.6 * width + 12)
        above = ink[max(top - reach, 0) : top, left : left + width]
        below = ink[top + height : top + height + reach, left : left + width]
        found += bool(above.any(0).mean() > 0.25 and below.any(0).mean() > 0.25)
    return found


def _disc(vivid: NDArray[np.bool_]) -> bool:
    import cv2

    closed = cv2.morphologyEx(vivid.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return False
    largest = max(outlines, key=cv2.contourArea)
    _, radius = cv2.minEnclosingCircle(largest)
    return bool(radius > 25 and cv2.contourArea(largest) > 0.93 * np.pi * radius**2)
