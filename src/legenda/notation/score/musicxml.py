"""Music as MusicXML 4.0 (W3C Music Notation Community Group), partwise; two staves are one part, a piano's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from xml.etree.ElementTree import Element, SubElement, indent, tostring

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
        _part(SubElement(root, "part", id=f"P{number}"), systems, own, divisions, lyrics)
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


def _part(part: Element, systems: Sequence[System], staves: Sequence[int], divisions: int, lyrics: Lyrics) -> None:
    number = 0
    for n, system in enumerate(systems):
        for at, measure in enumerate(system.measures):
            number += 1
            element = SubElement(part, "measure", number=str(number))
            if n and not at:
                SubElement(element, "print").set("new-system", "yes")
            after = system.measures[at + 1].begin if at + 1 < len(system.measures) else system.end
            bars = [measure.bars[staff] if staff < system.staves else Bar() for staff in staves]
            _measure(element, measure, bars, divisions, lyrics, first=number == 1)
            _barline(element, after)


def _measure(
    element: Element, measure: Measure, bars: Sequence[Bar], divisions: int, lyrics: Lyrics, *, first: bool
) -> None:
    if measure.begin in _OPENED:
        _repeated(element, "left", "heavy-light", "forward")
    _attributes(element, bars, Fraction(0), divisions if first else 0)
    voice, clock = 0, Fraction(0)
    for staff, bar in enumerate(bars, 1):
        for n, events in enumerate(bar.voices or [[]]):
            voice += 1
            clock = _moved(element, clock, Fraction(0), divisions)
            for event in events:
                clock = _moved(element, clock, event.onset, divisions)
                if n == 0 and event.onset > 0:
                    _attributes(element, [bar], event.onset, 0, staff if len(bars) > 1 else 0)
                for grace in bar.graces.get(id(event), ()):
                    _event(element, grace, voice, staff if len(bars) > 1 else 0, divisions, ())
                _event(element, event, voice, staff if len(bars) > 1 else 0, divisions, lyrics.get(id(event), ()))
                clock += event.duration
        if late := [change for change in bar.changes if change.onset >= measure.length > 0]:
            clock = _moved(element, clock, measure.length, divisions)
            _attributes(element, [Bar(changes=late)], measure.length, 0, staff if len(bars) > 1 else 0)
    _moved(element, clock, measure.length, divisions)


def _moved(element: Element, clock: Fraction, to: Fraction, divisions: int) -> Fraction:
    if clock != to:
        step = SubElement(element, "backup" if to < clock else "forward")
        SubElement(step, "duration").text = str(round(abs(to - clock) * 4 * divisions))
    return to


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


def _event(
    element: Element, event: Event, voice: int, staff: int, divisions: int, lyrics: Sequence[tuple[str, str]]
) -> None:
    notes: list[Note | None] = list(event.notes) or [None]
    for n, note in enumerate(notes):
        made = SubElement(element, "note")
        if event.hidden:
            made.set("print-object", "no")
        if event.grace:
            SubElement(made, "grace")
        if n:
            SubElement(made, "chord")
        _sounding(made, event, note)
        if not event.grace:
            SubElement(made, "duration").text = str(max(1, round(event.duration * 4 * divisions)))
        if note:
            _ties(made, note, "tie")
        SubElement(made, "voice").text = str(voice)
        _written(made, event, note)
        if staff:
            SubElement(made, "staff").text = str(staff)
        if note and (note.begins or note.ends):
            _ties(SubElement(made, "notations"), note, "tied")
        for verse, (syllable, kind) in enumerate(lyrics if not n else (), 1):
            lyric = SubElement(made, "lyric", number=str(verse))
            SubElement(lyric, "syllabic").text = kind
            SubElement(lyric, "text").text = syllable


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
