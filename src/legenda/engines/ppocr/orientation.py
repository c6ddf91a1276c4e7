"""Which way up is the page: 0, 90, 180 or 270 degrees (PP-LCNet document orientation classifier)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from legenda.engines.base import Raster
from legenda.engines.ppocr import models
from legenda.engines.ppocr.detect import Boxes, detect
from legenda.engines.ppocr.session import Session
from legenda.engines.ppocr.strip import cut

SIDE, CROP = 256, 224
# ImageNet statistics, as the classifier was trained
MEAN = np.array([0.485, 0.456, 0.406], np.float32) * 255
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32) * 255
SURE = 0.9  # at this probability an upright page is taken to be upright
SAMPLES = 5
LEGIBLE = (
    0.85  # mean probability of sampled characters at which a page surely stands upright; upside down it is .3 to .6
)
ENOUGH = 12  # ... if that many were read


@dataclass(frozen=True, slots=True)
class Upright:
    """A page turned the right way up.

    Attributes:
        raster: turned back.
        quarter: by how many quarters it was turned clockwise (0 to 3).
        boxes: its text, detected.
    """

    raster: Raster
    quarter: int
    boxes: Boxes


def turned_upright(raster: Raster) -> Upright:
    """Turn a page the right way up: the classifier proposes, reading a few lines decides."""
    probabilities = orientation_probabilities(models.orienter(), raster)
    likely = sorted(range(4), key=lambda k: -probabilities[k])
    best: tuple[float, Upright] | None = None
    for quarter in likely:
        candidate = _turned(raster, quarter)
        if quarter == 0 and probabilities[0] >= SURE:
            return candidate
        mean, count = _legibility(candidate)
        if mean >= LEGIBLE and count >= ENOUGH:
            return candidate
        # squared: text the wrong way round reads as short strings of doubtful characters
        if best is None or mean * mean * count > best[0]:
            best = mean * mean * count, candidate
    return best[1] if best and best[0] > 0 else _turned(raster, 0)


def _turned(raster: Raster, quarter: int) -> Upright:
    upright = np.ascontiguousarray(np.rot90(raster, quarter)) if quarter else raster
    return Upright(upright, quarter, detect(models.detector(), upright))


def _legibility(page: Upright) -> tuple[float, int]:
    """Mean probability of the characters of the widest lines, and their number."""
    quads = page.boxes.quads
    wide = sorted(quads, key=lambda q: float(q[1, 0] - q[0, 0]) / max(1.0, float(q[3, 1] - q[0, 1])))[-SAMPLES:]
    recogniser = models.recogniser("tiny")
    readings = recogniser.read([cut(page.raster, q) for q in wide], recogniser.full)
    chances = np.concatenate([r.probabilities for r in readings]) if readings else np.zeros(0)
    return (float(chances.mean()), len(chances)) if len(chances) else (0.0, 0)


def orientation_probabilities(session: Session, raster: Raster) -> NDArray[np.float32]:
    """Probabilities [4] that the picture was turned clockwise by 0, 90, 180, 270 degrees."""
    height, width = raster.shape[:2]
    # trained on pages whose shorter side was reduced to SIDE and the middle cut out; cut first, it costs less
    side = max(1, round(min(height, width) * CROP / SIDE))
    top, left = (height - side) // 2, (width - side) // 2
    small = cv2.resize(raster[top : top + side, left : left + side], (CROP, CROP), interpolation=cv2.INTER_AREA)
    if small.ndim == 2:
        small = cv2.cvtColor(small, cv2.COLOR_GRAY2RGB)
    x = (small.astype(np.float32) - MEAN) / DEVIATION
    result: NDArray[np.float32] = session(np.ascontiguousarray(x.transpose(2, 0, 1)[None]))[0].copy()
    return result
