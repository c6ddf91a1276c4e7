"""How far one `tikzpicture` is from another: an edit distance over strokes, circles, dots and labels, in any order.

Strokes on one line that touch are one first, since a side may be drawn in pieces. Statements of the same sort whose
places agree within `NEAR` of the diagonal are paired (fewest edits over all); a pair costs what differs in style and in
letters, what has no partner costs all its tokens. The sum by the tokens of the longer picture is the distance (0..1).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_CENTIMETRE = 50.0  # px, as the reader writes TikZ
NEAR = 0.02  # of the diagonal: two places are the same; labels may stand twice as far off
_NUMBER = r"(-?[\d.]+)"
_COORDINATE = re.compile(rf"\\coordinate \((\w+)\) at \({_NUMBER},{_NUMBER}\)")
_CIRCLE = re.compile(r"\\draw \(([^)]*)\) circle \(([\d.]+)\)")
_ARC = re.compile(rf"\\draw \(([^)]*)\) \+\({_NUMBER}:{_NUMBER}\) arc \({_NUMBER}:{_NUMBER}:{_NUMBER}\)")
_DOT = re.compile(r"\\fill \(([^)]*)\) circle")
_NODE = re.compile(r"\\node at \(([^)]*)\) \{\$(.*)\$\};")
_DRAW = re.compile(r"\\draw(\[[^\]]*\])? (\(.*)")
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing drawn.

    Attributes:
        sort: `line`, `circle`, `arc`, `dot`, `label`.
        points: that say where it is.
        radius: of circles and arcs.
        word: style of a line, letters of a label.
    """

    sort: str
    points: tuple[Point, ...]
    radius: float = 0.0
    word: str = ""

    @property
    def tokens(self) -> int:
        """Command, numbers and letters."""
        return (
            1 + 2 * len(self.points) + (self.radius > 0) + (len(self.word) if self.sort == "label" else bool(self.word))
        )


def diagonal(shape: Sequence[int]) -> float:
    """Of a picture (height, width in pixels), in the centimetres TikZ has."""
    return math.hypot(*shape[:2]) / _CENTIMETRE


def distance(truth: str, text: str, diagonal: float) -> float:
    """Edits between two pictures, by the tokens of the longer one; `diagonal` of the truth in centimetres."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    wanted, found = statements(truth), statements(text)
    total = max(sum(x.tokens for x in wanted), sum(x.tokens for x in found))
    if not wanted or not found:
        return float(total > 0)
    saved = np.array([[_saved(a, b, NEAR * diagonal) for b in found] for a in wanted])
    kept = float(saved[linear_sum_assignment(-saved)].sum())
    return (total - kept) / total


def _saved(one: Statement, other: Statement, near: float) -> float:
    """Tokens that need no edit where two statements are paired."""
    from rapidfuzz.distance import Levenshtein

    if one.sort != other.sort or not _same_place(one, other, near):
        return 0.0
    size = max(one.tokens, other.tokens)
    return size - (Levenshtein.distance(one.word, other.word) if one.sort == "label" else one.word != other.word)


def _same_place(one: Statement, other: Statement, near: float) -> bool:
    if one.sort == "label":
        return math.dist(one.points[0], other.points[0]) < 2 * near
    if abs(one.radius - other.radius) > near:
        return False
    ways = (other.points, other.points[::-1]) if one.sort == "line" else (other.points,)
    return any(all(math.dist(a, b) < near for a, b in zip(one.points, way, strict=True)) for way in ways)


def statements(tikz: str) -> list[Statement]:
    """What a picture draws, names put in for their places."""
    names = {name: (float(x), float(y)) for name, x, y in _COORDINATE.findall(tikz)}

    def place(text: str) -> Point:
        if text in names:
            return names[text]
        x, y = text.split(",")
        return float(x), float(y)

    found: list[Statement] = []
    for line in tikz.splitlines():
        if match := _CIRCLE.search(line):
            found.append(Statement("circle", (place(match[1]),), float(match[2])))
        elif match := _ARC.search(line):
            centre, radius = place(match[1]), float(match[3])
            ends = [math.radians(float(match[n])) for n in (4, 5)]
            points = [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in ends]
            found.append(Statement("arc", (centre, *points), radius))
        elif match := _DOT.search(line):
            found.append(Statement("dot", (place(match[1]),)))
        elif match := _NODE.search(line):
            found.append(Statement("label", (place(match[1]),), word=match[2]))
        elif match := _DRAW.search(line):
            points = [place(text) for text in re.findall(r"\(([^)]*)\)", match[2])]
            points += points[:1] if "cycle" in match[2] else []
            found += [Statement("line", pair, word=match[1] or "") for pair in pairwise(points)]
    return _merged(found)


def _merged(found: list[Statement]) -> list[Statement]:
    """Strokes on one line that touch, as one."""
    lines = [x for x in found if x.sort == "line"]
    grew = True
    while grew:
        grew = False
        for n, one in enumerate(lines):
            for m in range(n + 1, len(lines)):
                if whole := _union(one, lines[m]):
                    lines[n : n + 1], lines[m : m + 1] = [whole], []
                    grew = True
                    break
            if grew:
                break
    return [*lines, *(x for x in found if x.sort != "line")]


def _union(one: Statement, other: Statement) -> Statement | None:
    """Both as one stroke, where they have one direction and touch (within .1 cm, two degrees)."""
    if one.word != other.word:
        return None
    (a, b), (c, d) = one.points, other.points
    long, short = ((a, b), (c, d)) if math.dist(a, b) >= math.dist(c, d) else ((c, d), (a, b))
    length = math.dist(*long)
    if length < 1e-6:
        return None
    ux, uy = (long[1][0] - long[0][0]) / length, (long[1][1] - long[0][1]) / length
    if any(abs((p[0] - long[0][0]) * uy - (p[1] - long[0][1]) * ux) > 0.1 for p in short):
        return None
    dx, dy = short[1][0] - short[0][0], short[1][1] - short[0][1]
    if abs(dx * uy - dy * ux) > 0.035 * math.hypot(dx, dy) + 0.02:
        return None
    spans = sorted(
        (sorted((p[0] - long[0][0]) * ux + (p[1] - long[0][1]) * uy for p in line)) for line in (long, short)
    )
    if spans[1][0] > spans[0][1] + 0.1:
        return None
    first, last = spans[0][0], max(spans[0][1], spans[1][1])
    ends = tuple((long[0][0] + t * ux, long[0][1] + t * uy) for t in (first, last))
    return Statement("line", ends, word=one.word)
