"""A page as it is seen: its pixels when they are asked for, and what the layout model makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from legenda.document.geometry import Affine, Box
from legenda.engines.base import Raster
from legenda.errors import MissingComponentError
from legenda.layout.regions import Region, regions
from legenda.runtime.models import installed
from legenda.sources import Source, SourcePage

_DPI = 150  # of pages that have text of their own: small print of tables and formulas can be told


@dataclass
class Sight:
    """A page upright, as it is seen.

    Attributes:
        width: in page units.
        height: in page units.
        drawn: gives its pixels; `None` where nothing is to be looked at but the lines.
        problems: what could not be done, filled while it is looked at.
        pictured: pictures are on it that its own text does not lie on.
        thorough: a finer model may look at it, where it is here.
    """

    width: float
    height: float
    drawn: Callable[[], Raster] | None
    problems: dict[str, str]
    pictured: bool = False
    thorough: bool = False

    @classmethod
    def of(cls, source: Source, given: SourcePage, quarter: int, pixels: Raster | None, *, whole: bool) -> Sight:
        """A page of a source.

        Args:
            source: that it is of.
            given: the page.
            quarter: by how many quarters it is turned clockwise.
            pixels: of it as given, if they are at hand.
            whole: all of the page is read; else nothing is looked at.
        """

        def drawn() -> Raster:
            shown = source.raster(given.number, _DPI).pixels if pixels is None else pixels
            return np.ascontiguousarray(np.rot90(shown, quarter))

        width, height = (given.height, given.width) if quarter % 2 else (given.width, given.height)
        return cls(width, height, drawn if whole else None, {}, bool(given.pictures))

    @cached_property
    def pixels(self) -> Raster | None:
        """Of the whole page."""
        return self.drawn() if self.drawn else None

    @property
    def scale(self) -> tuple[float, float]:
        """Pixels per page unit."""
        assert self.pixels is not None  # noqa: S101  (asked for only where there are any)
        return self.pixels.shape[1] / self.width, self.pixels.shape[0] / self.height

    @property
    def onto_page(self) -> Affine:
        """From pixels to page units."""
        x, y = self.scale
        return (1 / x, 0.0, 0.0, 0.0, 1 / y, 0.0)

    @property
    def onto_pixels(self) -> Affine:
        """From page units to pixels."""
        x, y = self.scale
        return (x, 0.0, 0.0, 0.0, y, 0.0)

    def regions(self) -> list[Region]:
        """What the model sees, in page units; nothing where it is not installed."""
        if self.pixels is None:
            return []
        try:
            x, y = self.scale
            found = self._finer(self.pixels) or regions(self.pixels)
            return [replace(r, box=(r.box[0] / x, r.box[1] / y, r.box[2] / x, r.box[3] / y)) for r in found]
        except MissingComponentError as error:
            self.problems["no_layout"] = f"Regions were told by rules alone: {error}"
            return []

    def _finer(self, pixels: Raster) -> list[Region]:
        """What the finer model sees; nothing where it is not wanted, or not here."""
        from legenda.layout import doclayout

        return doclayout.regions(pixels) if self.thorough and installed(doclayout.MODEL) else []

    def box_in_pixels(self, box: Box, margin: float = 0.0) -> Box:
        """A box with a margin (page units) around it, inside the page."""
        assert self.pixels is not None  # noqa: S101
        x, y = self.scale
        height, width = self.pixels.shape[:2]
        left, top = max(0.0, (box[0] - margin) * x), max(0.0, (box[1] - margin) * y)
        return left, top, min(float(width), (box[2] + margin) * x), min(float(height), (box[3] + margin) * y)
