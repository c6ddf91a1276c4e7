"""A drawing's lines as a graph of points and straight pieces, and the mending thinning makes necessary."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from legenda.notation.molecule.strokes import Drawing, Mask, Points, corners, paths, thinned

Spot = NDArray[np.float64]
"""[2]: x and y in pixels."""


_LONGEST, _MOST = 150_000, 4000  # px of lines, and lines, of the fullest drawings


@dataclass(slots=True, eq=False)
class Piece:
    """A straight line.

    Attributes:
        ends: numbers of the points it lies between.
        order: 1 to 3 bonds.
        mark: "" plain, "up" a wedge whose narrow end is the first point, "down" a hashed one, "wavy".
        widths: px of ink across it near its first and its last point.
    """

    ends: tuple[int, int]
    order: int = 1
    mark: str = ""
    widths: tuple[float, float] = (0.0, 0.0)

    def other(self, point: int) -> int:
        """The end that is not `point`."""
        return self.ends[1] if self.ends[0] == point else self.ends[0]


@dataclass(slots=True)
class Sketch:
    """Points and pieces between them; points without pieces are of no account."""

    points: list[Spot] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)

    def add(self, at: Spot) -> int:
        """A new point."""
        self.points.append(np.asarray(at, float))
        return len(self.points) - 1

    def at(self, piece: Piece) -> tuple[Spot, Spot]:
        """Where a piece begins and ends."""
        return self.points[piece.ends[0]], self.points[piece.ends[1]]

    def length(self, piece: Piece) -> float:
        """Of a piece, px."""
        first, last = self.at(piece)
        return float(np.hypot(*(last - first)))

    def touching(self) -> dict[int, list[Piece]]:
        """The pieces of each point that has any."""
        found: dict[int, list[Piece]] = {}
        for piece in self.pieces:
            for end in set(piece.ends):
                found.setdefault(end, []).append(piece)
        return found

    def merge(self, gone: int, kept: int) -> None:
        """Let all pieces of one point end at another; those between both vanish."""
        if gone == kept:
            return
        for piece in self.pieces:
            if gone in piece.ends:
                piece.ends = tuple(kept if end == gone else end for end in piece.ends)  # type: ignore[assignment]
        self.pieces = [piece for piece in self.pieces if piece.ends[0] != piece.ends[1]]

    def split(self, piece: Piece, at: Spot) -> int:
        """Cut a piece in two at a new point, which is returned."""
        middle = self.add(at)
        share = float(np.hypot(*(at - self.points[piece.ends[0]]))) / max(self.length(piece), 1e-6)
        width = piece.widths[0] * (1 - share) + piece.widths[1] * share
        self.pieces.append(Piece((middle, piece.ends[1]), piece.order, piece.mark, (width, piece.widths[1])))
        piece.ends, piece.widths = (piece.ends[0], middle), (piece.widths[0], width)
        return middle


def sketched(picture: Drawing, ink: Mask) -> Sketch:
    """The lines of `ink`; none where they are so many that it must be a texture."""
    sketch = Sketch()
    skeleton = thinned(ink)
    lines = paths(skeleton) if int(skeleton.sum()) < _LONGEST else []
    if len(lines) > _MOST:
        return sketch
    lines = _without_spurs(lines, picture)
    numbers: dict[tuple[float, float], int] = {}
    for line in lines:
        cuts = corners(line, max(1.5, 0.7 * picture.thickness))
        ends = [numbers.setdefault(tuple(line[cut]), len(numbers)) for cut in cuts]
        for (one, other), (start, stop) in zip(pairwise(ends), pairwise(cuts), strict=True):
            if one != other:
                sketch.pieces.append(Piece((one, other), widths=_widths(picture, line[start : stop + 1])))
    sketch.points = [np.array(spot) for spot in numbers]
    _contract(sketch, 1.7 * picture.thickness)
    straighten(sketch, picture.thickness)
    return sketch


def _widths(picture: Drawing, line: Points) -> tuple[float, float]:
    """Of the ink across a line near both ends, apart from what joins there."""
    x, y = line.T.astype(int)
    across = 2 * picture.depth[y, x] - 0.7
    count = len(across)
    near, far = (
        across[int(0.12 * count) : max(int(0.35 * count), 1)],
        across[int(0.65 * count) : max(int(0.88 * count), 1)],
    )
    whole = float(np.median(across))
    return (float(np.median(near)) if len(near) else whole, float(np.median(far)) if len(far) else whole)


def _without_spurs(lines: list[Points], picture: Drawing) -> list[Points]:
    """Without the hairs thinning leaves at corners and thick ends: not longer than the ink there is deep."""
    while True:
        count: dict[tuple[float, float], int] = {}
        for line in lines:
            for end in (line[0], line[-1]):
                count[tuple(end)] = count.get(tuple(end), 0) + 1
        kept = [line for line in lines if not _hair(line, count, picture)]
        if len(kept) == len(lines):
            return lines
        lines = _joined(kept)


def _hair(line: Points, count: dict[tuple[float, float], int], picture: Drawing) -> bool:
    free = [count[tuple(end)] == 1 for end in (line[0], line[-1])]
    if sum(free) != 1:
        return False
    x, y = line[-1 if free[0] else 0].astype(int)
    return bool(np.hypot(*(line[0] - line[-1])) < 1.0 + 1.3 * float(picture.depth[y, x]))


def _joined(lines: list[Points]) -> list[Points]:
    """Lines that meet two by two made one."""
    ends: dict[tuple[float, float], list[int]] = {}
    for n, line in enumerate(lines):
        for end in (line[0], line[-1]):
            ends.setdefault(tuple(end), []).append(n)
    owner = list(range(len(lines)))
    merged: list[Points | None] = list(lines)
    for spot, numbers in ends.items():
        if len(numbers) != 2:
            continue
        one, other = (_root(owner, n) for n in numbers)
        if one == other:
            continue
        first, second = merged[one], merged[other]
        if first is None or second is None:
            continue
        first = first if tuple(first[-1]) == spot else first[::-1]
        second = second if tuple(second[0]) == spot else second[::-1]
        merged[one], merged[other] = np.concatenate([first, second[1:]]), None
        owner[other] = one
    return [line for line in merged if line is not None]


def _root(owner: list[int], n: int) -> int:
    while owner[n] != n:
        n = owner[n]
    return n


def _contract(sketch: Sketch, reach: float) -> None:
    """Points at most `reach` px of line apart become one, the shortest pieces first; loose dashes stay."""
    while True:
        touching = sketch.touching()
        short = [p for p in sketch.pieces if max(len(touching[end]) for end in p.ends) > 1]
        short = [p for p in short if sketch.length(p) < reach]
        if not short:
            return
        collapse(sketch, short, touching)


def collapse(sketch: Sketch, short: list[Piece], touching: dict[int, list[Piece]]) -> None:
    """Let both ends of pieces be one point, that with more pieces or the middle; of neighbours only the shortest."""
    moved: set[int] = set()
    into: dict[int, int] = {}
    for piece in sorted(short, key=sketch.length):
        one, other = piece.ends
        if moved & {end for p in (*touching[one], *touching[other]) for end in p.ends}:
            continue
        moved |= {one, other}
        if len(touching[one]) < len(touching[other]):
            one, other = other, one
        if len(touching[one]) == len(touching[other]):
            sketch.points[one] = (sketch.points[one] + sketch.points[other]) / 2
        into[other] = one
    for piece in sketch.pieces:
        piece.ends = (into.get(piece.ends[0], piece.ends[0]), into.get(piece.ends[1], piece.ends[1]))
    sketch.pieces = [piece for piece in sketch.pieces if piece.ends[0] != piece.ends[1]]


def straighten(sketch: Sketch, thickness: float, bend: float = 13.0) -> None:
    """Two plain pieces become one where the line hardly bends: by `bend` degrees, or by less than a stroke is thick."""
    for point, pieces in sketch.touching().items():
        if len(pieces) != 2 or any(p.mark or p.order > 1 or p not in sketch.pieces for p in pieces):
            continue
        one, other = pieces
        ends = one.other(point), other.other(point)
        if ends[0] == ends[1] or point in ends:
            continue
        here, first, last = sketch.points[point], sketch.points[ends[0]], sketch.points[ends[1]]
        chord = last - first
        off = abs(float(chord[0] * (here - first)[1] - chord[1] * (here - first)[0])) / max(
            float(np.hypot(*chord)), 1e-6
        )
        turn = angle(here - first, last - here)
        if turn > bend and (off > 0.9 * thickness or turn > 90):
            continue
        outer = (one.widths[0 if one.ends[1] == point else 1], other.widths[1 if other.ends[0] == point else 0])
        one.ends, one.widths = ends, outer
        sketch.pieces.remove(other)


def angle(one: Spot, other: Spot) -> float:
    """Between two directions, degrees 0..180."""
    cross, dot = one[0] * other[1] - one[1] * other[0], one[0] * other[0] + one[1] * other[1]
    return float(np.degrees(np.arctan2(abs(cross), dot)))
