"""Third-party engines: one that works, and the ways in which others do not."""

from __future__ import annotations

import time

from legenda.document import Line, from_box
from legenda.engines.base import EngineOptions, Raster, Reading


class Echo:
    name = "echo"
    made = 0

    def __init__(self) -> None:
        time.sleep(0.05)  # long enough for other threads to ask meanwhile
        Echo.made += 1

    def read(self, raster: Raster, options: EngineOptions) -> Reading:
        height, width = raster.shape[:2]
        return Reading((Line(f"{width}x{height}", from_box(0, 0, width, height), 1.0),))


class Raising:
    def __init__(self) -> None:
        raise ValueError("no licence key")


class Needy:
    def __init__(self) -> None:
        import a_library_nobody_has  # noqa: F401


def garbage() -> int:
    return 7
