"""Pages that bring down the engine `trapped`, each by its shade of grey."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TRAPS = ("segfault", "hang", "spin", "eat", "gorge", "abort", "leave", "vanish", "complain")
_STEP = 20


def page(trap: str = "none") -> NDArray[np.uint8]:
    """A page that is white, or a trap."""
    shade = 250 if trap == "none" else _STEP * TRAPS.index(trap) + _STEP // 2
    return np.full((60, 90), shade, np.uint8)


def trap_of(raster: NDArray[np.uint8]) -> str:
    """The trap that a raster is."""
    number = int(raster.mean()) // _STEP
    return TRAPS[number] if number < len(TRAPS) else "none"
