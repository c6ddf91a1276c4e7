"""Third-party engines: one that works, and the ways in which others do not."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from legenda.document import Line, from_box
from legenda.engines.base import EngineOptions, Raster, Reading
from legenda.errors import MissingComponentError


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


class Telling:
    """Says which process read a page, and notes each page in a file. It does not survive dark pages."""

    name = "telling"

    def read(self, raster: Raster, options: EngineOptions) -> Reading:
        with Path(os.environ["LEGENDA_TEST_NOTES"]).open("a") as notes:
            notes.write(f"{os.getpid()}\n")
        if raster.mean() < 128:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.02)
        height, width = raster.shape[:2]
        return Reading((Line(f"read by {os.getpid()}", from_box(0, 0, width, height), 1.0),))


class NoLicenceError(MissingComponentError):
    """An error of the plugin's own, made from something else than three texts."""

    def __init__(self, days: int) -> None:
        super().__init__("the licence is not there", f"it ended {days} days ago", "buy one")


class Licensed:
    name = "licensed"

    def read(self, raster: Raster, options: EngineOptions) -> Reading:
        raise NoLicenceError(3)
