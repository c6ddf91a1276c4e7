"""Symbols of the staves of a system to measures: bar lines all staves share, clefs, keys, metres, events."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from fractions import Fraction

from legenda.notation.score.mending import placed
from legenda.notation.score.model import Bar, Change, Measure, Symbol, System
from legenda.notation.score.pitch import clef_value, key_value
from legenda.notation.score.unbarred import divided
from legenda.notation.score.voices import events

_BESIDE = 1.3  # staff spaces between what two staves show of one bar line
_SIGNS_APART = 2.4  # between two accidentals of a key
_SPECIAL = ("=||", "==", "=!|:", "=:|!", "=:|!|:")


class Reading:
    """What holds from one system to the next: clefs and metre."""

    def __init__(self) -> None:
        self.clefs: dict[int, str] = {}
        self.keys: dict[int, str] = {}
        self.metre: Fraction | None = None

    def system(self, staves: Sequence[Sequence[Symbol]]) -> System:
        """One system, its staves from the top, symbols of each in any order."""
        lines = _bars(staves)
        edges = [-1e9, *(x for x, _ in lines), 1e9]
        measures = []
        for number, (left, right) in enumerate(itertools.pairwise(edges)):
            inside = [[s for s in staff if left < s.x <= right and s.kind != "bar"] for staff in staves]
            begin = lines[number - 1][1] if number else ""
            measures.append(Measure([self._bar(n, own) for n, own in enumerate(inside)], begin))
        _agree_on_metre(measures)
        end = ""
        if len(measures) > 1 and not any(bar.events or bar.changes for bar in measures[-1].bars):
            end = measures.pop().begin
        measures = _header_joined(measures)
        for number, measure in enumerate(measures):
            edge = number in (0, len(measures) - 1)
            after = measures[number + 1].begin if number + 1 < len(measures) else end
            measures[number] = self._timed(measure, partial=edge or measure.begin in _SPECIAL or after in _SPECIAL)
        measures = [part for measure in measures for part in divided(measure, self.metre)]
        return System(measures, end, len(staves))

    def _bar(self, staff: int, own: Sequence[Symbol]) -> Bar:
        bar = Bar(events=events(own))
        first = min((event.x for event in bar.events), default=1e9)
        for symbol in sorted((s for s in own if s.kind == "clef"), key=lambda s: s.x):
            value = clef_value(symbol.value, symbol.position)
            if self.clefs.get(staff) != value:
                bar.changes.append(Change("clef", value, symbol.x))
            self.clefs[staff] = value
        bar.changes += self._keys(staff, [s for s in own if s.kind == "key" and s.x < first])
        bar.changes += _metres(own)
        bar.changes.sort(key=lambda change: change.x)
        return bar

    def _keys(self, staff: int, signs: Sequence[Symbol]) -> list[Change]:
        ordered = sorted(signs, key=lambda s: s.x)
        if not ordered:
            return []
        clef = self.clefs.get(staff, "clefG2")
        value = key_value([(s.value, s.position) for s in ordered], clef)
        known, self.keys[staff] = self.keys.get(staff), value
        return [Change("key", value, ordered[-1].x)] if value != known else []

    def _timed(self, measure: Measure, *, partial: bool) -> Measure:
        """The measure with times; one at an edge, or before or after a repeat, may be shorter than its metre."""
        for bar in measure.bars:
            for change in bar.changes:
                if change.kind == "time":
                    beats, unit = re.findall(r"\d+", change.value)
                    self.metre = Fraction(int(beats), int(unit))
        measure = placed(measure, self.metre, lambda one: _problem(one, self.metre, partial=partial))
        for bar in measure.bars:
            for change in bar.changes:
                later = [event.onset for event in bar.events if event.x > change.x and not event.grace]
                change.onset = min(later, default=measure.length)
                if not any(event.x < change.x for event in bar.events):
                    change.onset = Fraction(0)
        return measure


def _problem(measure: Measure, metre: Fraction | None, *, partial: bool) -> str:
    if metre and (measure.length > metre or (measure.length < metre and not partial)):
        return "is not as long as its metre says"
    for bar in measure.bars:
        for number, voice in enumerate(bar.voices):
            now = Fraction(0)
            for event in voice:
                forced = event.length is not None and not event.whole
                if event.onset != now or forced or (event.hidden and number == 0):
                    return "does not add up"
                now += event.duration
    return ""


def _bars(staves: Sequence[Sequence[Symbol]]) -> list[tuple[float, str]]:
    """Bar lines most staves show: where, and of which kind."""
    seen = sorted((s.x, n, s) for n, staff in enumerate(staves) for s in staff if s.kind == "bar")
    groups: list[list[tuple[float, int, Symbol]]] = []
    for one in seen:
        if groups and one[0] - groups[-1][0][0] < _BESIDE:
            groups[-1].append(one)
        else:
            groups.append([one])
    found = []
    for group in groups:
        if 2 * len({staff for _, staff, _ in group}) >= len(staves):
            weights: dict[str, float] = {}
            for _, _, symbol in group:
                weights[symbol.value] = weights.get(symbol.value, 0) + symbol.sure
            found.append((sum(x for x, _, _ in group) / len(group), max(weights, key=lambda kind: weights[kind])))
    first_clef = min((s.x for staff in staves for s in staff if s.kind == "clef"), default=-1e9)
    return [(x, kind) for x, kind in found if x > min(first_clef, 6.0)]


def _metres(own: Sequence[Symbol]) -> list[Change]:
    found = []
    for symbol in own:
        if symbol.kind == "time":
            found.append(Change("time", "M4/4" if symbol.value == "c" else "M2/2", symbol.x, sign=symbol.value))
        if symbol.kind == "beats":
            units = [s for s in own if s.kind == "unit" and abs(s.x - symbol.x) < 1.5]
            if units:
                best = max(units, key=lambda s: s.sure)
                found.append(Change("time", f"M{symbol.value}/{best.value}", symbol.x))
    return found


def _agree_on_metre(measures: Sequence[Measure]) -> None:
    """All staves have the metre most of them show."""
    for measure in measures:
        shown = [change for bar in measure.bars for change in bar.changes if change.kind == "time"]
        if not shown:
            continue
        values = [(change.value, change.sign) for change in shown]
        value, sign = max(values, key=values.count)
        enough = 2 * len(shown) >= len(measure.bars)
        for bar in measure.bars:
            bar.changes = [change for change in bar.changes if change.kind != "time"]
            if enough:
                bar.changes.append(Change("time", value, shown[0].x, sign=sign))
                bar.changes.sort(key=lambda change: change.x)


def _header_joined(measures: list[Measure]) -> list[Measure]:
    """Clef and key before a first bar line that has no notes before it belong to the measure after it."""
    if len(measures) > 1 and not any(bar.events for bar in measures[0].bars):
        for head, bar in zip(measures[0].bars, measures[1].bars, strict=True):
            bar.changes = head.changes + bar.changes
        return measures[1:]
    return measures
