"""Text of the back of a sheet that shows through: it is pale, reads better in a mirror, and is bleached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from legenda.document import Box, Line, bounds
from legenda.engines.base import EngineOptions, Raster
from legenda.engines.registry import get_engine

_PALE = 0.62
"""Of the contrast of a page's strongest lines: what shows through at 20 to 40 % of its strength stays below, and but
3 of 250 lines of the same pages do."""
_DOUBTFUL, _FEW = 0.6, 3
"""Confidence below which a pale line is doubtful, and how many of them make it worth a look."""
_SAMPLES = 4
_PAPER, _WHITE = 0.45, 31
"""Of the strongest contrast: what is nearer to the paper becomes paper. Pixels, at a quarter of the size, over which
paper is looked for."""


class Pale(NamedTuple):
    """A page's strongest contrast, and its lines that are pale and doubtful."""

    ink: float
    lines: list[Line]


def pale_lines(raster: Raster, lines: Sequence[Line]) -> Pale | None:
    """Lines that may show through from the back; `None` where they are few.

    Args:
        raster: of the page.
        lines: read on it, in pixels.
    """
    doubtful = [line for line in lines if line.confidence < _DOUBTFUL]
    if len(doubtful) < _FEW:
        return None
    contrasts = {id(line): _contrast(_grey(_part(raster, bounds(line.polygon)))) for line in lines}
    ink = float(np.percentile(list(contrasts.values()), 90))
    pale = [line for line in doubtful if contrasts[id(line)] < _PALE * ink]
    return Pale(ink, pale) if len(pale) >= _FEW else None


def shows_through(raster: Raster, pale: Pale) -> bool:
    """Whether the pale lines can be read better in a mirror, the longest of them taken together."""
    grey = _grey(raster)
    longest = sorted(pale.lines, key=lambda line: -abs(line.polygon[2] - line.polygon[0]))[:_SAMPLES]
    mirrored = 0.0
    for line in longest:
        left, top, right, bottom = bounds(line.polygon)
        margin = 0.2 * (bottom - top)
        part = _part(grey, (left - margin, top - margin, right + margin, bottom + margin))
        if part.size:
            read = get_engine("cpu").read(np.ascontiguousarray(part[:, ::-1]), EngineOptions("fast")).lines
            mirrored += max((found.confidence for found in read if len(found.content) > 2), default=0.0)
    return mirrored > sum(line.confidence for line in longest)


def bleached(raster: Raster, pale: Pale) -> Raster:
    """The page in grey, with all that is paler than half of its ink as white as its paper."""
    grey = _grey(raster)
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    around = cv2.medianBlur(small, _WHITE)
    paper = cv2.resize(around, grey.shape[::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32)
    dark = (paper - grey) / pale.ink
    return np.asarray(255 * (1 - np.clip((dark - _PAPER) / (1 - _PAPER), 0, 1)), np.uint8)


def _grey(raster: Raster) -> NDArray[np.uint8]:
    return (
        raster
        if raster.ndim == 2 or not raster.size
        else np.asarray(cv2.cvtColor(raster, cv2.COLOR_RGB2GRAY), np.uint8)
    )


def _part(grey: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    left, top, right, bottom = (max(0, round(side)) for side in box)
    return grey[top : bottom + 1, left : right + 1]


def _contrast(part: NDArray[np.uint8]) -> float:
    if not part.size:
        return 0.0
    low, high = np.percentile(part, (4, 97))
    return float(high - low)
