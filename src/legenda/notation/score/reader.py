"""A crop or a page with one system or several to a `Notation`."""

from __future__ import annotations

from collections.abc import Sequence

from legenda.document import Line, Notation
from legenda.notation.base import Raster, grey
from legenda.notation.score.kern import kern
from legenda.notation.score.lyrics import underlaid
from legenda.notation.score.measures import Reading
from legenda.notation.score.model import Symbol, System
from legenda.notation.score.musicxml import musicxml
from legenda.notation.score.network import look
from legenda.notation.score.pitch import spell
from legenda.notation.score.staves import Staff, find, levels
from legenda.notation.score.systems import systems

ENGINE = "legenda-score"
_TOLD = 4  # measures named in a problem


def read(crop: Raster, lines: Sequence[Line] = ()) -> Notation:
    """Sheet music in common notation: single staves to systems of several, one system or many.

    Args:
        crop: see `legenda.notation.read`.
        lines: words on the crop; those below a staff that stand under its notes are its lyrics.

    Raises:
        MissingComponentError: the weights are not there.
    """
    dark = levels(grey(crop))
    groups = systems(dark, find(dark))
    if not groups:
        return Notation("score", {}, 0.0, ENGINE, "No staff was found on the crop.")
    reading, found, seen, syllables = Reading(), list[System](), list[Symbol](), {}
    for group in groups:
        symbols = [look(dark, staff) for staff in group]
        seen += [symbol for own in symbols for symbol in own]
        system = reading.system([_spaced(own, group) for own in symbols])
        syllables.update(underlaid(system, group, lines))
        found.append(system)
    if not any(symbol.kind in ("note", "rest") for symbol in seen):
        return Notation("score", {}, 0.0, ENGINE, "There are staves on the crop, and no notes on them.")
    spell(found)
    forms = {"kern": kern(found), "musicxml": musicxml(found, syllables)}
    return Notation("score", forms, _sure(found, seen), ENGINE, _problem(found))


def _spaced(symbols: Sequence[Symbol], group: Sequence[Staff]) -> list[Symbol]:
    """Symbols with x in staff spaces from the left edge of the system instead of pixels."""
    left, space = min(staff.left for staff in group), sum(staff.space for staff in group) / len(group)
    return [Symbol(s.kind, s.value, (s.x - left) / space, s.position, s.sure, s.traits) for s in symbols]


def _sure(found: Sequence[System], seen: Sequence[Symbol]) -> float:
    """The mean certainty of a symbol, and how many measures add up."""
    measures = [measure for system in found for measure in system.measures]
    adding = sum(not measure.problem for measure in measures) / max(1, len(measures))
    return round(sum(symbol.sure for symbol in seen) / len(seen) * (0.5 + 0.5 * adding), 4)


def _problem(found: Sequence[System]) -> str:
    measures = [measure for system in found for measure in system.measures]
    wrong = [(number, measure.problem) for number, measure in enumerate(measures, 1) if measure.problem]
    if not wrong:
        return ""
    told = "; ".join(f"measure {number} {problem}" for number, problem in wrong[:_TOLD])
    more = len(wrong) - _TOLD
    return f"{told[0].upper()}{told[1:]}{f'; and {more} more' if more > 0 else ''}."
