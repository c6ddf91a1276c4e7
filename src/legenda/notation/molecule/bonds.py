"""What kind of bond lines are: double and triple, wedged, hashed, wavy, crossing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from legenda.notation.molecule.labels import Shape
from legenda.notation.molecule.sketch import Piece, Sketch, Spot, angle, collapse

Reached = Callable[[Spot], bool]
"""Whether a spot is where a label is."""

_APART = 0.34  # of a bond's length: lines of a double bond are at most so far apart
_MOST = 1000  # dashes, and lines: more are a texture
_FIRM = 6.5  # px: lines so thick have been enlarged little
_STEP = 0.3  # of a bond's length: between dashes of a hashed bond


def typical_length(sketch: Sketch, thickness: float) -> float:
    """The length most ink of straight pieces is in, px."""
    lengths = np.sort([sketch.length(p) for p in sketch.pieces if sketch.length(p) > 4 * thickness])
    if not len(lengths):
        return 12 * thickness
    return float(lengths[np.searchsorted(np.cumsum(lengths), lengths.sum() / 2)])


def hashes(found: Sequence[Shape], bond: float, thickness: float) -> list[tuple[list[Shape], Spot, Spot]]:
    """Rows of dashes: their shapes, and where the row begins (at the narrow end) and ends."""
    dashes = [s for s in found if s.size[0] < 0.48 * bond and s.size[1] < 2.2 * thickness + 2]
    dashes = dashes if len(dashes) < _MOST else []
    rows: list[list[Shape]] = []
    used: set[int] = set()
    for row in sorted((_row(start, dashes, bond) for start in _pairs(dashes, bond)), key=len, reverse=True):
        least = 3 if any(s.size[0] > 2 * s.size[1] for s in row) else 4
        if len(row) >= least and not used & {s.number for s in row}:
            used |= {s.number for s in row}
            rows.append(row)
    return [_ends(row) for row in rows]


def _pairs(dashes: Sequence[Shape], bond: float) -> list[tuple[Shape, Shape]]:
    near = []
    for one in dashes:
        for other in dashes:
            if one is not other and np.hypot(*(one.middle - other.middle)) < _STEP * bond:
                near.append((one, other))
    return near if len(near) < 4000 else []


def _row(start: tuple[Shape, Shape], dashes: Sequence[Shape], bond: float) -> list[Shape]:
    """Go on from two dashes in their direction as long as there is another at about the same distance."""
    row = list(start)
    while True:
        step = row[-1].middle - row[-2].middle
        length = float(np.hypot(*step))
        best: Shape | None = None
        for other in dashes:
            if other in row:
                continue
            way = other.middle - row[-1].middle
            far = float(np.hypot(*way))
            whole = other.middle - row[0].middle
            straight = angle(whole, row[-1].middle - row[0].middle) < 14 and angle(way, step) < 38
            if (
                straight
                and 0.5 * length < far < min(1.9 * length, _STEP * bond)
                and (best is None or far < np.hypot(*(best.middle - row[-1].middle)))
            ):
                best = other
        if best is None:
            return row
        row.append(best)


def _ends(row: list[Shape]) -> tuple[list[Shape], Spot, Spot]:
    sizes = np.array([s.size[0] for s in row])
    half = len(row) // 2
    if sizes[:half].mean() > sizes[-half:].mean():
        row = row[::-1]
    first, last = row[0].middle, row[-1].middle
    step = (last - first) / (len(row) - 1)
    return row, first - 0.6 * step, last + 0.3 * step


def pair_up(sketch: Sketch, bond: float, thickness: float, reached: Reached) -> None:
    """Parallel lines close together become one piece of a higher order."""
    long = [p for p in sketch.pieces if sketch.length(p) > 0.15 * bond and not p.mark]
    if len(long) > _MOST:
        return
    touching = sketch.touching()
    rank = {id(p): (_held(sketch, p, touching, reached), sketch.length(p)) for p in long}
    sides: dict[int, list[Piece]] = {}
    gone: set[int] = set()
    for side in sorted(long, key=lambda p: rank[id(p)]):
        mains = [p for p in long if p is not side and id(p) not in gone and _beside(sketch, p, side, bond, thickness)]
        mains = [p for p in mains if rank[id(p)] >= rank[id(side)]]
        if mains:
            sides.setdefault(id(max(mains, key=lambda p: rank[id(p)])), []).append(side)
            gone.add(id(side))
    for main in long:
        own = sides.get(id(main), [])
        if id(main) not in gone and own:
            _raise(sketch, main, own, bond)
    # what lay beside a line that lies beside another itself, the outer ones of a triple bond, went with it
    for main in long:
        if id(main) in gone:
            for side in sides.get(id(main), []):
                sketch.pieces = [p for p in sketch.pieces if p is not side]


def _held(sketch: Sketch, piece: Piece, touching: dict[int, list[Piece]], reached: Reached) -> int:
    return sum(len(touching[end]) > 1 or reached(sketch.points[end]) for end in piece.ends)


def _beside(sketch: Sketch, main: Piece, side: Piece, bond: float, thickness: float) -> bool:
    (a, b), (c, d) = sketch.at(main), sketch.at(side)
    if abs(a[0] + b[0] - c[0] - d[0]) + abs(a[1] + b[1] - c[1] - d[1]) > 2.9 * (sketch.length(main) + _APART * bond):
        return False
    way = (b - a) / max(float(np.hypot(*(b - a))), 1e-6)
    turn = angle(b - a, d - c)
    shared = bool(set(main.ends) & set(side.ends))
    if min(turn, 180 - turn) > (16 if shared else 10):
        return False
    off = abs(float(way[0] * ((c + d) / 2 - a)[1] - way[1] * ((c + d) / 2 - a)[0]))
    if off > _APART * bond or off < (0.4 if shared else 1.1) * thickness:
        return False
    along = sorted((float((c - a) @ way), float((d - a) @ way)))
    common = min(along[1], float(np.hypot(*(b - a)))) - max(along[0], 0.0)
    return common > 0.7 * (along[1] - along[0])


def _raise(sketch: Sketch, main: Piece, sides: Sequence[Piece], bond: float) -> None:
    """Make the part of a line that others lie beside a double or triple bond."""
    first, last = sketch.at(main)
    length = sketch.length(main)
    way = (last - first) / max(length, 1e-6)
    spans = []
    for side in sides:
        ends = sorted(float((spot - first) @ way) for spot in sketch.at(side))
        spans.append((max(ends[0], 0.0), min(ends[1], length), side))
    spans.sort(key=lambda x: x[0])
    groups: list[list[tuple[float, float, Piece]]] = []
    for span in spans:
        if groups and span[0] < max(x[1] for x in groups[-1]) - 0.2 * bond:
            groups[-1].append(span)
        else:
            groups.append([span])
    rest = main
    passed = 0.0
    for group in groups:
        start, stop = min(x[0] for x in group), max(x[1] for x in group)
        if start - passed > 0.5 * bond:
            sketch.split(rest, first + way * (start - 0.05 * bond))
            rest = sketch.pieces[-1]
        tail: Piece | None = None
        if length - stop > 0.5 * bond:
            sketch.split(rest, first + way * (stop + 0.05 * bond))
            tail = sketch.pieces[-1]
        rest.order = min(1 + len(group), 3)
        for *_, side in group:
            _absorb(sketch, rest, side, bond)
        if tail is None:
            break
        rest, passed = tail, stop


def _absorb(sketch: Sketch, main: Piece, side: Piece, bond: float) -> None:
    """Take a line away; what was joined to its ends is joined to the main line's."""
    sketch.pieces = [p for p in sketch.pieces if p is not side]
    touching = sketch.touching()
    for end in side.ends:
        if end in touching and end not in main.ends:
            near = min(main.ends, key=lambda e: float(np.hypot(*(sketch.points[e] - sketch.points[end]))))
            if np.hypot(*(sketch.points[near] - sketch.points[end])) < 0.45 * bond:
                sketch.merge(end, near)


def wedge(sketch: Sketch, bond: float, thickness: float) -> None:
    """Plain lines that get wider from one end to the other are wedges; thin lines vary by a pixel anyway."""
    least = 1.9 if thickness < _FIRM else 1.4
    for piece in sketch.pieces:
        narrow, wide = sorted(piece.widths)
        if piece.mark or piece.order > 1 or sketch.length(piece) < 0.42 * bond:
            continue
        if wide > least * thickness and wide > 1.55 * narrow:
            piece.mark = "up"
            if piece.widths[0] > piece.widths[1]:
                piece.ends, piece.widths = piece.ends[::-1], piece.widths[::-1]


def bold(sketch: Sketch, thickness: float) -> None:
    """A single fat line at a branch is meant as a wedge that begins there."""
    fat = [p for p in sketch.pieces if not p.mark and p.order == 1 and min(p.widths) > 2.0 * thickness]
    touching = sketch.touching()
    for piece in fat:
        counts = [len(touching[end]) for end in piece.ends]
        alone = not any(other in fat for end in piece.ends for other in touching[end] if other is not piece)
        if alone and sorted(count > 2 for count in counts) == [False, True]:
            piece.mark = "up"
            piece.ends = piece.ends if counts[0] > 2 else piece.ends[::-1]


def bridge(sketch: Sketch, bond: float, thickness: float, reached: Reached) -> None:
    """Two halves of a line that is interrupted where another passes over it become one."""
    touching = sketch.touching()
    free = [
        (end, p) for p in sketch.pieces for end in p.ends if len(touching[end]) == 1 and not reached(sketch.points[end])
    ]
    for n, (one, first) in enumerate(free):
        for other, second in free[n + 1 :]:
            if first is second or first not in sketch.pieces or second not in sketch.pieces:
                continue
            gap = sketch.points[other] - sketch.points[one]
            starts = sketch.points[first.other(one)], sketch.points[second.other(other)]
            ways = sketch.points[one] - starts[0], starts[1] - sketch.points[other]
            if not thickness < np.hypot(*gap) < 0.4 * bond or max(angle(ways[0], ways[1]), angle(ways[0], gap)) > 12:
                continue
            if np.hypot(*(starts[1] - starts[0])) < 1.8 * bond:
                first.ends = (first.other(one), second.other(other))
                sketch.pieces.remove(second)


def contract(sketch: Sketch, reach: float) -> None:
    """Plain pieces shorter than `reach` px that join others vanish, the shortest first."""
    while True:
        touching = sketch.touching()
        plain = [p for p in sketch.pieces if not p.mark and max(len(touching[end]) for end in p.ends) > 1]
        short = [p for p in plain if sketch.length(p) < reach * _more(sketch, p, touching)]
        if not short:
            return
        collapse(sketch, short, touching)
        _single(sketch)


def _more(sketch: Sketch, piece: Piece, touching: dict[int, list[Piece]]) -> float:
    """How much longer what thinning leaves is at the wide end of a wedge, and where it goes on with a wedge."""
    for end in piece.ends:
        for other in touching[end]:
            if other.mark == "up":
                ways = [sketch.points[end] - sketch.points[p.other(end)] for p in (piece, other)]
                if len(touching[end]) == 2 and angle(ways[0], ways[1]) > 155:
                    return 2.2
                if other.ends[1] == end:
                    return 1.5
    return 1.0


def _single(sketch: Sketch) -> None:
    """Two pieces between the same points are one of the higher order."""
    seen: dict[tuple[int, int], Piece] = {}
    kept = []
    for piece in sketch.pieces:
        key = (min(piece.ends), max(piece.ends))
        if key in seen:
            seen[key].order = max(seen[key].order, piece.order)
            seen[key].mark = seen[key].mark or piece.mark
        else:
            seen[key] = piece
            kept.append(piece)
    sketch.pieces = kept


def uncross(sketch: Sketch, bond: float) -> None:
    """Two lines that cross without meeting: straight through, and of four pieces that are short for bonds."""
    touching = sketch.touching()
    for point, pieces in touching.items():
        if len(pieces) != 4 or any(p not in sketch.pieces or p.mark for p in pieces):
            continue
        if sum(len(touching[p.other(point)]) == 1 for p in pieces) > 1:
            continue  # three ends that lead to labels or nowhere: a carbon
        ways = [sketch.points[p.other(point)] - sketch.points[point] for p in pieces]
        turns = [angle(ways[0], way) for way in ways]
        facing = int(np.argmax(turns))
        others = [n for n in (1, 2, 3) if n != facing]
        if turns[facing] < 168 or angle(ways[others[0]], ways[others[1]]) < 168:
            continue
        lengths = [float(np.hypot(*way)) for way in ways]
        whole = (lengths[0] + lengths[facing], lengths[others[0]] + lengths[others[1]])
        if min(whole) > 1.45 * bond or max(whole) > 2.1 * bond:
            continue
        for one, other in ((0, facing), tuple(others)):
            pieces[one].ends = (pieces[one].other(point), pieces[other].other(point))
            pieces[one].order = max(pieces[one].order, pieces[other].order)
            sketch.pieces.remove(pieces[other])


def waves(sketch: Sketch, bond: float) -> None:
    """Zigzags of pieces much shorter than bonds are wavy bonds."""
    touching = sketch.touching()
    short = {id(p) for p in sketch.pieces if sketch.length(p) < 0.36 * bond and not p.mark}
    seen: set[int] = set()
    for piece in list(sketch.pieces):
        if id(piece) not in short or id(piece) in seen:
            continue
        chain, ends = [piece], list(piece.ends)
        for side in (0, 1):
            while len(touching[ends[side]]) == 2:
                after = next((p for p in touching[ends[side]] if p not in chain), None)
                if after is None or id(after) not in short:
                    break
                chain.append(after)
                ends[side] = after.other(ends[side])
        seen |= {id(p) for p in chain}
        whole = float(np.hypot(*(sketch.points[ends[0]] - sketch.points[ends[1]])))
        if len(chain) >= 4 and ends[0] != ends[1] and 0.5 * bond < whole < 1.8 * bond:
            sketch.pieces = [p for p in sketch.pieces if p not in chain]
            sketch.pieces.append(Piece((ends[0], ends[1]), mark="wavy"))


def circles(found: Sequence[Shape], numbers: np.ndarray, bond: float) -> list[tuple[Shape, float]]:
    """Circles inside of aromatic rings, and their radii, px."""
    made = []
    for shape in found:
        left, top, right, bottom = shape.box
        width, height = right - left, bottom - top
        if not 0.6 * bond < width < 2.2 * bond or abs(width - height) > 0.12 * width or shape.bar:
            continue
        rows, columns = np.nonzero(numbers[top:bottom, left:right] == shape.number)
        away = np.hypot(columns + 0.5 - width / 2, rows + 0.5 - height / 2)
        turns = (np.arctan2(rows + 0.5 - height / 2, columns + 0.5 - width / 2) + np.pi) * 36 / (2 * np.pi)
        count = np.bincount(turns.astype(int).clip(0, 35), minlength=36)
        means = np.bincount(turns.astype(int).clip(0, 35), away, minlength=36) / count.clip(1)
        if count.min() > 0 and means.std() < 0.02 * means.mean() and away.min() > 0.3 * width:
            made.append((shape, float(away.mean())))
    return made


def aromatic(sketch: Sketch, inside: Sequence[tuple[Shape, float]]) -> None:
    """Lines around a circle are bonds of an aromatic ring (order 4)."""
    for shape, radius in inside:
        for piece in sketch.pieces:
            ends = [float(np.hypot(*(spot - shape.middle))) for spot in sketch.at(piece)]
            middle = float(np.hypot(*(sum(sketch.at(piece)) / 2 - shape.middle)))
            if max(ends) < 2.4 * radius and min(ends) > radius and middle < min(1.02 * max(ends), 1.9 * radius):
                along = abs(ends[0] - ends[1]) < 0.25 * radius
                piece.order = 4 if along else piece.order
