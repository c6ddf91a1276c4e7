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
from legenda.engines.ppocr.honesty import kept_lines
from legenda.engines.ppocr.recognise import Reading, Recogniser
from legenda.engines.ppocr.spaces import with_spaces
from legenda.engines.ppocr.strip import Strip
from legenda.languages import resolve
from legenda.options import Effort

TALL = 1.5  # a box this much taller than wide may be a line that runs down or up the page
SINGLE = 2.8  # up to this it may also be a single upright character
SAMPLES = 6  # widest lines, read with the whole head to see which scripts there are
# words of the tiny recogniser that the small one reads again, by effort (tuned on evaldata's pages and receipts)
DOUBTS: dict[Effort, Doubt] = {"fast": Doubt(0.55), "balanced": Doubt(0.95)}


def read_boxes(raster: Raster, boxes: Boxes, options: EngineOptions) -> tuple[Line, ...]:
    """Read detected boxes.

    Returns:
        Lines in no particular order, polygons in raster pixels; see `kept_lines` for what is left out.
    """
    owners, strips = _cut(raster, boxes)
    first, readings = _first_reading(strips, _recogniser(options))
    chosen = _choose(owners, readings)
    strips, readings = [strips[i] for i in chosen], [readings[i] for i in chosen]
    small = models.recogniser("small")
    if first is not small:
        readings = read_again(strips, readings, small, DOUBTS[options.effort])
    readings = with_spaces(strips, readings)
    scores = boxes.scores[[owners[i] for i in chosen]]
    return tuple(kept_lines(readings, strips, scores, first.name))


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


def _recogniser(options: EngineOptions) -> Recogniser:
    """The tiny one, unless the effort or the alphabet of a language asks for the small one."""
    accurate = options.effort == "accurate" or any(resolve(x).ppocr == "small" for x in options.languages)
    return models.recogniser("small" if accurate else "tiny")


def _first_reading(strips: Sequence[Strip], recogniser: Recogniser) -> tuple[Recogniser, list[Reading]]:
    """Read every strip; where scripts beyond Latin are in play, with the small recogniser's whole alphabet."""
    order = sorted(range(len(strips)), key=lambda i: -strips[i].width)
    samples, rest = order[:SAMPLES], order[SAMPLES:]
    readings = dict(zip(samples, recogniser.read([strips[i] for i in samples], recogniser.full), strict=True))
    if _foreign(readings.values()):
        recogniser = models.recogniser("small")  # the tiny one lacks kana and a third of the traditional Han
        return recogniser, recogniser.read(strips, recogniser.full)
    # a stray look-alike from another script goes
    rest += [i for i in samples if any(map(is_foreign, readings[i].characters))]
    readings |= zip(rest, recogniser.read([strips[i] for i in rest], recogniser.latin), strict=True)
    return recogniser, [readings[i] for i in range(len(strips))]


def _foreign(readings: Iterable[Reading]) -> bool:
    """Whether a tenth of what was read with certainty is of a script beyond Latin."""
    sure = [c for r in readings for c, p in zip(r.characters, r.probabilities, strict=True) if p > 0.8 and c != " "]
    return sum(map(is_foreign, sure)) > 0.1 * len(sure)
