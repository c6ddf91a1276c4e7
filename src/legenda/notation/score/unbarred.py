"""Music without bar lines, as of the fifteenth and sixteenth centuries: measures between which nothing is drawn."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from legenda.notation.score.model import Bar, Change, Measure

# whole notes: a breve, a perfect breve, a semibreve; editions of such music reckon in these, the first most often
_USUAL = (Fraction(2), Fraction(3), Fraction(1))
_LIKELY = 0.8  # of the multiples of a length that begin a note: it is the measure's
_LONG = 4  # whole notes: no measure between bar lines is as long


def divided(measure: Measure, metre: Fraction | None) -> list[Measure]:
    """A long measure cut where all staves begin a note at multiples of a length, or as it is.

    Args:
        measure: placed, of a system without bar lines inside.
        metre: in whole notes, where one is drawn.
    """
    if measure.length < _LONG or any(len(bar.voices) != 1 for bar in measure.bars):
        return [measure]
    alla_breve = any(change.sign == "c|" for bar in measure.bars for change in bar.changes)
    usual = (metre,) if metre and not alla_breve else _USUAL
    cuts = {length: _cuts(measure, length) for length in usual}
    length = max(usual, key=lambda one: round(len(cuts[one]) / (-(-measure.length // one) - 1 or 1), 1))
    if len(cuts[length]) < _LIKELY * (measure.length / length - 1):
        return [measure]
    _named(measure, length)
    edges = [Fraction(0), *cuts[length], measure.length]
    return [_part(measure, begin, end) for begin, end in itertools.pairwise(edges)]


def _cuts(measure: Measure, length: Fraction) -> list[Fraction]:
    count = int(-(-measure.length // length))
    return [n * length for n in range(1, count) if _begins(measure, n * length)]


def _named(measure: Measure, length: Fraction) -> None:
    """What the sign of a cut circle means by the length of its measures."""
    for bar in measure.bars:
        for change in bar.changes:
            if change.sign == "c|" and length == 2:
                change.value = "M2/1"


def _begins(measure: Measure, time: Fraction) -> bool:
    return all(any(event.onset == time for event in bar.voices[0]) for bar in measure.bars)


def _part(measure: Measure, begin: Fraction, end: Fraction) -> Measure:
    bars = []
    for bar in measure.bars:
        voice = [event for event in bar.voices[0] if begin <= event.onset < end]
        graces = {id(event): bar.graces[id(event)] for event in voice if id(event) in bar.graces}
        drawn = sorted([*voice, *(grace for own in graces.values() for grace in own)], key=lambda event: event.x)
        bars.append(Bar(_moved(bar.changes, begin, end), drawn, [voice], graces))
        for event in voice:
            event.onset -= begin
    return Measure(bars, "=-" if begin else measure.begin, min(end, measure.length) - begin)


def _moved(changes: Sequence[Change], begin: Fraction, end: Fraction) -> list[Change]:
    own = [change for change in changes if begin <= change.onset < end]
    for change in own:
        change.onset -= begin
    return own
