"""Which way up is the page: 0, 90, 180 or 270 degrees (PP-LCNet document orientation classifier)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from legenda.document.geometry import signed
from legenda.engines.base import Raster
from legenda.engines.ppocr import models
from legenda.engines.ppocr.detect import USUAL, Boxes, DetectorOptions, detect
from legenda.engines.ppocr.line_scripts import foreign
from legenda.engines.ppocr.strip import cut
from legenda.runtime.session import Session

SIDE, CROP = 256, 224
# ImageNet statistics, as the classifier was trained
MEAN = np.array([0.485, 0.456, 0.406], np.float32) * 255
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32) * 255
SURE = 0.9  # at this probability an upright page is taken to be upright
SAMPLES = 5
LEGIBLE = 0.85  # mean probability of sampled characters of a page that surely stands upright; upside down .3 to .6
ENOUGH = 12  # ... if that many were read
ILLEGIBLE = 0.6  # below this nothing can be told (another script, noise): the classifier's first choice stands


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

    @property
    def angle(self) -> float:
        """Degrees clockwise, (-180, 180], by which the text was turned: the quarters and the tilt of its wide boxes."""
        quads = self.boxes.quads
        along, down = quads[:, 1] - quads[:, 0], quads[:, 3] - quads[:, 0]
        wide = np.linalg.norm(along, axis=1) > 3 * np.linalg.norm(down, axis=1)
        tilts = np.degrees(np.arctan2(along[wide, 1], along[wide, 0]))
        return signed(90 * self.quarter + (float(np.median(tilts)) if len(tilts) else 0.0))


def without_colour(raster: Raster) -> Raster:
    """Grey where there is no colour to speak of: a third of the work in every warp."""
    if raster.ndim == 2:
        return raster
    sample = raster[::8, ::8].astype(np.int16)
    spread = sample.max(2) - sample.min(2)
    if (spread > 48).mean() > 0.002:
        return raster
    return np.asarray(cv2.cvtColor(raster, cv2.COLOR_RGB2GRAY), np.uint8)


def turned_upright(raster: Raster, detector: DetectorOptions = USUAL) -> Upright:
    """Turn a page the right way up: the classifier proposes, reading a few lines decides."""
    probabilities = orientation_probabilities(models.orienter(), raster)
    likely = sorted(range(4), key=lambda k: -probabilities[k])
    best: tuple[float, Upright] | None = None
    for quarter in likely:
        candidate = turned(raster, quarter, detector)
        if quarter == 0 and probabilities[0] >= SURE:
            return candidate
        mean, count = _legibility(candidate)
        if mean >= LEGIBLE and count >= ENOUGH:
            return candidate
        # squared: text the wrong way round reads as short strings of doubtful characters
        if best is None or (mean >= ILLEGIBLE and mean * mean * count > best[0]):
            best = (mean * mean * count if mean >= ILLEGIBLE else 0.0), candidate
    assert best  # noqa: S101  (there are four candidates)
    return best[1] if len(best[1].boxes.quads) else turned(raster, 0)  # without text a page stays as it is


def turned(raster: Raster, quarter: int, detector: DetectorOptions = USUAL) -> Upright:
    """The page turned back by quarters, its text detected."""
    upright = np.ascontiguousarray(np.rot90(raster, quarter)) if quarter else raster
    return Upright(upright, quarter, detect(models.detector(), upright, detector))


def _legibility(page: Upright) -> tuple[float, int]:
    """Mean probability of the characters of the widest lines, and their number."""
    quads = page.boxes.quads
    wide = sorted(quads, key=lambda q: float(q[1, 0] - q[0, 0]) / max(1.0, float(q[3, 1] - q[0, 1])))[-SAMPLES:]
    recogniser = models.recogniser("tiny")
    seen = recogniser.look([cut(page.raster, q) for q in wide])
    readings = [features.read(recogniser.full).probabilities for features in seen]
    # letters the recogniser lacks are known, too, when they stand upright
    for reading, other in zip(readings, foreign(seen), strict=True):
        if other:
            reading[:] = SURE
    chances = np.concatenate(readings) if readings else np.zeros(0)
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
