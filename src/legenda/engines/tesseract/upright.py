"""Which way up a page is, and how far it is tilted."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from legenda.document.geometry import Affine, from_upright
from legenda.engines.base import Raster
from legenda.engines.tesseract.library import pack_named, tesserocr
from legenda.engines.tesseract.pool import Pool

OSD = "osd"
# orientation and script detection reads single characters: more of them than fill this makes it slower, not better
_OSD_SIDE = 1600
_TILTS = np.arange(-15.0, 15.01, 0.5)  # degrees; further apart than that a page is not scanned but laid on the glass
_PROFILE_SIDE = 600  # pixels: rows of 12-point text stay apart


@dataclass(frozen=True, slots=True)
class Guess:
    """What orientation and script detection makes of a page.

    Attributes:
        quarter: quarters by which the page was turned clockwise, 0 to 3.
        certainty: Tesseract's margin of the orientation; about 15 on a page of Latin text.
        script: Tesseract's name of the script (`Latin`, `Han`).
    """

    quarter: int
    certainty: float
    script: str


def guess(grey: Raster, pool: Pool) -> Guess | None:
    """Orientation and script of a page; `None` where there is too little text or the pack `osd` is not installed."""
    if not pack_named(OSD):
        return None
    side = _OSD_SIDE
    top, left = max(0, (grey.shape[0] - side) // 2), max(0, (grey.shape[1] - side) // 2)
    part = np.ascontiguousarray(grey[top : top + side, left : left + side])
    with pool.lend(OSD) as api:
        api.SetPageSegMode(tesserocr().PSM.OSD_ONLY)
        api.SetImageBytes(part.tobytes(), part.shape[1], part.shape[0], 1, part.shape[1])
        found = api.DetectOrientationScript()
    if not found:
        return None
    return Guess(int(found["orient_deg"]) // 90, float(found["orient_conf"]), str(found["script_name"]))


def tilt(grey: Raster) -> float:
    """Degrees clockwise, -15 to 15, by which lines are tilted: where the profile of rows has the sharpest edges.

    The method is Postl's (1986): turn the page by every angle and keep the one whose sums along rows differ most
    between neighbours.
    """
    scale = _PROFILE_SIDE / max(grey.shape)
    if min(grey.shape) * scale < 16:
        return 0.0
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    _, ink = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    if not 0.002 < float(ink.mean()) / 255 < 0.5:
        return 0.0
    sharpness = [_sharpness(ink, float(angle)) for angle in _TILTS]
    best = int(np.argmax(sharpness))
    # level pages keep their pixels: half a degree costs Tesseract nothing
    straight = sharpness[len(_TILTS) // 2]
    return float(_TILTS[best]) if abs(_TILTS[best]) >= 1 and sharpness[best] > 1.1 * straight else 0.0


def turned(raster: Raster, quarter: int, degrees: float) -> tuple[Raster, Affine]:
    """Turn a raster back by quarters and degrees, and the map from it to the raster as given."""
    height, width = raster.shape[:2]
    result = np.ascontiguousarray(np.rot90(raster, quarter))
    back = from_upright(quarter, width, height)
    if not degrees:
        return result, back
    result, small = _levelled(result, degrees)
    return result, _after(small, back)


def _levelled(raster: Raster, degrees: float) -> tuple[Raster, Affine]:
    height, width = raster.shape[:2]
    forward = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cos, sin = abs(forward[0, 0]), abs(forward[0, 1])
    size = int(np.ceil(height * sin + width * cos)), int(np.ceil(height * cos + width * sin))
    forward[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    paper = float(np.median(raster[:: max(1, height // 100), :: max(1, width // 100)]))
    level = cv2.warpAffine(raster, forward, size, flags=cv2.INTER_CUBIC, borderValue=(paper, paper, paper))
    back: NDArray[np.float64] = cv2.invertAffineTransform(forward)
    a, b, c, d, e, f = (float(x) for x in back.ravel())
    return level, (a, b, c, d, e, f)


def _after(first: Affine, then: Affine) -> Affine:
    """The map that applies `first`, then `then`."""
    a, b, c, d, e, f = (np.array([*then, 0, 0, 1]).reshape(3, 3) @ np.array([*first, 0, 0, 1]).reshape(3, 3)).ravel()[
        :6
    ]
    return float(a), float(b), float(c), float(d), float(e), float(f)


def _sharpness(ink: NDArray[np.uint8], angle: float) -> float:
    height, width = ink.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    rows = cv2.warpAffine(ink, turn, (width, height), flags=cv2.INTER_NEAREST).sum(axis=1, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum())
