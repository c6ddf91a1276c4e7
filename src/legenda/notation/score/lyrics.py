"""Words under a staff: which syllable is sung on which note."""

from __future__ import annotations

import re
from collections.abc import Sequence

from legenda.document import Line
from legenda.notation.score.model import Event, System
from legenda.notation.score.staves import Staff

_BELOW = (2.5, 12.0)  # staff spaces from a staff's middle line: where its lyrics stand
_REACH = 3.0  # staff spaces between a syllable and its note, at most
_FEWEST = 0.6  # of a line's syllables that have a note each: it is lyrics, and not a remark
_SPOKEN = re.compile(r"[^\W\d_]")


def underlaid(system: System, staves: Sequence[Staff], lines: Sequence[Line]) -> dict[int, list[tuple[str, str]]]:
    """Syllables of events (by identity), verse by verse, each with `single`, `begin`, `middle` or `end`.

    Args:
        system: read.
        staves: of the system, from the top.
        lines: with polygons in pixels of the picture.
    """
    found: dict[int, list[tuple[str, str]]] = {}
    left, space = min(staff.left for staff in staves), sum(staff.space for staff in staves) / len(staves)
    for n, staff in enumerate(staves):
        end = staves[n + 1].at((staff.left + staff.right) / 2) if n + 1 < len(staves) else 1e9
        sung = [event for measure in system.measures for event in measure.bars[n].events]
        sung = [event for event in sung if event.notes and not event.grace]
        for line in _under(staff, lines, end):
            fitted = _fitted(line, sung, left, space)
            for event, syllable in fitted:
                found.setdefault(id(event), []).append(syllable)
    return found


def _under(staff: Staff, lines: Sequence[Line], end: float) -> list[Line]:
    """Lines in the space below a staff, the upper ones first."""
    own = []
    for line in lines:
        xs, ys = line.polygon[0::2], line.polygon[1::2]
        x, y = sum(xs) / len(xs), sum(ys) / len(ys)
        down = (y - staff.at(x)) / staff.space
        nearer = end - y > 2.5 * staff.space
        if _BELOW[0] < down < _BELOW[1] and nearer and staff.left <= x <= staff.right:
            own.append((y, line))
    return [line for _, line in sorted(own, key=lambda one: one[0])]


def _fitted(line: Line, sung: Sequence[Event], left: float, space: float) -> list[tuple[Event, tuple[str, str]]]:
    found: list[tuple[Event, tuple[str, str]]] = []
    count, taken, before = 0, set[int](), False
    for text, x in _syllables(line):
        after = text.endswith("-")
        plain = text.strip("-_ ")
        if _SPOKEN.search(plain):
            count += 1
            place = (x - left) / space
            free = [event for event in sung if id(event) not in taken and abs(event.x - place) < _REACH]
            if free:
                event = min(free, key=lambda one: (round(abs(one.x - place)), -one.notes[-1].position))
                taken.add(id(event))
                kind = {(False, False): "single", (False, True): "begin", (True, True): "middle"}.get(
                    (before, after), "end"
                )
                found.append((event, (plain, kind)))
        before = after or (before and not plain)
    return found if count and len(found) >= _FEWEST * count else []


def _syllables(line: Line) -> list[tuple[str, float]]:
    """Parts of words between hyphens, each with the x of its middle in pixels."""
    found = []
    for word in line.words:
        xs = word.polygon[0::2]
        begin, width = min(xs), (max(xs) - min(xs)) / max(1, len(word.content))
        for part in re.finditer(r"[^-\s]+-*|-+", word.content):
            found.append((part.group(), begin + width * (part.start() + part.end()) / 2))
    return found
