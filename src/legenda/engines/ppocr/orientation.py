"""Which way up is the page: 0, 90, 180 or 270 degrees (PP-LCNet document orientation classifier)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from legenda.engines.base import Raster
from legenda.engines.ppocr import models
from legenda.engines.ppocr.detect import detect
from legenda.engines.ppocr.session import Session
from legenda.engines.ppocr.strip import cut

SIDE, CROP = 256, 224
# ImageNet statistics, as the classifier was trained
MEAN = np.array([0.485, 0.456, 0.406], np.float32) * 255
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32) * 255
SURE = 0.9  # below this, and before any turn, lines are read to confirm
SAMPLES = 5


def quarter_turns(raster: Raster) -> int:
    """By how many quarters the page was turned clockwise (0 to 3)."""
    probabilities = orientation_probabilities(models.orienter(), raster)
    likely = [int(k) for k in np.argsort(-probabilities)]
    if likely[0] == 0 and probabilities[0] >= SURE:
        return 0
    candidates = likely[:2] if probabilities[likely[0]] >= SURE else likely[:3]
    if 0 not in candidates:
        candidates.append(0)
    # sorted: where nothing reads in any direction the page stays as it is
    return max(sorted(candidates), key=lambda k: _legibility(np.ascontiguousarray(np.rot90(raster, k))))


def _legibility(raster: Raster) -> float:
    """How well the widest lines of a raster read: mean probability of their characters, weighted by length."""
    quads = detect(models.detector(), raster).quads
    wide = sorted(quads, key=lambda q: float(q[1, 0] - q[0, 0]) / max(1.0, float(q[3, 1] - q[0, 1])))[-SAMPLES:]
    recogniser = models.recogniser("tiny")
    readings = recogniser.read([cut(raster, q) for q in wide], recogniser.full)
    # squared: text turned the wrong way reads as short strings of doubtful characters
    return float(sum(np.square(r.probabilities).sum() for r in readings))


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
