"""From boxes to lines: cut, read by effort, choose between ways a box may run, drop what is not text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legenda.document import Line
from legenda.engines.base import EngineOptions, Raster
from legenda.engines.ppocr import handwriting, models, strip
from legenda.engines.ppocr.cascade import read_again
from legenda.engines.ppocr.charset import is_beyond_tiny, is_foreign
from legenda.engines.ppocr.detect import Boxes, Quads
from legenda.engines.ppocr.honesty import Found, kept_line, kept_lines
from legenda.engines.ppocr.line_scripts import SHORTEST, other_scripts
from legenda.engines.ppocr.recognise import Features, Reading, Recogniser
from legenda.engines.ppocr.spaces import with_spaces
from legenda.engines.ppocr.strip import Strip
from legenda.languages import resolve

TALL = 1.5  # a box this much taller than wide may be a line that runs down or up the page
SINGLE = 2.8  # up to this it may also be a single upright character
# how much narrower strips are made; line CER of accurate on receipts is .0083 at .83, .0078 to .86, .0106 at 1; word F1
# of fast there .882 at .82, .876 at .78
SQUEEZE = {"fast": 0.79, "balanced": strip.SQUEEZE, "accurate": 0.84}
FEW = 20  # boxes that are not narrowed at all; word F1 of balanced on scenes .408 at .82, .451 at 1
SAMPLES, SAMPLE_WIDTH = 3, 200  # widest lines and pixels of each, read with the whole head to see the scripts
# mean probability below which the crop of a line may stand on its head: scene words turned so read .86 (.43 without),
# upright ones as before
UPRIGHT = 0.9
LOST = 0.6  # mean probability below which a line may be of another script
# a word of the tiny recogniser is read again by the small one when one of its characters is less certain than this;
# word F1 at 0 / .75 / .9 / .95 is .882 / .917 / .926 / .928 on receipts, .931 / .945 / .950 / .952 on pages
DOUBT = 0.85
CLEAR = 0.95  # mean probability from which nobody looks whether a line is handwritten


def read_boxes(raster: Raster, boxes: Boxes, options: EngineOptions) -> tuple[Line, ...]:
    """Read detected boxes.

    Returns:
        Lines in no particular order, polygons in raster pixels; see `kept_lines` for what is left out. Lines in
        scripts the recognisers lack are unreadable, with their script.
    """
    squeeze = SQUEEZE[options.effort] if len(boxes.quads) > FEW else 1.0
    owners, strips = _cut(raster, boxes.quads, squeeze)
    first = _first_reading(strips, _recogniser(options))
    chosen = _choose(owners, first.readings)
    hands = _hands(first, chosen, strips)
    printed = [i for i in chosen if hands.get(i, 0.0) < handwriting.LIKELY]
    readings, parts = [first.readings[i] for i in printed], [strips[i] for i in printed]
    if options.effort == "balanced" and first.recogniser.name != models.SMALL:
        readings = read_again(parts, readings, models.recogniser("small"), DOUBT)
    readings = with_spaces(parts, readings)
    name = first.recogniser.name
    found = [
        Found(reading, strips[i], float(boxes.scores[owners[i]]), name, first.scripts[i], hands.get(i))
        for i, reading in zip(printed, readings, strict=True)
    ]
    written = [i for i in chosen if hands.get(i, 0.0) >= handwriting.LIKELY]
    found += _written(raster, [(strips[i], float(boxes.scores[owners[i]]), hands[i]) for i in written])
    return tuple(kept_lines(found))


def read_whole(raster: Raster, score: float) -> tuple[Line, ...]:
    """Read a raster that is nothing but one line or word, with the small recogniser.

    Args:
        raster: the line, cut to the ink or a little wider.
        score: how sure the detector was (0..1) that there is text.
    """
    height, width = raster.shape[:2]
    quads = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float32)
    small = models.recogniser("small")
    _, strips = _cut(raster, quads, 1.0)
    head = small.full if _are_foreign(small.read(_samples(strips), small.full)) else small.latin
    readings = small.read(strips, head)
    best = max(range(len(strips)), key=lambda i: readings[i].mean)
    seen = models.recogniser("tiny").look([strips[best]])
    (script,) = other_scripts([readings[best].mean], [strips[best].width], lambda _: seen)
    (hand,) = handwriting.likely(seen)
    if not script and hand >= handwriting.LIKELY and readings[best].mean < CLEAR:
        (found,) = _written(raster, [(strips[best], score, hand)])
        return tuple(kept_line(found))
    if not script and readings[best].mean < UPRIGHT:
        strips.append(strip.cut(raster, strip.upside_down(quads[0]), squeeze=1.0))
        readings += small.read(strips[-1:], head)
        best = max(range(len(strips)), key=lambda i: readings[i].mean)
    reading = with_spaces([strips[best]], [readings[best]])[0]
    return tuple(kept_line(Found(reading, strips[best], score, small.name, script, hand)))


def _hands(first: _First, chosen: Sequence[int], strips: Sequence[Strip]) -> dict[int, float]:
    """How likely lines are handwritten, by their indices; those that were read with little doubt are not."""
    unsure = [
        i for i in chosen if first.readings[i].mean < CLEAR and not first.scripts[i] and strips[i].width >= SHORTEST
    ]
    return dict(zip(unsure, handwriting.likely(first.look(unsure)), strict=True))


def _written(raster: Raster, lines: Sequence[tuple[Strip, float, float]]) -> list[Found]:
    """Handwritten lines read, of which are given a strip, the detector's score, and how likely they are written."""
    strips = [strip.cut(raster, given.quad, squeeze=1.0) for given, _, _ in lines]
    reader = models.handwriting()
    return [
        Found(reading, cut, score, reader.name, hand=hand)
        for reading, cut, (_, score, hand) in zip(reader.read(strips), strips, lines, strict=True)
    ]


def _cut(raster: Raster, quads: Quads, squeeze: float) -> tuple[list[int], list[Strip]]:
    """Strips of every way each box may run, with the index of the box."""
    owners: list[int] = []
    strips: list[Strip] = []
    for index, quad in enumerate(quads):
        for way in _ways(quad):
            owners.append(index)
            strips.append(strip.cut(raster, way, squeeze))
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
    """The tiny one, unless the effort or the alphabet of a language asks for the small one.

    What tiny leaves out ("Total 0.00" for "Total: 0.00") leaves no doubt behind, so `accurate` does not begin with it:
    word F1 on receipts .939 with small alone, .933 with tiny read again below .99, at three quarters of the time.
    """
    small = options.effort == "accurate" or any(resolve(x).ppocr == "small" for x in options.languages)
    return models.recogniser("small" if small else "tiny")


@dataclass(frozen=True, slots=True)
class _First:
    """What a first look made of strips.

    Attributes:
        recogniser: read them.
        readings: of each.
        scripts: of those whose letters neither recogniser has; empty for the others.
        look: what the tiny body makes of them, by their indices.
    """

    recogniser: Recogniser
    readings: list[Reading]
    scripts: list[str]
    look: Callable[[Sequence[int]], list[Features]]


def _first_reading(strips: Sequence[Strip], recogniser: Recogniser) -> _First:
    """Read every strip; where scripts beyond Latin are in play, with the small recogniser's whole alphabet."""
    tiny = models.recogniser("tiny")
    whole = recogniser is tiny
    seen = tiny.look(strips if whole else _samples(strips))
    samples = [seen[i].middle(_share(strips[i])) for i in _widest(strips)] if whole else seen
    if _are_foreign([sample.read(tiny.full) for sample in samples]):
        recogniser = models.recogniser("small")  # the tiny one lacks kana and a third of the traditional Han
        readings = recogniser.read(strips, recogniser.full)
    else:
        readings = [features.read(tiny.latin) for features in seen] if whole else []
        if not whole or is_beyond_tiny("".join(reading.text for reading in readings)):
            recogniser = models.recogniser("small")
            readings = recogniser.read(strips, recogniser.latin)
        readings = _latin(strips, readings)

    def look(which: Sequence[int]) -> list[Features]:
        return [seen[i] for i in which] if whole else tiny.look([strips[i] for i in which])

    scripts = other_scripts([reading.mean for reading in readings], [strip.width for strip in strips], look)
    return _First(recogniser, readings, scripts, look)


def _latin(strips: Sequence[Strip], readings: list[Reading]) -> list[Reading]:
    """The readings of a Latin page, but for lines in Han or kana on it."""
    if lost := [i for i, r in enumerate(readings) if r.characters and r.mean < LOST]:
        small = models.recogniser("small")
        again = small.read([strips[i] for i in lost], small.full)
        for index, reading in zip(lost, again, strict=True):  # a line of another script on a Latin page
            if reading.mean > LOST and any(map(is_foreign, reading.characters)):
                readings[index] = reading
    return readings


def _widest(strips: Sequence[Strip]) -> list[int]:
    return sorted(range(len(strips)), key=lambda i: -strips[i].width)[:SAMPLES]


def _share(sampled: Strip) -> float:
    return min(1.0, SAMPLE_WIDTH / sampled.width)


def _samples(strips: Sequence[Strip]) -> list[Strip]:
    """The middles of the widest lines."""
    shares = [(strips[i], _share(strips[i]) / 2) for i in _widest(strips)]
    return [sampled.part(0.5 - half, 0.5 + half) for sampled, half in shares]


def _are_foreign(readings: Sequence[Reading]) -> bool:
    """Whether a tenth of what is read with certainty is of a script beyond Latin."""
    sure = [c for r in readings for c, p in zip(r.characters, r.probabilities, strict=True) if p > 0.8 and c != " "]
    return sum(map(is_foreign, sure)) > 0.1 * len(sure)
