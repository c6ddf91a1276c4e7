"""What music says, between what was seen of it and how it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(slots=True)
class Symbol:
    """One thing the network saw on a staff.

    Attributes:
        kind: `note`, `grace`, `rest`, `clef`, `key`, `beats`, `unit`, `time` or `bar`.
        value: which of its kind (`symbols.CLASSES`).
        x: of its middle, in staff spaces from the left edge of the system.
        position: of the staff, half spaces above the bottom line.
        sure: probability (0..1) that it is that.
        traits: of notes and rests (`symbols.TRAITS`).
    """

    kind: str
    value: str
    x: float
    position: int
    sure: float
    traits: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Note:
    """A head.

    Attributes:
        position: of the staff.
        sign: the accidental drawn before it, or empty.
        begins: a tie begins at it.
        ends: a tie ends at it.
        step: diatonic steps above the C four octaves below middle C, so that middle C is 28.
        alter: semitones it is raised by.
    """

    position: int
    sign: str = ""
    begins: bool = False
    ends: bool = False
    step: int = 0
    alter: int = 0


@dataclass(slots=True)
class Event:
    """A note, chord or rest.

    Attributes:
        x: staff spaces from the left edge of the system.
        base: written duration as `**kern` names it, without dots.
        dots: how many.
        tuplet: `3`, `5`, `7` or empty (`symbols.TRAITS`).
        stem: `up`, `down` or empty.
        notes: of a chord from the bottom up; none for a rest.
        sure: the least probability of what it is made of.
        grace: it takes no time.
        hidden: a rest that fills a gap and is not drawn.
        position: of a rest on the staff.
        onset: whole notes from the beginning of the measure.
        whole: a rest of the whole measure, whatever its length.
        length: sounding, in whole notes, where it is not what is written.
    """

    x: float
    base: str
    dots: int = 0
    tuplet: str = ""
    stem: str = ""
    notes: list[Note] = field(default_factory=list)
    sure: float = 1.0
    grace: bool = False
    hidden: bool = False
    position: int = 4
    onset: Fraction = Fraction(0)
    whole: bool = False
    length: Fraction | None = None

    @property
    def duration(self) -> Fraction:
        """In whole notes."""
        if self.grace:
            return Fraction(0)
        if self.length is not None:
            return self.length
        return written(self.base, self.dots, self.tuplet)


_RATIOS = {"": Fraction(1), "3": Fraction(2, 3), "5": Fraction(4, 5), "7": Fraction(4, 7)}


def written(base: str, dots: int = 0, tuplet: str = "") -> Fraction:
    """A written duration in whole notes."""
    plain = {"00": Fraction(4), "0": Fraction(2)}.get(base) or Fraction(1, int(base))
    return plain * (2 - Fraction(1, 2**dots)) * _RATIOS[tuplet]


@dataclass(slots=True)
class Change:
    """A clef, key or metre.

    Attributes:
        kind: `clef`, `key` or `time`.
        value: as `**kern` writes it after `*`: `clefG2`, `k[f#]`, `M3/4`.
        x: staff spaces from the left edge of the system.
        onset: whole notes from the beginning of the measure.
        sign: of a metre drawn as a sign: `c` or `c|`.
    """

    kind: str
    value: str
    x: float
    onset: Fraction = Fraction(0)
    sign: str = ""


@dataclass(slots=True)
class Bar:
    """One staff of one measure.

    Attributes:
        changes: of clef, key or metre, in their order.
        events: all of them by x, graces included, those of all voices together.
        voices: events without graces, in time; one voice or two, the upper one first.
        graces: what stands before which event (by its identity).
    """

    changes: list[Change] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    voices: list[list[Event]] = field(default_factory=list)
    graces: dict[int, list[Event]] = field(default_factory=dict)


@dataclass(slots=True)
class Measure:
    """What stands between two bar lines.

    Attributes:
        bars: of each staff, from the top.
        begin: the bar line before it as `**kern` writes it; empty where none is drawn and none is implied.
        length: whole notes.
        problem: what is wrong with it, or empty.
    """

    bars: list[Bar]
    begin: str = ""
    length: Fraction = Fraction(0)
    problem: str = ""


@dataclass(slots=True)
class System:
    """Staves that sound together, from left to right.

    Attributes:
        measures: in their order.
        end: the bar line after the last one, or empty.
        staves: how many there are.
    """

    measures: list[Measure]
    end: str
    staves: int
