"""A page in a script PP-OCR lacks: its detector finds the lines, Tesseract reads them with the pack of the script.

Tesseract's own layout analysis loses lines of several scripts; on the detector's boxes mean CER over 38 rendered pages
in as many languages is .025.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from legenda.document import Line, from_upright, mapped
from legenda.document.geometry import Affine
from legenda.engines.base import Raster, Reading
from legenda.engines.ppocr import Upright, strip, turned, turned_upright, without_colour
from legenda.engines.registry import get_engine
from legenda.engines.stopwatch import Stopwatch
from legenda.engines.tesseract import Choice, Tesseract, packs_for

CERTAIN = 78.0  # mean certainty (0..100) of sample lines that needs no other way up
LIKELY = 0.6  # mean word confidence below which a reading is a wrong script's fancy (handwriting, noise)
LETTERS = 3  # different ones a reading must have


def read_other_script(raster: Raster, languages: Sequence[str] = (), *, thorough: bool = True) -> Reading:
    """Read with Tesseract on the detector's boxes; nothing when no installed pack reads them with confidence.

    Args:
        raster: the page.
        languages: codes, if known; else the script is found out by trial.
        thorough: try every installed script, not only the one Tesseract's detection proposes.

    Raises:
        MissingComponentError: Tesseract or the pack of a language is not installed.
    """
    watch = Stopwatch()
    engine = get_engine("tesseract")
    assert isinstance(engine, Tesseract)  # noqa: S101  (a plugin cannot take a built-in name)
    raster = without_colour(raster)
    with watch("script"):
        known = packs_for(languages)
        page, packs = (turned_upright(raster), known) if known else _understood(raster, engine, thorough)
    with watch("recognition"):
        lines = list(_lines(page, engine, packs)) if packs else []
    if not _is_likely(lines):
        return Reading((), timings=watch.seconds)
    back = from_upright(page.quarter, raster.shape[1], raster.shape[0])
    return Reading(tuple(mapped(line, back) for line in lines), page.angle, watch.seconds)


def _understood(raster: Raster, engine: Tesseract, thorough: bool) -> tuple[Upright, tuple[str, ...]]:
    """The page the way up in which some packs read it best, and those packs.

    The orientation classifier knows Latin and Han; it takes Hebrew and Malayalam to stand on their heads.
    """
    first = turned_upright(raster)
    seen = engine.quarter(raster)
    quarters = [first.quarter] if seen in (None, first.quarter) else [seen, first.quarter]
    pages = (first if q == first.quarter else turned(raster, q) for q in quarters if q is not None)
    tried: list[tuple[Choice, Upright]] = []
    for page in pages:
        tried.append((engine.detect_script(_crops(page), page.raster, thorough=thorough), page))
        if tried[-1][0].score >= CERTAIN:
            break
    choice, page = max(tried, key=lambda pair: pair[0].score)
    return page, choice.packs


def _is_likely(lines: Sequence[Line]) -> bool:
    """Whether lines are text: words read with confidence, and letters, not one sign repeated."""
    words = [word.confidence for line in lines for word in line.words]
    letters = {c for line in lines for c in line.content if c.isalpha()}
    return len(letters) >= LETTERS and sum(words) >= LIKELY * len(words)


def _crops(page: Upright) -> list[Raster]:
    return [_crop(page.raster, quad) for quad in page.boxes.quads]


def _lines(page: Upright, engine: Tesseract, packs: Sequence[str]) -> Iterator[Line]:
    for quad, crop in zip(page.boxes.quads, _crops(page), strict=True):
        line = engine.read_line(crop, packs)
        if line.content:
            yield mapped(line, _onto(quad, crop))


def _crop(raster: Raster, quad: NDArray[np.float32]) -> Raster:
    """A box cut out level, in the raster's own resolution."""
    width, height = (max(1, round(side)) for side in strip.size(quad))
    corners = np.array([[0, 0], [width, 0], [width, height]], np.float32)
    affine = cv2.getAffineTransform(np.ascontiguousarray(quad[:3]), corners)
    return np.asarray(cv2.warpAffine(raster, affine, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _onto(quad: NDArray[np.float32], crop: Raster) -> Affine:
    """From pixels of a crop to pixels of the raster it was cut out of."""
    height, width = crop.shape[:2]
    (a, d), (b, e) = (quad[1] - quad[0]) / width, (quad[3] - quad[0]) / height
    return float(a), float(b), float(quad[0, 0]), float(d), float(e), float(quad[0, 1])
