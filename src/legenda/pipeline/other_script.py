"""Lines in scripts PP-OCR lacks: its detector found them, its features tell the script, Tesseract reads them.

A page may hold several: an English letter that quotes Arabic, with an address in Thai. On the detector's boxes
Tesseract loses no line to a layout analysis that knows one script at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import dist

import cv2
import numpy as np

from legenda.document import Line, Problem, mapped
from legenda.document.geometry import Affine
from legenda.engines.base import Raster, Reading
from legenda.engines.registry import get_engine
from legenda.engines.stopwatch import Stopwatch
from legenda.engines.tesseract import Tesseract
from legenda.errors import EngineError, MissingComponentError

LIKELY = 0.6  # mean word confidence of lines below which a reading is a wrong script's fancy (handwriting, noise)
SOME = 0.1  # share of a page's lines in one script, from which lines that were read badly may be in it, too
EDGE = 0.07  # of a line's height, beyond its letters: the share the detector's boxes have there
# the same where marks stand below letters and the boxes end too early: CER of Telugu .021 -> .008, Gujarati .019 ->
# .003, Tamil .008 -> .001, Burmese and Khmer .026 -> .023 and .024; Amharic would lose lines, Malayalam .004 -> .007
DEEP = dict.fromkeys(("Telu", "Gujr", "Taml", "Mymr", "Khmr"), 0.15)


def with_other_scripts(raster: Raster, reading: Reading) -> Reading:
    """The reading with its unreadable lines of known scripts read by Tesseract, where their packs are installed."""
    wanted: dict[str, list[Line]] = {}
    for line in reading.lines:
        if line.unreadable and line.script:
            wanted.setdefault(line.script, []).append(line)
    if not wanted:
        return reading
    watch, read, problems = Stopwatch(), dict[int, Line](), list[Problem]()
    with watch("other scripts"):
        for script, lines in wanted.items():
            try:
                packs = _packs(raster, script, lines)
                read |= {id(line): again for line, again in zip(lines, read_again(raster, lines, packs), strict=True)}
                if len(lines) >= SOME * len(reading.lines):
                    doubted = [x for x in reading.lines if x.words and x.confidence < LIKELY]
                    read |= _better(raster, doubted, script, packs)
            except (MissingComponentError, EngineError) as error:  # nobody asked for it: the page goes on
                problems.append(Problem("missing_pack", f"{_count(lines)} in the script {script}. {error}"))
    done = tuple(read.get(id(line), line) for line in reading.lines)
    return replace(reading, lines=done, timings={**reading.timings, **watch.seconds}, problems=tuple(problems))


def read_again(raster: Raster, lines: Iterable[Line], packs: Sequence[str]) -> list[Line]:
    """What Tesseract reads at the places of lines; unreadable where that is nothing, or said with little confidence.

    Args:
        raster: the lines' polygons are in its pixels.
        lines: to be read again.
        packs: installed ones.

    Raises:
        MissingComponentError: Tesseract is not installed.
        EngineError: it failed.
    """
    engine, lines = _tesseract(), list(lines)
    crops = [_crop(raster, line) for line in lines]
    found = [engine.read_line(crop, packs) for crop, _ in crops]
    together = _is_likely(found)  # a line read with less confidence than others of its script is still in it
    return [
        mapped(again, onto) if again.content and (together or _is_likely([again])) else _unread(line)
        for line, again, (_, onto) in zip(lines, found, crops, strict=True)
    ]


def _is_likely(lines: Iterable[Line]) -> bool:
    words = [word.confidence for line in lines for word in line.words]
    return bool(words) and sum(words) >= LIKELY * len(words)


def _unread(line: Line) -> Line:
    return replace(line, content="", words=(), confidence=0.0, unreadable=True)


def _packs(raster: Raster, script: str, lines: Sequence[Line]) -> tuple[str, ...]:
    crops = [_crop(raster, line)[0] for line in lines]
    return _tesseract().packs_of(script, crops)


def _better(raster: Raster, lines: Sequence[Line], script: str, packs: Sequence[str]) -> dict[int, Line]:
    """Lines read badly as Latin on a page with another script, by identity, where that script's packs are surer.

    Capitals of Armenian look like no script at all, and so do some large letters of old Tamil prints.
    """
    again = zip(lines, read_again(raster, lines, packs), strict=True)
    return {id(one): other for one, other in again if other.script == script and other.confidence > one.confidence}


def _tesseract() -> Tesseract:
    engine = get_engine("tesseract")
    assert isinstance(engine, Tesseract)  # noqa: S101  (a plugin cannot take a built-in name)
    return engine


def _crop(raster: Raster, line: Line) -> tuple[Raster, Affine]:
    """A line cut out level, in the raster's own resolution, and the map from its pixels to the raster's."""
    top_left, top_right, _, bottom_left = np.array(line.polygon).reshape(4, 2)
    edge = (bottom_left - top_left) * DEEP.get(line.script, EDGE)
    top_left, top_right, bottom_left = top_left - edge, top_right - edge, bottom_left + edge
    width, height = (max(1, round(dist(top_left, corner))) for corner in (top_right, bottom_left))
    corners = np.array([[0, 0], [width, 0], [width, height]], np.float32)
    cut = cv2.getAffineTransform(
        np.array([top_left, top_right, top_right + bottom_left - top_left], np.float32), corners
    )
    crop = cv2.warpAffine(raster, cut, (width, height), borderMode=cv2.BORDER_REPLICATE)
    (a, d), (b, e) = (top_right - top_left) / width, (bottom_left - top_left) / height
    onto = (float(a), float(b), float(top_left[0]), float(d), float(e), float(top_left[1]))
    return np.asarray(crop, np.uint8), onto


def _count(lines: Sequence[Line]) -> str:
    return f"{len(lines)} line{'s are' if len(lines) > 1 else ' is'}"
