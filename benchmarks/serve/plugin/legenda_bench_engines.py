"""Engines for suites in which reading is not the point. Each writes a line into a file of notes for every page."""

from __future__ import annotations

import ctypes
import os
import time

from legenda.document import Line, from_box
from legenda.engines.base import EngineOptions, Raster, Reading


def _note() -> None:
    if path := os.environ.get("LEGENDA_BENCH_NOTES"):
        notes = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(notes, f"{os.getpid()} {time.time():.4f}\n".encode())
        os.close(notes)


def _seconds() -> float:
    return float(os.environ.get("LEGENDA_BENCH_SECONDS", "0.05"))


def _reading(raster: Raster, began: float) -> Reading:
    height, width = raster.shape[:2]
    return Reading((Line(f"{began:.4f}", from_box(0, 0, width, height), 1.0),))


class Pace:
    """Takes the same time a page without using the processor; its text is when it began, in seconds since 1970."""

    name = "pace"

    def read(self, raster: Raster, options: EngineOptions) -> Reading:
        """Read a page."""
        began = time.time()
        _note()
        time.sleep(_seconds())
        return _reading(raster, began)


class Spin:
    """The same, using the processor."""

    name = "spin"

    def read(self, raster: Raster, options: EngineOptions) -> Reading:
        """Read a page."""
        began = time.time()
        _note()
        until = time.process_time() + _seconds()
        while time.process_time() < until:
            pass
        return _reading(raster, began)


class Stumble:
    """Reads white pages like `pace`; crashes on black ones, hangs on dark ones, eats memory on grey ones."""

    name = "stumble"

    def read(self, raster: Raster, options: EngineOptions) -> Reading:
        """Read a page, or not."""
        began, grey = time.time(), float(raster.mean())
        _note()
        if grey < 40:
            ctypes.string_at(0)
        while 40 <= grey < 110:
            time.sleep(1)
        eaten = []
        while 110 <= grey < 180:
            eaten.append(b"x" * 2**26)
        time.sleep(_seconds())
        return _reading(raster, began)
