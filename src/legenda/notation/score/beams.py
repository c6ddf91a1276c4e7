"""Which short notes hang on one beam, since readers of MusicXML draw only the beams that are told."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from legenda.notation.score.model import Event

_HOOKS = {"8": 1, "16": 2, "32": 3, "64": 4}
_TERNARY = ("M3/8", "M6/8", "M9/8", "M12/8")


def beams(voice: Sequence[Event], metre: str) -> dict[int, tuple[str, ...]]:
    """For each beamed event (by its identity) what each of its beams does: `begin`, `continue`, `end` or a hook.

    Args:
        voice: events of a measure in time.
        metre: as `**kern` writes it, or empty; notes of one beat are joined.
    """
    beat = Fraction(3, 8) if metre in _TERNARY else Fraction(1, 4)
    found: dict[int, tuple[str, ...]] = {}
    group: list[Event] = []
    for event in [*voice, None]:
        joins = event is not None and event.notes and event.base in _HOOKS
        if group and (event is None or not joins or event.onset // beat != group[0].onset // beat):
            if len(group) > 1:
                found.update(_group(group))
            group = []
        if event is not None and joins:
            group.append(event)
    return found


def _group(group: Sequence[Event]) -> dict[int, tuple[str, ...]]:
    hooks = [_HOOKS[event.base] for event in group]
    found = {}
    for n, event in enumerate(group):
        before, after = hooks[n - 1] if n else 0, hooks[n + 1] if n + 1 < len(hooks) else 0
        kinds = []
        for level in range(1, hooks[n] + 1):
            if before >= level and after >= level:
                kinds.append("continue")
            elif before >= level or after >= level:
                kinds.append("end" if before >= level else "begin")
            else:
                kinds.append("backward hook" if before else "forward hook")
        found[id(event)] = tuple(kinds)
    return found
