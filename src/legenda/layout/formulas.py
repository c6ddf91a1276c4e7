"""Displayed formulas that no model saw: pieces of lines without words that stand together and say `=` or the like."""

from __future__ import annotations

import re
from collections.abc import Sequence

from legenda.document import Line, bounds
from legenda.document.geometry import Box
from legenda.layout.pieces import around, height_of

WORD = re.compile(r"[^\W\d_]{3,}")
"""What no formula says, but for names of functions."""
_NAMES = frozenset(
    ("sin", "cos", "tan", "cot", "log", "exp", "lim", "max", "min", "sup", "inf", "det", "dim", "mod", "gcd")
)
_SIGN = re.compile(r"[=≠<>≤≥≈≡∼≃→⇒↦∈⊂⊆∑∏∫∮∂∇√∞±×⋅·+−⊗⊕∧∨∀∃]")
RELATION = re.compile(r"[=≠≤≥≈≡≃→⇒∈⊂⊆∝]")
"""What a formula says at least once."""
_STRONG = re.compile(r"[∑∏∫∮∂∇√∞≤≥≈∈⊂⊆→⇒α-ωΓΔΘΛΞΠΣΦΨΩ]")
_LETTER = re.compile(r"[^\W\d_]")
_NEAR, _ON_ROW = 1.5, 2.5  # heights of a line between pieces of one formula, and between those on one row
_LONGEST = 120
_READ = 0.7  # confidence of a line: signs are what unreadable text is read as, too


def formulas_in(lines: Sequence[Line]) -> list[Box]:
    """Boxes around groups of such lines; a group has a relation and a letter."""
    mathy = [line for line in lines if line.confidence >= _READ and _is_mathy(line.content)]
    if not any(RELATION.search(line.content) for line in mathy):
        return []
    wordy = [bounds(line.polygon) for line in lines if WORD.search(line.content)]
    found = []
    for group in _groups(mathy):
        if any(_is_inline(line, box) for line in group for box in wordy):
            continue
        text = " ".join(line.content for line in group)
        own = all(line.engine == "text-layer" for line in group)  # of pictures the model sees the plainer ones
        if RELATION.search(text) and _LETTER.search(text) and len(text) >= 5 and (own or _STRONG.search(text)):
            found.append(around(bounds(line.polygon) for line in group))
    return found


def _is_inline(line: Line, words: Box) -> bool:
    """Whether a piece of a formula stands on the row of words, close to them."""
    box = bounds(line.polygon)
    shared = min(box[3], words[3]) - max(box[1], words[1])
    apart = max(box[0], words[0]) - min(box[2], words[2])
    return shared > 0.4 * min(box[3] - box[1], words[3] - words[1]) and apart < 1.5 * height_of(line)


def _is_mathy(content: str) -> bool:
    words = [word for word in WORD.findall(content) if word.lower() not in _NAMES]
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
    unit = max(height_of(line), height_of(other))
    on_row = min(a[3], b[3]) - max(a[1], b[1]) > 0.5 * min(a[3] - a[1], b[3] - b[1])
    across, down = max(a[0], b[0]) - min(a[2], b[2]), max(a[1], b[1]) - min(a[3], b[3])
    return across < (_ON_ROW if on_row else _NEAR) * unit and down < 0.4 * unit
