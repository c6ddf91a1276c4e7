"""Music as a Standard MIDI File (MIDI Association, RP-001), format 1: tempo and metre, then a track for each staff.

It is made of the MusicXML whenever it is asked for: that is the music in time, and a document holds no bytes.
Repeats are played once; graces, which take no time of their own, are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from struct import pack
from xml.etree import ElementTree as ET

_FINEST = 480  # ticks of a crotchet, at least: what sequencers use, and all lengths stay whole numbers
_LOUD = 80  # velocity of every note, mezzo forte: dynamics are not read
_CHANNELS = (*range(9), *range(10, 16))  # the tenth plays drums
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_TEMPO, _METRE, _KEY, _NAME, _END = 0x51, 0x58, 0x59, 0x03, 0x2F

_Message = tuple[int, int, bytes]
"""Tick, rank among those of the same tick (what ends goes before what begins), the bytes."""


@dataclass(slots=True)
class _Sound:
    """A key pressed down; times in ticks."""

    start: int
    key: int
    end: int
    begins: bool = False
    ends: bool = False


@dataclass(slots=True)
class _Part:
    """What is heard of one part.

    Attributes:
        sounds: by staff, ties not yet joined.
        metres: metre messages.
        keys: key messages.
        end: tick after the last measure.
    """

    sounds: dict[str, list[_Sound]] = field(default_factory=dict)
    metres: list[_Message] = field(default_factory=list)
    keys: list[_Message] = field(default_factory=list)
    end: int = 0


def midi(musicxml: str, tempo: int = 120) -> bytes:
    """The file; always the same bytes for the same music.

    Args:
        musicxml: as `legenda.notation.score.musicxml` writes it.
        tempo: crotchets a minute, 4 or more.
    """
    root = ET.fromstring(musicxml)  # noqa: S314  our own writer made it, and expat bounds what entities grow to
    divisions = int(root.findtext("part/measure/attributes/divisions") or 1)
    scale = -(-_FINEST // divisions)
    parts = [_heard(part, scale) for part in root.findall("part")]
    end = max((part.end for part in parts), default=0)
    pace = (0, 0, _meta(_TEMPO, (60_000_000 // tempo).to_bytes(3, "big")))
    tracks = [_track([pace, *(parts[0].metres if parts else ())], end)]
    names = [name.text or "" for name in root.findall("part-list/score-part/part-name")]
    for part, name in zip(parts, names, strict=True):
        for _, sounds in sorted(part.sounds.items()):
            title = (0, 0, _meta(_NAME, name.encode("ascii", "replace")))
            channel = _CHANNELS[(len(tracks) - 1) % len(_CHANNELS)]
            tracks.append(_track([title, *part.keys, *_played(sounds, channel)], end))
    head = pack(">4sIHHH", b"MThd", 6, 1, len(tracks), divisions * scale)
    return head + b"".join(pack(">4sI", b"MTrk", len(track)) + track for track in tracks)


def _heard(element: ET.Element, scale: int) -> _Part:
    part, clock, before = _Part(), 0, 0
    for staff in range(int(element.findtext("measure/attributes/staves") or 1)):
        part.sounds[str(staff + 1)] = []
    for child in (child for measure in element.findall("measure") for child in measure):
        length = int(child.findtext("duration") or 0) * scale
        if child.tag == "attributes":
            part.metres += _metre(child, clock)
            part.keys += _key(child, clock)
        elif child.tag == "note":
            start = before if child.find("chord") is not None else clock
            if length and child.find("pitch") is not None:
                part.sounds[child.findtext("staff") or "1"].append(_sound(child, start, length))
            before, clock = start, start + length
        else:
            clock += -length if child.tag == "backup" else length
    part.end = clock
    return part


def _sound(note: ET.Element, start: int, length: int) -> _Sound:
    octave, alter = int(note.findtext("pitch/octave") or 4), int(note.findtext("pitch/alter") or 0)
    key = 12 * (octave + 1) + _STEPS[note.findtext("pitch/step") or "C"] + alter
    ties = [tie.get("type") for tie in note.findall("tie")]
    return _Sound(start, min(max(key, 0), 127), start + length, "start" in ties, "stop" in ties)


def _metre(attributes: ET.Element, tick: int) -> Iterable[_Message]:
    beats, unit = (int(attributes.findtext(f"time/{name}") or 0) for name in ("beats", "beat-type"))
    if 0 < beats < 256 and 0 < unit <= 96 and unit & (unit - 1) == 0:
        # 24 clocks and 8 demisemiquavers are a crotchet; the metronome ticks with the unit
        yield tick, 0, _meta(_METRE, bytes((beats, unit.bit_length() - 1, 96 // unit, 8)))


def _key(attributes: ET.Element, tick: int) -> Iterable[_Message]:
    fifths = attributes.findtext("key/fifths")
    if fifths and -7 <= int(fifths) <= 7:
        yield tick, 0, _meta(_KEY, pack(">bB", int(fifths), 0))


def _played(sounds: Iterable[_Sound], channel: int) -> Iterable[_Message]:
    """A key once for tied notes; one that two voices share goes up before it is struck again."""
    down: dict[int, _Sound] = {}
    struck: list[_Sound] = []
    for sound in _joined(sounds):
        held = down.get(sound.key)
        if held and held.start == sound.start:
            held.end = max(held.end, sound.end)
            continue
        if held:
            held.end = min(held.end, sound.start)
        down[sound.key] = sound
        struck.append(sound)
    for sound in struck:
        yield sound.end, 1, bytes((0x80 | channel, sound.key, 0))
        yield sound.start, 2, bytes((0x90 | channel, sound.key, _LOUD))


def _joined(sounds: Iterable[_Sound]) -> list[_Sound]:
    """By start and key; notes a tie binds, where the second follows the first at once, as one."""
    tied: dict[tuple[int, int], _Sound] = {}
    found: list[_Sound] = []
    for sound in sorted(sounds, key=lambda one: (one.start, one.key, one.end)):
        first = tied.pop((sound.key, sound.start), None) if sound.ends else None
        if first:
            first.end = sound.end
        else:
            found.append(first := sound)
        if sound.begins:
            tied[sound.key, sound.end] = first
    return found


def _track(messages: Sequence[_Message], end: int) -> bytes:
    made, clock = bytearray(), 0
    for tick, _, message in sorted(messages):
        made += _number(tick - clock) + message
        clock = tick
    return bytes(made + _number(max(0, end - clock)) + _meta(_END, b""))


def _meta(kind: int, content: bytes) -> bytes:
    return bytes((0xFF, kind)) + _number(len(content)) + content


def _number(value: int) -> bytes:
    """Seven bits a byte, the highest first; all but the last with the eighth set."""
    made = [value & 0x7F]
    while value := value >> 7:
        made.insert(0, value & 0x7F | 0x80)
    return bytes(made)
