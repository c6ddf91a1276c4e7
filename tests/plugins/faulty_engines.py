"""Engines that fail on some pages, or tell what they were asked."""

from __future__ import annotations

import threading

from legenda.document import Line, from_box
from legenda.engines.base import EngineOptions, Raster, Reading


class Recording:
    """Answers every page with its size, and remembers how it was asked."""

    name = "recording"

    def __init__(self) -> None:
        self.asked: list[EngineOptions] = []
        self._lock = threading.Lock()

    def read(self, raster: Raster, options: EngineOptions) -> Reading:
        with self._lock:
            self.asked.append(options)
        height, width = raster.shape[:2]
        return Reading((Line(f"{width}x{height}", from_box(0, 0, width, height), 1.0, engine=self.name),))


class FailingOnDark(Recording):
    """Raises this error on pages that are mostly dark."""

    name = "failing"

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self._error = error

    def read(self, raster: Raster, options: EngineOptions) -> Reading:
        if raster.mean() < 128:
            raise self._error
        return super().read(raster, options)
