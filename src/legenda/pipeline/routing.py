"""Which engine reads a raster."""

from __future__ import annotations

from legenda.engines.base import EngineOptions, Raster, Reading
from legenda.engines.registry import get_engine
from legenda.options import ReadOptions


def read_raster(raster: Raster, options: ReadOptions) -> Reading:
    """Read with the engine asked for; `auto` is the cpu engine where it knows the script."""
    name = "cpu" if options.engine == "auto" else options.engine
    return get_engine(name).read(raster, EngineOptions(options.effort, options.languages))
