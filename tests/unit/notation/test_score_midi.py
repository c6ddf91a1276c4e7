"""MIDI read back, byte by byte, and held against the `**kern` of the same music."""

from __future__ import annotations

import io
import re
from fractions import Fraction

from legenda.document import Block, Notation, Page, compose, from_box
from legenda.exports import EXPORTERS, Origin
from legenda.notation.score.kern import kern
from legenda.notation.score.measures import Reading
from legenda.notation.score.midi import midi
from legenda.notation.score.model import Symbol, System
from legenda.notation.score.musicxml import musicxml
from legenda.notation.score.pitch import spell

Heard = list[tuple[Fraction, int, Fraction]]
"""Start and length in crotchets around the key, in order."""
HEAD = [Symbol("key", "#", 2, 8, 1.0), Symbol("beats", "3", 4, 6, 1.0), Symbol("unit", "4", 4, 2, 1.0)]


def note(value: str, x: float, position: int, stem: str = "up", **traits: str) -> Symbol:
    return Symbol("note", value, x, position, 1.0, {"stem": stem, **traits})


def bar(x: float) -> Symbol:
    return Symbol("bar", "=", x, 4, 1.0)


def piece() -> list[System]:
    """Two measures of a treble and a bass staff: triplets, a rest, a chord, a sign, a tie, a grace."""
    grace = Symbol("grace", "8", 25, 5, 1.0, {"stem": "up"})
    three = [note("8", x, 3, tuplet="3") for x in (10, 12, 14)]
    upper = [*three, note("2", 16, 4, sign="#", begins="["), bar(22), note("4", 24, 4, ends="]"), grace]
    upper += [note("4", 27, 1), Symbol("rest", "4", 30, 4, 1.0)]
    lower = [note("4", 10, 0), note("2", 16, 2), note("2", 16, 4), bar(22), note("2", 24, 1, dots=".")]
    clefs = [Symbol("clef", "G", 1, 2, 1.0)], [Symbol("clef", "F", 1, 6, 1.0)]
    system = Reading().system([[*clefs[0], *HEAD, *upper], [*clefs[1], *HEAD, *lower]])
    spell([system])
    return [system]


def numbers(data: bytes) -> tuple[int, bytes]:
    """A number of seven bits a byte, and what follows."""
    value = 0
    for at, byte in enumerate(data, 1):
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, data[at:]
    raise ValueError("the number does not end")


def tracks(data: bytes) -> list[tuple[dict[int, bytes], Heard]]:
    """Of each track its meta events by kind, and its notes."""
    assert data[:10] == b"MThd\0\0\0\6\0\1"
    count, crotchet = int.from_bytes(data[10:12], "big"), int.from_bytes(data[12:14], "big")
    found, data = list[tuple[dict[int, bytes], Heard]](), data[14:]
    while data:
        assert data[:4] == b"MTrk"
        size = int.from_bytes(data[4:8], "big")
        found.append(track(data[8 : 8 + size], crotchet))
        data = data[8 + size :]
    assert len(found) == count
    return found


def track(data: bytes, crotchet: int) -> tuple[dict[int, bytes], Heard]:
    clock, metas, down, heard = 0, dict[int, bytes](), dict[int, int](), Heard()
    while data:
        step, data = numbers(data)
        clock += step
        kind, key = data[0], data[1]
        if kind == 0xFF:
            size, data = numbers(data[2:])
            metas[key], data = data[:size], data[size:]
        else:
            if kind & 0xF0 == 0x90:
                assert key not in down
                down[key] = clock
            else:
                start = down.pop(key)
                heard.append((Fraction(start, crotchet), key, Fraction(clock - start, crotchet)))
            data = data[3:]
    assert not down
    assert 0x2F in metas
    return metas, sorted(heard)


def sung(text: str, spine: int) -> Heard:
    """The notes of a spine that does not split; tied ones as one."""
    clock, heard, tied = Fraction(0), Heard(), dict[int, int]()
    for token in (row.split("\t")[spine] for row in text.splitlines() if row[0] not in "*="):
        lengths = Fraction(0)
        for one in token.split():
            if not (match := re.match(r"\[?(\d+)(\.?)(r|[a-gA-G]+)([#-]*)(\]?)$", one)):
                continue
            lengths = Fraction(4, int(match[1])) * (Fraction(3, 2) if match[2] else 1)
            if match[3] == "r":
                continue
            octave = 4 + len(match[3]) if match[3].islower() else 5 - len(match[3])
            key = 12 * octave + dict(zip("cdefgab", (0, 2, 4, 5, 7, 9, 11), strict=True))[match[3][0].lower()]
            key += match[4].count("#") - match[4].count("-")
            if match[5]:
                start, _, length = heard[tied[key]]
                heard[tied[key]] = start, key, length + lengths
            else:
                heard.append((clock, key, lengths))
            if one[0] == "[":
                tied[key] = len(heard) - 1
        clock += lengths
    return sorted(heard)


def test_notes_are_those_of_the_kern() -> None:
    music = piece()
    text, (first, upper, lower) = kern(music), tracks(midi(musicxml(music, {})))
    assert first[1] == []
    assert upper[1] == sung(text, 1)
    assert lower[1] == sung(text, 0)
    assert (Fraction(1), 72, Fraction(3)) in upper[1]  # the B sharp, tied over the bar line


def test_tempo_metre_and_key_are_told() -> None:
    text = musicxml(piece(), {})
    first, upper, lower = (metas for metas, _ in tracks(midi(text)))
    assert int.from_bytes(first[0x51], "big") == 500_000
    assert first[0x58] == bytes((3, 2, 24, 8))
    assert upper[0x59] == lower[0x59] == b"\1\0"
    assert int.from_bytes(tracks(midi(text, tempo=60))[0][0][0x51], "big") == 1_000_000


def test_a_key_two_voices_share_is_struck_once() -> None:
    own = [note("2", 10, 4, "down"), note("4", 10, 4), note("4", 14, 4)]
    system = Reading().system([[Symbol("clef", "G", 1, 2, 1.0), *own]])
    spell([system])
    assert [key for _, key, _ in tracks(midi(musicxml([system], {})))[1][1]] == [71, 71]


def test_the_exporter_makes_it_of_musicxml() -> None:
    text = musicxml(piece(), {})
    said = Notation("score", {"kern": "", "musicxml": text}, 0.9)
    out = io.BytesIO()
    exporter = EXPORTERS["midi"](out, Origin(bare=True))
    exporter.add(compose(Page(1, 100, 100, "pixel"), [Block("score", from_box(0, 0, 9, 9), (), notation=said)]))
    exporter.close()
    assert out.getvalue() == midi(text) == midi(text)
