"""Third-party engines: one that works, and the ways in which others do not."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np

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


class Trapped:
    """Reads white pages, which it notes in a file; others are traps (see `traps`), which it notes, too."""

    name = "trapped"

    def read(self, raster: Raster, options: EngineOptions) -> Reading:
        from traps import trap_of  # which not every program that uses these engines has on its path

        trap = trap_of(raster)
        with Path(os.environ["LEGENDA_TEST_NOTES"]).open("a") as notes:
            notes.write(f"{os.getpid()} {trap}\n")
        if trap != "none":
            getattr(self, trap)()
        time.sleep(0.01)
        height, width = raster.shape[:2]
        return Reading((Line("fine", from_box(0, 0, width, height), 0.9, engine=self.name, language="en"),))

    def segfault(self) -> None:
        ctypes.string_at(0)

    def hang(self) -> None:
        subprocess.Popen(["sleep", "600"])
        while True:
            time.sleep(1)

    def spin(self) -> None:
        while True:
            pass

    def eat(self) -> None:
        eaten = []
        while True:
            eaten.append(np.ones(2**22))
            time.sleep(0.02)

    def gorge(self) -> None:
        np.ones(2**36)

    def abort(self) -> None:
        os.write(2, b"terminate called after throwing an instance of 'std::bad_alloc'\n")
        os.abort()

    def leave(self) -> None:
        os._exit(3)

    def vanish(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def complain(self) -> None:
        raise ValueError("the page is unpleasant")
