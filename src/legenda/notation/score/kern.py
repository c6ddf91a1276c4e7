"""Music as Humdrum `**kern` (Huron, *The Humdrum Toolkit*): a spine for each staff, the lowest first.

What is read is an excerpt, which others may follow, so the row of `*-` that closes a file is left to whoever makes one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from legenda.notation.score.model import Bar, Change, Event, Measure, Note, System
from legenda.notation.score.pitch import STEPS

_TIMES = {"": 1.0, "3": 1.5, "5": 1.25, "7": 1.75}
_ALTERS = {0: "", 1: "#", -1: "-", 2: "##", -2: "--"}


def kern(systems: Sequence[System]) -> str:
    """All systems, one after another; where their number of staves changes, spines end and others begin."""
    rows: list[str] = []
    begin = 0
    for n in range(1, len(systems) + 1):
        if n == len(systems) or systems[n].staves != systems[begin].staves:
            rows += _Spines(systems[begin].staves).write(systems[begin:n])
            begin = n
    return "\n".join(rows) + "\n" if rows else ""


class _Spines:
    """Rows while they are written."""

    def __init__(self, staves: int) -> None:
        self.rows: list[str] = []
        self.widths = [1] * staves
        self.now: dict[tuple[int, str], str] = {}

    def write(self, systems: Sequence[System]) -> list[str]:
        """The rows of systems of as many staves."""
        self._row(["**kern"] * len(self.widths))
        for number, system in enumerate(systems):
            for measure in system.measures:
                self._measure(measure, first=number == 0 and measure is system.measures[0])
            last = number == len(systems) - 1
            if system.end and (last or system.end != "="):
                self._widen([1] * len(self.widths))
                self._row([system.end] * len(self.widths))
            elif last:
                self._widen([1] * len(self.widths))
        self._widen([1] * len(self.widths))
        return self.rows

    def _measure(self, measure: Measure, *, first: bool) -> None:
        bars = measure.bars[::-1]  # the lowest staff first
        widths = [max(1, min(2, len(bar.voices))) for bar in bars]
        narrowed = [min(now, wanted) for now, wanted in zip(self.widths, widths, strict=True)]
        self._widen(narrowed)
        if first:
            self._head(bars)
        line = measure.begin or "="
        if line != "=" or not self.rows[-1].startswith("="):
            self._row([line] * sum(self.widths))
        self._changes(bars, Fraction(0), first=first)
        self._widen(widths)
        times = sorted({event.onset for bar in bars for voice in bar.voices for event in voice})
        changed = {change.onset for bar in bars for change in bar.changes}
        for time in sorted({*times, *changed}):
            if time > 0:
                self._changes(bars, time)
            if time in times:
                self._sounding(bars, time)

    def _head(self, bars: Sequence[Bar]) -> None:
        """Clef, key and metre as every excerpt begins with."""
        clefs = [_first(bar, "clef") for bar in bars]
        keys = [_first(bar, "key") for bar in bars]
        metres = [_first(bar, "time") for bar in bars]
        self._row([f"*{c.value}" if c else "*" for c in clefs])
        self._row([f"*{c.value}" if c else "*k[]" for c in keys])
        if any(metres):
            self._row([f"*{c.value}" if c else "*" for c in metres])
            if any(c and c.sign for c in metres):
                self._row([f"*met({c.sign})" if c and c.sign else "*" for c in metres])

    def _changes(self, bars: Sequence[Bar], time: Fraction, *, first: bool = False) -> None:
        for kind in ("clef", "key", "time"):
            own = [[c for c in bar.changes if c.onset == time and c.kind == kind] for bar in bars]
            if first:
                own = [changes[1:] for changes in own]
            new = [self._news(n, changes) for n, changes in enumerate(own)]
            if any(new):
                self._row([cell or "*" for cell, w in zip(new, self.widths, strict=True) for _ in range(w)])

    def _news(self, staff: int, changes: Sequence[Change]) -> str:
        return f"*{changes[-1].value}" if changes else ""

    def _sounding(self, bars: Sequence[Bar], time: Fraction) -> None:
        cells: list[Event | None] = []
        graces: list[list[Event]] = []
        for bar, width in zip(bars, self.widths, strict=True):
            for n in range(width):
                voice = bar.voices[n] if n < len(bar.voices) else []
                event = next((e for e in voice if e.onset == time), None)
                cells.append(event)
                graces.append(bar.graces.get(id(event), []) if event else [])
        for n in range(max(map(len, graces)), 0, -1):
            self._row([_token(own[-n]) if len(own) >= n else "." for own in graces])
        self._row([_token(event) if event else "." for event in cells])

    def _widen(self, widths: Sequence[int]) -> None:
        """Split and join spines until each staff has as many as it has voices."""
        if any(new > now for new, now in zip(widths, self.widths, strict=True)):
            cells = []
            for now, new in zip(self.widths, widths, strict=True):
                cells += ["*^"] if new > now else ["*"] * now
            self._row(cells)
            self.widths = [max(now, new) for now, new in zip(self.widths, widths, strict=True)]
        for n, new in enumerate(widths):
            if new < self.widths[n]:
                self._row([cell for m, w in enumerate(self.widths) for cell in ["*v" if m == n else "*"] * w])
                self.widths[n] = new

    def _row(self, cells: Sequence[str]) -> None:
        self.rows.append("\t".join(cells))


def _first(bar: Bar, kind: str) -> Change | None:
    return next((change for change in bar.changes if change.kind == kind and change.onset == 0), None)


def _token(event: Event) -> str:
    if not event.notes:
        return f"{_duration(event)}r{'yy' if event.hidden else ''}"
    return " ".join(_note(note, event) for note in event.notes)


def _duration(event: Event) -> str:
    base, dots = event.base, "." * event.dots
    if event.length is not None:
        return _plain(event.length)
    if event.tuplet and base.isdigit() and int(base):
        return f"{round(int(base) * _TIMES[event.tuplet])}{dots}"
    return f"{base}{dots}"


def _plain(length: Fraction) -> str:
    """A duration that need not be a written one: `8%3` is three quavers."""
    for dots, factor in (("", Fraction(1)), (".", Fraction(3, 2)), ("..", Fraction(7, 4))):
        base = length / factor
        if base.numerator == 1:
            return f"{base.denominator}{dots}"
        if base == 2:
            return f"0{dots}"
    return f"{length.denominator}%{length.numerator}"


def _note(note: Note, event: Event) -> str:
    grace = "q" if event.grace else ""
    sign = "n" if note.alter == 0 and note.sign == "n" else _ALTERS[note.alter]
    begin, end = ("", "_") if note.begins and note.ends else ("[" * note.begins, "]" * note.ends)
    return f"{begin}{_duration(event)}{grace}{pitch(note.step)}{sign}{end}"


def pitch(step: int) -> str:
    """Letters for a step: c is middle C, C the one below, cc the one above."""
    letter, octave = STEPS[step % 7], step // 7
    return letter * (octave - 3) if octave >= 4 else letter.upper() * (4 - octave)
