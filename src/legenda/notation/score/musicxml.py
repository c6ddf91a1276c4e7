"""Music as MusicXML 4.0 (W3C Music Notation Community Group), partwise; two staves are one part, a piano's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from legenda.notation.score.beams import beams
from legenda.notation.score.model import Bar, Change, Event, Measure, Note, System
from legenda.notation.score.pitch import STEPS, altered

Lyrics = Mapping[int, Sequence[tuple[str, str]]]
"""For events (by their identity): syllables with `single`, `begin`, `middle` or `end`, a verse each."""

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN"
 "http://www.musicxml.org/dtds/partwise.dtd">
"""
_TYPES = {"00": "long", "0": "breve", "1": "whole", "2": "half", "4": "quarter", "8": "eighth"}
_TYPES |= {"16": "16th", "32": "32nd", "64": "64th"}
_RATIOS = {"3": (3, 2), "5": (5, 4), "7": (7, 4)}
_STYLES = {"=||": "light-light", "==": "light-heavy", "=:|!": "light-heavy", "=!|:": "heavy-light"}
_CLOSED = frozenset(("=:|!", "=:|!|:"))
_OPENED = frozenset(("=!|:", "=:|!|:"))


def musicxml(systems: Sequence[System], lyrics: Lyrics) -> str:
    """All systems as one piece."""
    if not systems:
        return ""
    staves = max(system.staves for system in systems)
    parts = [(0, 1)] if staves == 2 else [(n,) for n in range(staves)]
    root = Element("score-partwise", version="4.0")
    listed = SubElement(root, "part-list")
    divisions = _divisions(systems)
    for number, own in enumerate(parts, 1):
        name = SubElement(SubElement(listed, "score-part", id=f"P{number}"), "part-name")
        name.text = "Piano" if len(own) == 2 else f"Staff {number}"
        _Part(SubElement(root, "part", id=f"P{number}"), own, divisions, lyrics).write(systems)
    indent(root, " ")
    return f"{_HEAD}{tostring(root, 'unicode')}\n"


def _divisions(systems: Sequence[System]) -> int:
    """Parts of a crotchet in which all lengths are whole numbers."""
    lengths = {
        4 * length
        for system in systems
        for measure in system.measures
        for bar in measure.bars
        for voice in bar.voices
        for event in voice
        for length in (event.duration, event.onset)
    }
    return min(lcm(1, *(length.denominator for length in lengths)), 10080)


class _Part:
    """One part while it is written."""

    def __init__(self, part: Element, staves: Sequence[int], divisions: int, lyrics: Lyrics) -> None:
        self.part, self.staves, self.divisions, self.lyrics = part, staves, divisions, lyrics
        self.metre = ""

    def write(self, systems: Sequence[System]) -> None:
        """All measures, numbered from one."""
        number = 0
        for n, system in enumerate(systems):
            for at, measure in enumerate(system.measures):
                number += 1
                element = SubElement(self.part, "measure", number=str(number))
                if n and not at:
                    SubElement(element, "print").set("new-system", "yes")
                after = system.measures[at + 1].begin if at + 1 < len(system.measures) else system.end
                bars = [measure.bars[staff] if staff < system.staves else Bar() for staff in self.staves]
                if measure.begin in _OPENED:
                    _repeated(element, "left", "heavy-light", "forward")
                _attributes(element, bars, Fraction(0), self.divisions if number == 1 else 0)
                self._measure(element, measure, bars)
                _barline(element, after)

    def _measure(self, element: Element, measure: Measure, bars: Sequence[Bar]) -> None:
        metres = [change.value for bar in bars for change in bar.changes if change.kind == "time"]
        self.metre = metres[0] if metres else self.metre
        voice, clock = 0, Fraction(0)
        for staff, bar in enumerate(bars, 1):
            own = staff if len(bars) > 1 else 0
            for n, events in enumerate(bar.voices or [[]]):
                voice += 1
                clock = _moved(element, clock, Fraction(0), self.divisions)
                beamed, tuplets = beams(events, self.metre), _tuplets(events)
                for event in events:
                    clock = _moved(element, clock, event.onset, self.divisions)
                    if n == 0 and event.onset > 0:
                        _attributes(element, [bar], event.onset, 0, own)
                    for grace in bar.graces.get(id(event), ()):
                        self._event(element, grace, voice, own)
                    made = self._event(element, event, voice, own)
                    _told(made, beamed.get(id(event), ()), tuplets.get(id(event), ()), self.lyrics.get(id(event), ()))
                    clock += event.duration
            if late := [change for change in bar.changes if change.onset >= measure.length > 0]:
                clock = _moved(element, clock, measure.length, self.divisions)
                _attributes(element, [Bar(changes=late)], measure.length, 0, own)
        _moved(element, clock, measure.length, self.divisions)

    def _event(self, element: Element, event: Event, voice: int, staff: int) -> Element:
        """A note, chord or rest; the first of its notes."""
        notes: list[Note | None] = list(event.notes) or [None]
        made = []
        for n, note in enumerate(notes):
            made.append(SubElement(element, "note"))
            if event.hidden:
                made[n].set("print-object", "no")
            if event.grace:
                SubElement(made[n], "grace")
            if n:
                SubElement(made[n], "chord")
            _sounding(made[n], event, note)
            if not event.grace:
                SubElement(made[n], "duration").text = str(max(1, round(event.duration * 4 * self.divisions)))
            if note:
                _ties(made[n], note, "tie")
            SubElement(made[n], "voice").text = str(voice)
            _written(made[n], event, note)
            if staff:
                SubElement(made[n], "staff").text = str(staff)
            if n and note and (note.begins or note.ends):
                _ties(SubElement(made[n], "notations"), note, "tied")
        return made[0]


def _moved(element: Element, clock: Fraction, to: Fraction, divisions: int) -> Fraction:
    if clock != to:
        step = SubElement(element, "backup" if to < clock else "forward")
        SubElement(step, "duration").text = str(round(abs(to - clock) * 4 * divisions))
    return to


def _told(made: Element, beamed: Sequence[str], tuplet: Sequence[str], lyrics: Sequence[tuple[str, str]]) -> None:
    """What stands last in a note, in the order MusicXML wants: beams, notations, lyrics."""
    for level, kind in enumerate(beamed, 1):
        SubElement(made, "beam", number=str(level)).text = kind
    ties = [tie.get("type", "") for tie in made.findall("tie")]
    if ties or tuplet:
        notations = SubElement(made, "notations")
        for kind in ties:
            SubElement(notations, "tied", type=kind)
        for kind in tuplet:
            SubElement(notations, "tuplet", type=kind)
    for verse, (syllable, kind) in enumerate(lyrics, 1):
        lyric = SubElement(made, "lyric", number=str(verse))
        SubElement(lyric, "syllabic").text = kind
        SubElement(lyric, "text").text = syllable


def _tuplets(events: Sequence[Event]) -> dict[int, tuple[str, ...]]:
    """Where tuplets begin and end: together their notes last as long as notes that are none."""
    found: dict[int, tuple[str, ...]] = {}
    group: list[Event] = []
    for event in events:
        if not event.tuplet:
            group = []
            continue
        group.append(event)
        total = sum((one.duration for one in group), Fraction(0)).denominator
        if total & (total - 1) == 0 and len(group) > 1:
            found[id(group[0])], found[id(event)] = ("start",), ("stop",)
            group = []
    return found


def _attributes(element: Element, bars: Sequence[Bar], time: Fraction, divisions: int, staff: int = 0) -> None:
    """Clefs, key and metre that begin at a time."""
    changes = [[change for change in bar.changes if change.onset == time] for bar in bars]
    if not divisions and not any(changes):
        return
    attributes = SubElement(element, "attributes")
    if divisions:
        SubElement(attributes, "divisions").text = str(divisions)
    for kind in ("key", "time"):
        found = next((change for own in changes for change in own if change.kind == kind), None)
        if found:
            _key(attributes, found) if kind == "key" else _time(attributes, found)
    if divisions and len(bars) > 1:
        SubElement(attributes, "staves").text = str(len(bars))
    for number, own in enumerate(changes, 1):
        for change in own[-1:] if not divisions else own[:1]:
            if change.kind == "clef":
                _clef(attributes, change, staff or (number if len(bars) > 1 else 0))


def _key(attributes: Element, change: Change) -> None:
    key = SubElement(attributes, "key")
    SubElement(key, "fifths").text = str(sum(altered(change.value).values()))


def _time(attributes: Element, change: Change) -> None:
    time = SubElement(attributes, "time")
    if change.sign:
        time.set("symbol", "common" if change.sign == "c" else "cut")
    beats, unit = change.value[1:].split("/")
    SubElement(time, "beats").text = beats
    SubElement(time, "beat-type").text = unit


def _clef(attributes: Element, change: Change, staff: int) -> None:
    clef = SubElement(attributes, "clef")
    if staff:
        clef.set("number", str(staff))
    shape = change.value[4:-1]
    SubElement(clef, "sign").text = shape[0]
    SubElement(clef, "line").text = change.value[-1]
    if shape == "Gv":
        SubElement(clef, "clef-octave-change").text = "-1"


def _sounding(made: Element, event: Event, note: Note | None) -> None:
    if note is None:
        rest = SubElement(made, "rest")
        if event.whole:
            rest.set("measure", "yes")
        return
    pitch = SubElement(made, "pitch")
    SubElement(pitch, "step").text = STEPS[note.step % 7].upper()
    if note.alter:
        SubElement(pitch, "alter").text = str(note.alter)
    SubElement(pitch, "octave").text = str(note.step // 7)


def _ties(parent: Element, note: Note, name: str) -> None:
    for there, kind in ((note.ends, "stop"), (note.begins, "start")):
        if there:
            SubElement(parent, name, type=kind)


def _written(made: Element, event: Event, note: Note | None) -> None:
    if not event.whole:
        SubElement(made, "type").text = _TYPES.get(event.base, "quarter")
        for _ in range(event.dots):
            SubElement(made, "dot")
    if note and note.sign:
        names = {"#": "sharp", "-": "flat", "n": "natural", "##": "double-sharp", "--": "flat-flat"}
        SubElement(made, "accidental").text = names[note.sign]
    if event.tuplet:
        change = SubElement(made, "time-modification")
        actual, normal = _RATIOS[event.tuplet]
        SubElement(change, "actual-notes").text = str(actual)
        SubElement(change, "normal-notes").text = str(normal)
    if note and event.stem:
        SubElement(made, "stem").text = event.stem


def _barline(element: Element, kind: str) -> None:
    if kind in _CLOSED:
        _repeated(element, "right", "light-heavy", "backward")
    elif kind in _STYLES and kind not in _OPENED:
        line = SubElement(element, "barline", location="right")
        SubElement(line, "bar-style").text = _STYLES[kind]


def _repeated(element: Element, side: str, style: str, direction: str) -> None:
    line = SubElement(element, "barline", location=side)
    SubElement(line, "bar-style").text = style
    SubElement(line, "repeat", direction=direction)
