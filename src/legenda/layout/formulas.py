"""Displayed formulas that no model saw: pieces of lines without words that stand together and say `=` or the like."""

from __future__ import annotations

import re
from collections.abc import Sequence

from legenda.document import Line, bounds
from legenda.document.geometry import Box
from legenda.layout.pieces import around, height_of

_WORD = re.compile(r"[^\W\d_]{3,}")
_NAMES = frozenset(
    ("sin", "cos", "tan", "cot", "log", "exp", "lim", "max", "min", "sup", "inf", "det", "dim", "mod", "gcd")
)
_SIGN = re.compile(r"[=≠<>≤≥≈≡∼≃→⇒↦∈⊂⊆∑∏∫∮∂∇√∞±×⋅·⊗⊕∧∨∀∃]")
_RELATION = re.compile(r"[=≠≤≥≈≡≃→⇒∈⊂⊆∝]")
_LETTER = re.compile(r"[^\W\d_]")
_NEAR = 0.9  # heights of a line between pieces of one formula
_LONGEST = 120


def formulas_in(lines: Sequence[Line]) -> list[Box]:
    """Boxes around groups of such lines; a group has a relation and a letter."""
    mathy = [line for line in lines if _is_mathy(line.content)]
    if not any(_RELATION.search(line.content) for line in mathy):
        return []
    found = []
    for group in _groups(mathy):
        text = " ".join(line.content for line in group)
        if _RELATION.search(text) and _LETTER.search(text) and len(text) >= 5:
            found.append(around(bounds(line.polygon) for line in group))
    return found


def _is_mathy(content: str) -> bool:
    words = [word for word in _WORD.findall(content) if word.lower() not in _NAMES]
    return 0 < len(content) <= _LONGEST and not words and (len(content) <= 4 or bool(_SIGN.search(content)))


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that lie near one another, over others; in quadratic time, for the few lines that are mathy."""
    left = list(lines[:400])
    groups: list[list[Line]] = []
    while left:
        group = [left.pop()]
        for line in group:
            near = [other for other in left if _are_near(line, other)]
            group += near
            left = [other for other in left if all(other is not one for one in near)]
        groups.append(group)
    return groups


def _are_near(line: Line, other: Line) -> bool:
    a, b = bounds(line.polygon), bounds(other.polygon)
    unit = _NEAR * max(height_of(line), height_of(other))
    return max(a[0], b[0]) - min(a[2], b[2]) < 2 * unit and max(a[1], b[1]) - min(a[3], b[3]) < 0.7 * unit
