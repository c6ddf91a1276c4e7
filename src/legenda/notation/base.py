"""What the readers of all kinds share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Raster = NDArray[np.uint8]
"""A crop: uint8, [height, width] grey or [height, width, 3] RGB, origin top left."""


def grey(crop: Raster) -> Raster:
    """The crop in shades of grey, [height, width]; weights of ITU-R BT.601."""
    if crop.ndim == 2:
        return crop
    import cv2

    shades: Raster = cv2.cvtColor(np.ascontiguousarray(crop), cv2.COLOR_RGB2GRAY)
    return shades
