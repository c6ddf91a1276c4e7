"""Regions by PP-DocLayoutV3: slower and finer than the usual model, used for `accurate` where somebody fetched it.

A detection transformer (RT-DETR, Zhao et al. 2024) of PaddlePaddle's authors. One page is 1.9 to 2.4 s on one core, so
nothing fetches it but `legenda models add layout-v3`.
"""

from __future__ import annotations

from functools import cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from legenda.layout.regions import Region, RegionKind, distinct
from legenda.runtime.models import model_bytes
from legenda.runtime.session import OnnxRuntimeSession

MODEL = "layout-v3"
_SIDE = 800
_LEAST = 0.5  # as its authors have it
# its 25 classes, in their order; `None` for what rules tell better from words: notes, formulas within lines, numbers
_KINDS: tuple[RegionKind | None, ...] = (
    *("text", "text", "text", "figure", "text", "formula", "title", "caption", "footer", "footer"),  # abstract ...
    *(None, None, "header", "header", "figure", None, None, "title", "title", "reference"),  # footnote ...
    *("seal", "table", "text", "text", "caption"),
)
Raster = NDArray[np.uint8]


def regions(raster: Raster) -> list[Region]:
    """Regions of an upright page, the surest first.

    Args:
        raster: uint8, [height, width] grey or [height, width, 3] RGB.

    Raises:
        MissingComponentError: the model is not here.
    """
    height, width = raster.shape[:2]
    size = np.array([[_SIDE, _SIDE]], np.float32)
    scale = np.array([[_SIDE / height, _SIDE / width]], np.float32)
    found = _session().outputs(size, _input(raster), scale)[0]
    best = found[np.argsort(-found[:, 1])]
    seen = [
        Region(kind, (max(0.0, x0), max(0.0, y0), min(float(width), x1), min(float(height), y1)), min(1.0, score))
        for number, score, x0, y0, x1, y1, _ in best[best[:, 1] >= _LEAST].tolist()
        if (kind := _KINDS[int(number)])
    ]
    return distinct(seen)


_lock = Lock()


def _session() -> OnnxRuntimeSession:
    with _lock:  # two threads that ask at once must not open it twice
        return _opened()


@cache
def _opened() -> OnnxRuntimeSession:
    return OnnxRuntimeSession(model_bytes(MODEL))


def _input(raster: Raster) -> NDArray[np.float32]:
    import cv2

    small = cv2.resize(raster, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)
    if small.ndim == 2:
        small = cv2.cvtColor(small, cv2.COLOR_GRAY2RGB)
    return np.ascontiguousarray((small.astype(np.float32) / 255).transpose(2, 0, 1)[None])
