"""From boxes to lines: cut, read by effort, choose between ways a box may run, drop what is not text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from legenda.document import Line
from legenda.engines.base import EngineOptions, Raster
from legenda.engines.ppocr import models, strip
from legenda.engines.ppocr.cascade import Doubt, read_again
from legenda.engines.ppocr.charset import is_foreign
from legenda.engines.ppocr.detect import Boxes
from legenda.engines.ppocr.recognise import Reading, Recogniser
from legenda.engines.ppocr.spaces import with_spaces
from legenda.engines.ppocr.strip import Strip
from legenda.engines.ppocr.words import to_line
from legenda.options import Effort

TALL = 1.5  # a box this much taller than wide may be a line that runs down or up the page
SINGLE = 2.8  # up to this it may also be a single upright character
SAMPLES = 6  # widest lines, read with the whole head to see which scripts there are
# words of the tiny recogniser that the small one reads again, by effort (tuned on evaldata's pages and receipts)
DOUBTS: dict[Effort, Doubt] = {"fast": Doubt(0.55), "balanced": Doubt(0.95)}
FLOOR = 0.5  # mean probability of a line's characters below which it is not read


def read_boxes(raster: Raster, boxes: Boxes, options: EngineOptions) -> tuple[Line, ...]:
    """Read detected boxes.

    Returns:
        Lines in no particular order, polygons in raster pixels. A box which is surely text but cannot be read gives an
        unreadable line; a box that may well be no text gives none.
    """
    owners, strips = _cut(raster, boxes)
    first = models.recogniser("small" if options.effort == "accurate" else "tiny")
    readings, foreign = _first_reading(strips, first, options)
    chosen = _choose(owners, readings)
    strips, readings = [strips[i] for i in chosen], [readings[i] for i in chosen]
    if doubt := DOUBTS.get(options.effort):
        small = models.recogniser("small")
        readings = read_again(strips, readings, small, small.full if foreign else small.latin, doubt)
    readings = with_spaces(strips, readings)
    scores = [boxes.scores[owners[i]] for i in chosen]
    lines = (_line(r, s, float(score), first.name) for r, s, score in zip(readings, strips, scores, strict=True))
    return tuple(line for line in lines if line is not None)


def _cut(raster: Raster, boxes: Boxes) -> tuple[list[int], list[Strip]]:
    """Strips of every way each box may run, with the index of the box."""
    owners: list[int] = []
    strips: list[Strip] = []
    for index, quad in enumerate(boxes.quads):
        for way in _ways(quad):
            owners.append(index)
            strips.append(strip.cut(raster, way))
    return owners, strips


def _ways(quad: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    width, height = strip.size(quad)
    if height < TALL * width:
        return [quad]
    ways = [strip.downwards(quad), strip.upwards(quad)]
    return [quad, *ways] if height < SINGLE * width else ways


def _choose(owners: Sequence[int], readings: Sequence[Reading]) -> list[int]:
    """Of the candidates of each box, the one read best."""
    best: dict[int, int] = {}
    for candidate, owner in enumerate(owners):
        if owner not in best or readings[candidate].mean > readings[best[owner]].mean:
            best[owner] = candidate
    return list(best.values())


def _first_reading(
    strips: Sequence[Strip], recogniser: Recogniser, options: EngineOptions
) -> tuple[list[Reading], bool]:
    """Read every strip; tells too whether scripts beyond Latin are in play."""
    order = sorted(range(len(strips)), key=lambda i: -strips[i].width)
    samples, rest = order[:SAMPLES], order[SAMPLES:]
    readings = dict(zip(samples, recogniser.read([strips[i] for i in samples], recogniser.full), strict=True))
    foreign = _foreign(readings.values())
    head = recogniser.full if foreign else recogniser.latin
    if not foreign:  # a stray look-alike from another script goes
        rest = [*rest, *(i for i in samples if any(map(is_foreign, readings[i].characters)))]
    readings |= zip(rest, recogniser.read([strips[i] for i in rest], head), strict=True)
    return [readings[i] for i in range(len(strips))], foreign


def _foreign(readings: Iterable[Reading]) -> bool:
    """Whether a tenth of what was read with certainty is of a script beyond Latin."""
    sure = [c for r in readings for c, p in zip(r.characters, r.probabilities, strict=True) if p > 0.8 and c != " "]
    return sum(map(is_foreign, sure)) > 0.1 * len(sure)


def _line(reading: Reading, cut: Strip, score: float, engine: str) -> Line | None:
    if reading.mean >= FLOOR and reading.text.strip():
        return to_line(reading, cut.quad, engine)
    return None
