"""Pages as people scan them: bent ones are read straight, what shows through is bleached, faint dots are joined.

Upright pages pay one look (10 ms) for the first, and nothing for the others unless their reading is doubtful.
"""

from __future__ import annotations

from typing import NamedTuple

from legenda.engines.base import Raster, Reading
from legenda.options import ReadOptions
from legenda.pipeline.routing import read_raster
from legenda.pipeline.scan_bend import Bend, bend_of
from legenda.pipeline.scan_faint import is_faint, joined, sureness
from legenda.pipeline.scan_through import bleached, pale_lines, shows_through


class Sheet(NamedTuple):
    """What was read of a page's picture.

    Attributes:
        reading: in pixels of `pixels`.
        pixels: the picture, flattened if it was bent.
        bend: how it was, if it was.
    """

    reading: Reading
    pixels: Raster
    bend: Bend | None


def read_scan(raster: Raster, options: ReadOptions) -> Sheet:
    """Read the picture of a whole page.

    Raises:
        LegendaError: see `routing.read_raster`.
    """
    bend = bend_of(raster)
    pixels = bend.flattened(raster) if bend else raster
    reading = read_raster(pixels, options)
    pale = pale_lines(pixels, reading.lines)
    if pale and shows_through(pixels, pale):
        pixels = bleached(pixels, pale)
        reading = _surer(reading, read_raster(pixels, options))
    if is_faint(pixels, reading.lines):
        reading = _surer(reading, read_raster(joined(pixels), options))
    return Sheet(reading, pixels, bend)


def _surer(one: Reading, other: Reading) -> Reading:
    return max(one, other, key=lambda reading: sureness(reading.lines))
