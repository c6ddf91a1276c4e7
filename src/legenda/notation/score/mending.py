"""Measures that do not add up, tried with other tuplets: their numbers are small, and after a few measures left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from fractions import Fraction

from legenda.notation.score.model import Event, Measure
from legenda.notation.score.voices import place

_SHORT = ("8", "16", "32")
_MOST = 80  # events: longer measures are no measures
_TRIED = 12


def placed(measure: Measure, metre: Fraction | None, problem: Callable[[Measure], str]) -> Measure:
    """A measure in time: as it was seen, or with other tuplets where only these make it add up.

    Args:
        measure: its bars have their events, without times.
        metre: in whole notes, where one is known.
        problem: what is wrong with a measure in time, or empty.
    """
    seen = deepcopy(measure)
    place(measure, metre)
    measure.problem = problem(measure)
    if not measure.problem or sum(len(bar.events) for bar in seen.bars) > _MOST:
        return measure
    for number, change in enumerate(_changes(seen)):
        if number == _TRIED:
            break
        trial = deepcopy(seen)
        for staff, events, tuplet in change:
            for at in events:
                trial.bars[staff].events[at].tuplet = tuplet
        place(trial, metre)
        if not problem(trial):
            return trial
    return measure


_Change = list[tuple[int, list[int], str]]
"""Staff, events on it, and what tuplet they are to be of."""


def _changes(measure: Measure) -> Iterator[_Change]:
    runs = [(staff, run) for staff, bar in enumerate(measure.bars) for run in _runs(bar.events)]
    begun, plain = [], []
    for staff, run in runs:
        events = measure.bars[staff].events
        told = {events[at].tuplet for at in run}
        if "3" in told and "" in told:
            begun.append((staff, run, "3"))
        elif told == {""} and len(run) % 3 == 0:
            plain.append((staff, run, "3"))
    none = [(staff, run, "") for staff, run in runs if any(measure.bars[staff].events[at].tuplet for at in run)]
    if begun:
        yield begun
        yield [*begun, *plain]
    for one in plain:
        yield [one]
    if len(plain) > 1:
        yield plain
    if none:
        yield none


def _runs(events: list[Event]) -> list[list[int]]:
    """Short notes of one duration that follow one another, by their places; rests and graces between are left out."""
    runs: list[list[int]] = []
    before: Event | None = None
    for at, event in enumerate(events):
        if event.grace:
            continue
        if event.base in _SHORT and not event.dots and event.notes:
            if before is not None and before.base == event.base and not before.dots and before.notes:
                runs[-1].append(at)
            else:
                runs.append([at])
        before = event
    return [run for run in runs if len(run) > 1]
