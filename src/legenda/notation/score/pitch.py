"""Clefs, keys and accidentals: which pitch a head on a position of the staff stands for."""

from __future__ import annotations

from collections.abc import Sequence

from legenda.notation.score.model import Change, Event, Note, System

STEPS = "cdefgab"
_ON_LINE = {"G": 32, "Gv": 25, "F": 24, "C": 28}  # the step a clef names, at the line it stands on
_SHARPS = "fcgdaeb"
_ALTERS = {"": 0, "#": 1, "-": -1, "n": 0, "##": 2, "--": -2}
_USUAL = "clefG2"


def clef_value(shape: str, position: int) -> str:
    """A clef as `**kern` writes it; it stands on a line, the bottom one being the first."""
    line = min(5, max(1, round(position / 2) + 1))
    if shape in ("G", "Gv") and line not in (1, 2):
        line = 2
    return f"clef{shape}{line}"


def bottom(clef: str) -> int:
    """The step of the bottom line (position 0)."""
    shape, line = clef[4:-1], int(clef[-1])
    return _ON_LINE[shape] - 2 * (line - 1)


def key_value(signs: Sequence[tuple[str, int]], clef: str) -> str:
    """A key from the signs drawn.

    Sharps and flats come in one order only, so that a later one tells of those before it; naturals are told where they
    stand.
    """
    named = [(s, STEPS[(bottom(clef) + position) % 7]) for s, position in signs]
    sharps, flats = (_reaching([step for s, step in named if s == sign], order) for sign, order in _ORDERS)
    order, sign = (_SHARPS[:sharps], "#") if sharps >= flats else (_SHARPS[::-1][:flats], "-")
    naturals = [step for step in dict.fromkeys(step for s, step in named if s == "n") if step not in order]
    return "k[" + "".join(step + sign for step in order) + "".join(step + "n" for step in naturals) + "]"


_ORDERS = (("#", _SHARPS), ("-", _SHARPS[::-1]))


def _reaching(steps: Sequence[str], order: str) -> int:
    """How far a key goes of which some signs were seen; one of them may be another sign."""
    reach = max((order.index(step) + 1 for step in steps), default=0)
    return reach if reach <= len(set(steps)) + 1 else len(steps)


def altered(key: str) -> dict[str, int]:
    """Step letter to semitones."""
    inner = key[2:-1]
    return {inner[n]: _ALTERS[inner[n + 1]] for n in range(0, len(inner) - 1, 2)}


def spell(systems: Sequence[System]) -> None:
    """Set step and alteration of every note, staff by staff; a sign holds to the end of its measure."""
    count = max((system.staves for system in systems), default=0)
    for staff in range(count):
        clef, key = _USUAL, "k[]"
        tied: dict[int, int] = {}
        for system in systems:
            if staff >= system.staves:
                continue
            for measure in system.measures:
                bar = measure.bars[staff]
                held: dict[int, int] = {}
                items: list[Change | Event] = [*bar.changes, *bar.events]
                for item in sorted(items, key=lambda one: one.x):
                    if isinstance(item, Event):
                        for note in item.notes:
                            _spell(note, clef, key, held, tied)
                    elif item.kind == "clef":
                        clef = item.value
                    elif item.kind == "key":
                        key = item.value
                        held = {}


def _spell(note: Note, clef: str, key: str, held: dict[int, int], tied: dict[int, int]) -> None:
    note.step = bottom(clef) + note.position
    alter = held.get(note.step, altered(key).get(STEPS[note.step % 7], 0))
    if note.sign:
        alter = held[note.step] = _ALTERS[note.sign]
    elif note.ends and note.step in tied:
        alter = tied[note.step]
    note.alter = alter
    tied.pop(note.step, None)
    if note.begins:
        tied[note.step] = alter
