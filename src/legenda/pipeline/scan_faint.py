"""Print of a worn ribbon: dots that hardly differ from the paper are joined and darkened where little can be read."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from legenda.document import Line
from legenda.engines.base import Raster

_UNSURE = 0.5
"""Of a page: what is read of faint dots, where it is, has .85 and more; a page taken for one on its head has 0."""
_FAINT = 90.0
"""Levels between paper and ink: a worn ribbon leaves some 40, clean pages have 230."""
_DOT = 0.8
"""Pixels of the blur that makes strokes of dots, at 200 dpi."""
_INK, _PAPER, _LIGHT = 0.5, 50.0, 245.0


def sureness(lines: Sequence[Line]) -> float:
    """Mean probability of a character, 0 of those that could not be read: their lines count as long as the others."""
    read = [line for line in lines if line.content]
    count = sum(len(line.content) for line in read)
    missing = sum(line.unreadable for line in lines) * (count / len(read) if read else 1.0)
    return sum(line.confidence * len(line.content) for line in read) / max(count + missing, 1.0)


def is_faint(raster: Raster, lines: Sequence[Line]) -> bool:
    """Whether a page has little contrast, and most of what was found on it could not be read."""
    if not lines or sureness(lines) >= _UNSURE:
        return False
    ink, paper = np.percentile(raster, (1, 100 - _PAPER / 2))
    return bool(paper - ink < _FAINT)


def joined(raster: Raster) -> Raster:
    """The page with its dots blurred into strokes, and as much contrast as there can be."""
    blurred = cv2.GaussianBlur(raster, (0, 0), _DOT).astype(np.float32)
    ink, paper = np.percentile(blurred, (_INK, _PAPER))
    return np.asarray(np.clip((blurred - ink) * (_LIGHT / max(paper - ink, 1.0)), 0, 255), np.uint8)
