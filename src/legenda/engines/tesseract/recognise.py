"""Run Tesseract's recogniser on a page or on one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from legenda.document import Line, from_box, mapped
from legenda.engines.base import Raster
from legenda.engines.tesseract.library import API, tesserocr
from legenda.engines.tesseract.results import ENGINE, lines_of
from legenda.errors import EngineError

LEAST = 8  # pixels a side; nothing legible is smaller, and Leptonica refuses it
_MOST = 32_000  # pixels a side; Tesseract's own limit is 32,767
_TIMEOUT = 120_000  # milliseconds; a page of 24 megapixels takes 10 seconds
# single-line mode on 41 languages' lines cut by a detector: CER .051 with 4 pixels of margin, .054 with 0 and 10;
# read again without margin in raw mode where the score is below 92, and the better kept: .034 for half the time more
_MARGIN = 4
_SURE = 92.0
# layout analysis loses lines of these scripts: Korean has a CER of .245, as one block .016; Burmese .499, as sparse
# text .082
_AS_BLOCK = frozenset({"kor", "Hangul", "script/Hangul"})
_AS_SPARSE = frozenset({"mya", "Myanmar", "script/Myanmar"})


@dataclass(frozen=True, slots=True)
class Scored:
    """What was read.

    Attributes:
        lines: polygons in pixels of the picture.
        score: Tesseract's mean certainty (0..100) over all words, those left out as well.
        sideways: most lines run up or down the picture. Tesseract reads them, but the page should be turned.
    """

    lines: tuple[Line, ...]
    score: float
    sideways: bool = False

    @property
    def evidence(self) -> float:
        """How much was read how surely: comparable between readings of one page."""
        found = sum(len(line.content) * line.confidence**2 for line in self.lines)
        return found / 2 if self.sideways else found


def grey(raster: Raster) -> Raster:
    """The raster in grey, reduced where it is longer than Tesseract takes."""
    result = cv2.cvtColor(raster, cv2.COLOR_RGB2GRAY) if raster.ndim == 3 else raster
    if max(result.shape) > _MOST:
        height, width = (max(1, round(side * _MOST / max(result.shape))) for side in result.shape)
        result = cv2.resize(result, (width, height), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(result, dtype=np.uint8)


def page(api: API, picture: Raster, packs: Sequence[str]) -> Scored:
    """Read a page that stands upright; polygons are in its pixels."""
    modes = tesserocr().PSM
    usual = _read(api, picture, modes.AUTO)
    if not _AS_BLOCK.isdisjoint(packs):
        other = _read(api, picture, modes.SINGLE_BLOCK)
    # on short pages in Arabic layout analysis may see no text at all
    elif not usual.lines or not _AS_SPARSE.isdisjoint(packs):
        other = _read(api, picture, modes.SPARSE_TEXT)
    else:
        return usual
    return max(usual, other, key=lambda scored: scored.evidence)


def line(api: API, crop: Raster) -> Scored:
    """Read one line cut out of a page; polygons are in pixels of the crop."""
    first = _framed(api, crop)
    if first.score >= _SURE:
        return first
    raw = _read(api, crop, tesserocr().PSM.RAW_LINE)
    return raw if raw.score > first.score else first


def _framed(api: API, crop: Raster) -> Scored:
    """Read one line once, with a margin."""
    wide = cv2.copyMakeBorder(crop, *(_MARGIN,) * 4, cv2.BORDER_REPLICATE)
    scored = _read(api, wide, tesserocr().PSM.SINGLE_LINE)
    back = (1, 0, -_MARGIN, 0, 1, -_MARGIN)
    return Scored(tuple(mapped(line, back) for line in scored.lines), scored.score)


def joined(scored: Scored, crop: Raster) -> Line:
    """One line from what was read on a crop of one; unreadable when that is nothing."""
    height, width = crop.shape[:2]
    whole = from_box(0, 0, width, height)
    if not scored.lines:
        return Line("", whole, 0.0, engine=ENGINE, unreadable=True)
    # single-line mode gives one line; more come only where it splits at a rule through the crop
    return max(scored.lines, key=lambda x: len(x.content))


def _read(api: API, picture: Raster, mode: int) -> Scored:
    height, width = picture.shape
    if min(height, width) < LEAST:
        return Scored((), 0.0)
    api.SetPageSegMode(mode)
    api.SetImageBytes(picture.tobytes(), width, height, 1, width)
    if not api.Recognize(_TIMEOUT):
        raise EngineError("Tesseract did not finish", f"{width} x {height} pixels took longer than {_TIMEOUT} ms")
    vouched = mode in (tesserocr().PSM.SINGLE_LINE, tesserocr().PSM.RAW_LINE)
    found = lines_of(api, vouched)
    return Scored(tuple(found), float(api.MeanTextConf()), not vouched and _is_sideways(api))


def _is_sideways(api: API) -> bool:
    downwards = tesserocr().WritingDirection.TOP_TO_BOTTOM
    found = [x.Orientation()[1] == downwards for x in _each(api.GetIterator(), tesserocr().RIL.TEXTLINE)]
    return bool(2 * sum(found) > len(found))


def _each(it: API, level: int) -> Iterator[API]:
    return iter(()) if it is None else tesserocr().iterate_level(it, level)
