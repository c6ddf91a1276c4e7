"""Pictures of the original's pages, or of parts of them, for formats that show more than text."""

from __future__ import annotations

import weakref
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from legenda.document import Block, Box, Page, bounds
from legenda.errors import LegendaError
from legenda.exports.base import Origin
from legenda.options import Limits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from legenda.sources.page import Rendering
    from legenda.sources.source import Source

PICTURED = ("figure", "chart", "seal")
"""Kinds of block that are shown as pictures where the original is at hand."""
_DPI = 150  # of pages that have no pixels of their own
_LONGEST = 2000  # pixels; larger pictures are reduced
_QUALITY = 82
_CREDIBLE_DPI = (60.0, 2400.0)


class Picture(NamedTuple):
    """A JPEG, its media type, and its size in pixels."""

    data: bytes
    media_type: str
    width: int
    height: int


class PagePictures:
    """Opens the original when the first picture is asked for. What cannot be had is `None`: the text is there without.

    Args:
        origin: what the pages were read from.
    """

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._source: Source | None = None
        self._open = origin.data is not None

    def cut(self, page: Page, block: Block) -> Picture | None:
        """The part of a page where a block stands."""
        left, top, right, bottom = bounds(block.polygon)
        box = (max(left, 0.0), max(top, 0.0), min(right, page.width), min(bottom, page.height))
        if not isfinite(sum(box)) or box[0] >= box[2] or box[1] >= box[3]:
            return None
        rendering = self._raster(page.number, box)
        return encoded(reduced(rendering.pixels)) if rendering else None

    def whole(self, page: Page) -> NDArray[np.uint8] | None:
        """A page's pixels, no more than 2,000 on the longer side."""
        rendering = self._raster(page.number, None)
        return reduced(rendering.pixels) if rendering else None

    def points(self, page: Page) -> tuple[float, float] | None:
        """Width and height of a page in points, where its resolution is known."""
        scale = {"point": 1.0, "inch": 72.0}.get(page.unit) or self._scale(page.number)
        size = page.width * (scale or 0), page.height * (scale or 0)
        return size if all(isfinite(side) and side > 0 for side in size) else None

    def close(self) -> None:
        """Let go of the original."""
        self._open = False
        if self._source:
            self._source.close()

    def _scale(self, number: int) -> float | None:
        with suppress(LegendaError, IndexError):
            dpi = source.page(number).dpi if (source := self._opened()) else None
            return 72 / dpi if dpi and _CREDIBLE_DPI[0] <= dpi <= _CREDIBLE_DPI[1] else None
        return None

    def _raster(self, number: int, box: Box | None) -> Rendering | None:
        with suppress(LegendaError, IndexError):  # a page that cannot be shown was read before, or has its problem
            return source.raster(number, _DPI, box) if (source := self._opened()) else None
        return None

    def _opened(self) -> Source | None:
        if self._open and self._source is None:
            from legenda.sources.source import open_source

            self._open = False  # unless it succeeds
            origin, usual = self._origin, Limits()
            assert origin.data is not None  # noqa: S101
            size = origin.data.stat().st_size if isinstance(origin.data, Path) else len(origin.data)
            # it was let in before, so its size is no question here
            limits = replace(usual, bytes=max(usual.bytes, size), pages=max(usual.pages, origin.pages))
            self._source = open_source(origin.data, name=origin.name, password=origin.password, limits=limits)
            self._open = True
            weakref.finalize(self, self._source.close)  # an exporter that fails is not closed
        return self._source if self._open else None


def reduced(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same picture with at most 2,000 pixels on its longer side."""
    height, width = pixels.shape[:2]
    scale = _LONGEST / max(height, width)
    if scale >= 1:
        return pixels
    import cv2

    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    smaller: NDArray[np.uint8] = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return smaller


def encoded(pixels: NDArray[np.uint8]) -> Picture:
    """A picture as JPEG."""
    from PIL import Image

    out = BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=_QUALITY)
    return Picture(out.getvalue(), "image/jpeg", pixels.shape[1], pixels.shape[0])
