"""What is measured on a crop: colours, ruled lines, how letters lie, the largest stroke, where the ink is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from legenda.notation.base import Raster, grey
from legenda.notation.router import letters, rulings, strokes

_AREA = 600_000  # px: larger crops are looked at in this size, wherever their longer side lies
_LONGEST = 2400  # px
_INK = 40  # least difference from the paper
_GRID = 6


def features(crop: Raster) -> NDArray[np.float64]:
    """All measurements of a crop, float64 [features]; finite whatever it holds."""
    small = _reduced(crop)
    shades = grey(small).astype(np.int16)
    paper = int(np.bincount(shades.reshape(-1), minlength=256).argmax())
    away = np.abs(shades - paper)
    ink = away > max(_INK, 0.4 * float(np.percentile(away, 99.5)))
    vivid = np.ptp(small.astype(np.int16), axis=2) > 45 if small.ndim == 3 else np.zeros(ink.shape, bool)
    shapes = letters.shapes(ink)
    ruled = rulings.measured(away > 14, away, ink)
    height, width = crop.shape[:2]
    parts = (
        _colours(shades, away, ink, vivid),
        ruled,
        letters.measured(shapes.letters, ink.shape),
        strokes.measured(ink, shapes),
        _spread(ink),
        [np.log(width), np.log(height), np.log(width / height), np.log(width / height) ** 2],
        [ruled[1] * float(vivid.mean() > 0.01), ruled[2] * float(vivid.mean() > 0.01)],
    )
    measured: NDArray[np.float64] = np.nan_to_num(np.concatenate([np.asarray(part, float) for part in parts]))
    return measured.clip(-1e4, 1e4)


def _reduced(crop: Raster) -> Raster:
    import cv2

    height, width = crop.shape[:2]
    factor = min((_AREA / (height * width)) ** 0.5, _LONGEST / max(height, width))
    return cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else crop


def _colours(
    shades: NDArray[np.int16], away: NDArray[np.int16], ink: NDArray[np.bool_], vivid: NDArray[np.bool_]
) -> list[float]:
    """Shares of paper, ink and colour; how many shades there are (entropy, bits); whether there is a coloured disc."""
    share = np.bincount(shades.reshape(-1) // 8, minlength=32) / shades.size
    share = share[share > 0]
    between = float(((away > 25) & ~ink).mean())
    return [
        float((away < 25).mean()),
        float(ink.mean()),
        float(vivid.mean()),
        float(np.log1p(200 * vivid.mean())),
        float(-(share * np.log2(share)).sum()),
        between / (float(ink.mean()) + 0.01),
        float(_disc(vivid)),
    ]


def _disc(vivid: NDArray[np.bool_]) -> bool:
    import cv2

    closed = cv2.morphologyEx(vivid.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return False
    largest = max(outlines, key=cv2.contourArea)
    _, radius = cv2.minEnclosingCircle(largest)
    return bool(radius > 25 and cv2.contourArea(largest) > 0.93 * np.pi * radius**2)


def _spread(ink: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How much of the ink lies in each cell of a grid over its box, by the mean; the rows' profile besides."""
    import cv2

    columns, rows = np.nonzero(ink.any(0))[0], np.nonzero(ink.any(1))[0]
    if not len(columns):
        return np.zeros(_GRID * _GRID + 4)
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    cells = cv2.resize(box.astype(np.float32), (_GRID, _GRID), interpolation=cv2.INTER_AREA).reshape(-1)
    profile = box.mean(1)
    across = box.mean(0)
    gone = [
        float((profile < 0.15 * profile.max()).mean()),
        float(profile.std() / max(profile.mean(), 1e-6)),
        float((across == 0).mean()),
        float(across.std() / max(across.mean(), 1e-6)),
    ]
    return np.concatenate([np.log1p(4 * cells / max(float(cells.mean()), 1e-6)), gone])
