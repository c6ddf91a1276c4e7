"""Heads to chords, chords to moments, moments to voices: when everything in a measure sounds.

What sounds together stands above one another. A moment's time is that at which most of what stands there can follow on
what came before it in its own voice, so that one misread duration is mended by the other staff.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

from legenda.notation.score.model import Bar, Event, Measure, Note, Symbol, written

_TOGETHER = 0.8  # staff spaces: heads nearer than that stand above one another
_DISPLACED = 1.45  # heads a second apart, or of two voices, stand beside one another
_VOICES = 2  # of a staff
_SHORT = Fraction(1, 32)


def events(symbols: Sequence[Symbol]) -> list[Event]:
    """The notes, chords, rests and graces of one staff of one measure, by x."""
    found = [_rest(s) for s in symbols if s.kind == "rest"]
    for kind in ("note", "grace"):
        heads = sorted((s for s in symbols if s.kind == kind), key=lambda s: s.x)
        for stem in ("up", "down", ""):
            own = [s for s in heads if s.traits.get("stem", "") in ((stem, "both") if stem else ("",))]
            found += [_chord(group, stem) for group in _groups(own)]
    return sorted(found, key=lambda event: event.x)


def _rest(symbol: Symbol) -> Event:
    dots = len(symbol.traits.get("dots", ""))
    tuplet = symbol.traits.get("tuplet", "")
    return Event(symbol.x, symbol.value, dots, tuplet, sure=symbol.sure, position=symbol.position)


def _groups(heads: Sequence[Symbol]) -> list[list[Symbol]]:
    """Heads of one stem each: those above one another, then those a second beside them."""
    columns: list[list[Symbol]] = []
    for head in heads:
        if columns and head.x - columns[-1][0].x < _TOGETHER and _free(columns[-1], [head]):
            columns[-1].append(head)
        else:
            columns.append([head])
    groups: list[list[Symbol]] = []
    for column in columns:
        if groups and column[0].x - groups[-1][0].x < _DISPLACED and _seconds(groups[-1], column):
            groups[-1] += column
        else:
            groups.append(column)
    return groups


def _free(one: Sequence[Symbol], other: Sequence[Symbol]) -> bool:
    return not {head.position for head in one} & {head.position for head in other}


def _seconds(one: Sequence[Symbol], other: Sequence[Symbol]) -> bool:
    return _free(one, other) and any(abs(a.position - b.position) == 1 for a in one for b in other)


def _chord(group: Sequence[Symbol], stem: str) -> Event:
    base = _most((s.value, s.sure) for s in group)
    dots = len(_most((s.traits.get("dots", ""), s.sure) for s in group))
    tuplet = _most((s.traits.get("tuplet", ""), s.sure) for s in group)
    notes = [
        Note(s.position, s.traits.get("sign", ""), bool(s.traits.get("begins")), bool(s.traits.get("ends")))
        for s in sorted(group, key=lambda s: s.position)
    ]
    x = sorted(s.x for s in group)[(len(group) - 1) // 2]
    grace = group[0].kind == "grace"
    return Event(x, base, dots, tuplet, stem, notes, min(s.sure for s in group), grace)


def _most(votes: Iterable[tuple[str, float]]) -> str:
    weights: dict[str, float] = {}
    for name, weight in votes:
        weights[name] = weights.get(name, 0.0) + weight
    return max(weights, key=lambda name: weights[name])


def place(measure: Measure, expected: Fraction | None) -> None:
    """Set the onset of every event of a measure, and sort each staff's into voices.

    Args:
        measure: its bars have their events.
        expected: its length by the metre, in whole notes; `None` where none is known.
    """
    resting = {id(event) for bar in measure.bars for event in _silences(bar, expected)}
    timed = [bar for bar in measure.bars if any(id(event) not in resting for event in bar.events if not event.grace)]
    moving = {id(bar): [event for event in bar.events if id(event) not in resting] for bar in timed}
    state = _State(timed, moving)
    for moment in _moments(timed, moving):
        state.take(moment)
    lengths = [event.onset + event.duration for own in moving.values() for event in own]
    measure.length = max(lengths, default=expected or Fraction(1))
    for bar in measure.bars:
        for event in bar.events:
            if id(event) in resting and len(bar.voices) < _VOICES:
                event.whole, event.length, event.onset = True, measure.length, Fraction(0)
                bar.voices.append([event])
        _graces(bar)
        bar.voices = [_filled(voice, measure.length) for voice in _in_order(bar)]


def _silences(bar: Bar, expected: Fraction | None) -> list[Event]:
    """Rests of the whole measure, which is drawn as one of a semibreve in the middle of it whatever its length."""
    rests = [event for event in bar.events if not event.notes and event.base == "1" and not event.dots]
    others = [event for event in bar.events if not event.grace and event not in rests]
    # longer than two voices of a measure: there are no bar lines, and a semibreve's rest is one
    sounding = sum((event.duration for event in others), Fraction(0))
    usual = sounding <= 2 * expected <= 2 if expected else sounding <= 1
    return rests if usual or (len(rests) == 1 and not others) else []


_Moment = list[tuple[Bar, Event]]


def _moments(bars: Sequence[Bar], moving: dict[int, list[Event]]) -> list[_Moment]:
    """Events of all staves that stand above one another, from left to right."""
    groups = [[(bar, event) for event in own] for bar in bars for own in _beside(moving[id(bar)])]
    found: list[_Moment] = []
    for group in sorted(groups, key=lambda own: max(event.x for _, event in own)):
        if found and all(bar is not group[0][0] for bar, _ in found[-1]) and _above(found[-1], group):
            found[-1] += group
        else:
            found.append(group)
    return found


def _above(one: _Moment, other: _Moment) -> bool:
    return any(abs(a.x - b.x) < _TOGETHER for _, a in one for _, b in other)


def _beside(events: Sequence[Event]) -> list[list[Event]]:
    """Events of one staff in groups that begin together: voices stand beside one another where heads touch."""
    groups: list[list[Event]] = []
    for event in (event for event in events if not event.grace):
        if groups and len(groups[-1]) == 1 and _both(groups[-1][0], event):
            groups[-1].append(event)
        else:
            groups.append([event])
    return groups


def _both(one: Event, other: Event) -> bool:
    apart = other.x - one.x
    if one.notes and other.notes and one.stem == other.stem:
        return False
    near = any(abs(a.position - b.position) <= 1 for a in one.notes for b in other.notes)
    return apart < (_DISPLACED if near else _TOGETHER)


class _State:
    """Voices while a measure is read from left to right."""

    def __init__(self, bars: Sequence[Bar], moving: dict[int, list[Event]]) -> None:
        self.bars = bars
        self.ends: dict[int, list[Fraction]] = {id(bar): [Fraction(0)] for bar in bars}
        self.last: dict[int, list[Event | None]] = {id(bar): [None] for bar in bars}
        self.double = {id(bar): _polyphonic(moving[id(bar)]) for bar in bars}
        self.left = {id(bar): sum(not event.grace for event in moving[id(bar)]) for bar in bars}
        self.now = Fraction(-1)

    def take(self, moment: _Moment) -> None:
        """Place what stands above one another at its time, each in a voice."""
        ends = {id(bar): min((end for end in self.ends[id(bar)] if end > self.now), default=None) for bar, _ in moment}
        times = {end for end in ends.values() if end is not None}
        if len(times) == 2 and self.now >= 0 and max(times) - min(times) < _SHORT and len(ends) == 2:
            # triplets against semiquavers: nearly together, and not quite
            for time in sorted(times):
                self._take([one for one in moment if ends[id(one[0])] == time])
            return
        self._take(moment)

    def _take(self, moment: _Moment) -> None:
        time = self._time(moment)
        for bar, event in sorted(moment, key=lambda one: one[1].stem != "up"):
            self._put(bar, event, time)
        self.now = time

    def _time(self, moment: _Moment) -> Fraction:
        if self.now < 0:
            return Fraction(0)
        times = sorted({end for ends in self.ends.values() for end in ends if end > self.now})
        if not times:
            return self.now + _SHORT
        return max(times, key=lambda time: (self._worth(moment, time), -time))

    def _worth(self, moment: _Moment, time: Fraction) -> float:
        """How well a moment fits a time."""
        # beats and their halves are likelier than what only a wrong duration leads to
        worth, here = -0.1 * math.log2(time.denominator), {id(bar) for bar, _ in moment}
        for bar, event in moment:
            ends = self.ends[id(bar)]
            if time in ends:
                last = self.last[id(bar)][ends.index(time)]
                worth += 1.0 + 0.3 * (len(ends) == 1 or last is None or last.stem == event.stem)
            elif min(ends) > time:
                worth -= 0.2 if self.double[id(bar)] and len(ends) == 1 else 0.6
            else:
                worth -= 0.8
        for bar in self.bars:
            if id(bar) not in here and self.left[id(bar)] and min(self.ends[id(bar)]) < time:
                worth -= 0.6
        return worth

    def _put(self, bar: Bar, event: Event, time: Fraction) -> None:
        ends, last = self.ends[id(bar)], self.last[id(bar)]
        voice = self._voice(bar, event, time)
        if voice == len(ends):
            ends.append(time)
            last.append(None)
        before = last[voice]
        if before is not None and ends[voice] > time:
            _shorten(before, time - before.onset)
        event.onset = time
        ends[voice], last[voice] = time + event.duration, event
        self.left[id(bar)] -= 1
        while len(bar.voices) <= voice:
            bar.voices.append([])
        bar.voices[voice].append(event)

    def _voice(self, bar: Bar, event: Event, time: Fraction) -> int:
        ends, last = self.ends[id(bar)], self.last[id(bar)]

        def worth(n: int) -> tuple[bool, bool, bool]:
            other = last[n]
            return ends[n] <= time, ends[n] == time, other is None or other.stem == event.stem

        best = max(range(len(ends)), key=worth)
        taken = last[best] is not None and last[best].onset == time  # type: ignore[union-attr]
        if len(ends) == 1 and (taken or (ends[best] > time and self.double[id(bar)])):
            return 1
        return best


def _shorten(event: Event, length: Fraction) -> None:
    """What comes after it in its voice ends it, whatever is drawn."""
    if kept := _fitting(length):
        event.base, event.dots, event.tuplet = kept
    else:
        event.length = length


def _polyphonic(events: Sequence[Event]) -> bool:
    """Whether two voices are drawn: heads with stems up and down above one another."""
    own = [event for event in events if not event.grace]
    for one, other in itertools.pairwise(own):
        if abs(one.x - other.x) < _DISPLACED and (one.stem != other.stem or not (one.notes and other.notes)):
            return True
    return any(not event.notes and not -1 <= event.position <= 9 for event in own)


def _fitting(length: Fraction) -> tuple[str, int, str] | None:
    """A written duration of a length, or nothing."""
    for base in ("1", "2", "4", "8", "16", "32", "64"):
        for dots in (0, 1, 2):
            if written(base, dots) == length:
                return base, dots, ""
    for base in ("2", "4", "8", "16", "32"):
        if written(base, 0, "3") == length:
            return base, 0, "3"
    return None


def _graces(bar: Bar) -> None:
    """Graces belong to the event after them."""
    waiting: list[Event] = []
    for event in bar.events:
        if event.grace:
            waiting.append(event)
        elif waiting:
            bar.graces[id(event)], waiting = waiting, []


def _in_order(bar: Bar) -> list[list[Event]]:
    """The upper voice first."""
    return sorted((voice for voice in bar.voices if voice), key=lambda voice: -_height(voice))


def _filled(voice: Sequence[Event], length: Fraction) -> list[Event]:
    """A voice with rests that are not drawn where it says nothing, since what is written must be without gaps."""
    found: list[Event] = []
    now = Fraction(0)
    for event in [*voice, Event(0.0, "1", onset=length)]:
        if event.onset > now:
            gap = event.onset - now
            base, dots, tuplet = _fitting(gap) or ("4", 0, "")
            found.append(Event(event.x, base, dots, tuplet, hidden=True, onset=now))
            found[-1].length = None if found[-1].duration == gap else gap
            now += gap
        found.append(event)
        now = max(now, event.onset + event.duration)
    return found[:-1]


def _height(voice: Sequence[Event]) -> float:
    stems = [1.0 if event.stem == "up" else -1.0 for event in voice if event.stem]
    rests = [(event.position - 4) / 8 for event in voice if not event.notes]
    return sum(stems) / len(stems) if stems else sum(rests) / max(1, len(rests))
