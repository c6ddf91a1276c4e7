"""Lines and labels put together to molecules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legenda.notation.molecule import condensed
from legenda.notation.molecule.condensed import Atom
from legenda.notation.molecule.labels import Label, Shape
from legenda.notation.molecule.molfile import Molecule
from legenda.notation.molecule.sketch import Piece, Sketch, Spot

_REACH, _NEAR = 0.5, 0.2  # of a bond's length: from its end to the label it points at, or one beside it
_MEET = 0.3  # of a bond's length: between the end of a line of dashes and the atom meant

Row = tuple[list[Shape], Spot, Spot]


@dataclass(slots=True)
class _Joint:
    """A label and a letter of it."""

    label: int
    letter: int


def assembled(sketch: Sketch, rows: Sequence[Row], labels: Sequence[Label], bond: float) -> Molecule:
    """One `Molecule` of all that is drawn; labels no bond leads to are left out."""
    joints = _joined(sketch, labels, bond)
    _meet(sketch, joints, bond)
    for _, first, last in rows:
        _hashed(sketch, first, last, joints, labels, bond)
    _drop_strays(sketch, joints, bond)
    return _molecule(sketch, joints, labels)


def points_at(spot: Spot, way: Spot, labels: Sequence[Label], bond: float) -> _Joint | None:
    """The label and letter a line that ends at `spot` in direction `way` leads to."""
    best: tuple[float, _Joint] | None = None
    unit = way / max(float(np.hypot(*way)), 1e-6)
    for n, label in enumerate(labels):
        letter, gap = label.nearest(spot)
        if gap > _REACH * bond:
            continue
        ahead = min(label.nearest(spot + unit * reach)[1] for reach in (0.1 * bond, 0.25 * bond, 0.4 * bond))
        if gap < _NEAR * bond or ahead < 0.05 * bond:
            if ahead < gap:
                letter = label.nearest(spot + unit * min(gap + 0.08 * bond, 0.4 * bond))[0]
            cost = gap + ahead
            if best is None or cost < best[0]:
                best = (cost, _Joint(n, letter))
    return best[1] if best else None


def _joined(sketch: Sketch, labels: Sequence[Label], bond: float) -> dict[int, _Joint]:
    """Ends of lines that are at labels."""
    found: dict[int, _Joint] = {}
    for point, pieces in sketch.touching().items():
        if len(pieces) > 2:
            continue
        here = sketch.points[point]
        ways = [here - sketch.points[piece.other(point)] for piece in pieces]
        if len(pieces) == 2:
            near = [n for n, label in enumerate(labels) if label.nearest(here)[1] < 0.12 * bond]
            if near:
                found[point] = _Joint(near[0], labels[near[0]].nearest(here)[0])
            continue
        joint = points_at(here, ways[0], labels, bond)
        if joint:
            found[point] = joint
    return found


def _meet(sketch: Sketch, joints: dict[int, _Joint], bond: float) -> None:
    """Free ends that nearly touch another line's end, or another line, end there."""
    for point, pieces in list(sketch.touching().items()):
        if len(pieces) != 1 or point in joints:
            continue
        here = sketch.points[point]
        touching = sketch.touching()
        others = [p for p in touching if p != point and p not in pieces[0].ends and p not in joints]
        near = [(float(np.hypot(*(sketch.points[p] - here))), p) for p in others]
        if near and min(near)[0] < 0.17 * bond:
            sketch.merge(point, min(near)[1])
            continue
        crossed = _under(sketch, here, pieces[0], 0.1 * bond)
        if crossed:
            sketch.merge(point, sketch.split(crossed, here))


def _under(sketch: Sketch, spot: Spot, own: Piece, reach: float) -> Piece | None:
    """A line whose middle part is at a spot."""
    for piece in sketch.pieces:
        if piece is own or set(piece.ends) & set(own.ends) or piece.order > 1 or piece.mark:
            continue
        first, last = sketch.at(piece)
        length = sketch.length(piece)
        way = (last - first) / max(length, 1e-6)
        along = float((spot - first) @ way)
        off = abs(float(way[0] * (spot - first)[1] - way[1] * (spot - first)[0]))
        if off < reach and 0.25 * length < along < 0.75 * length:
            return piece
    return None


def _hashed(
    sketch: Sketch, first: Spot, last: Spot, joints: dict[int, _Joint], labels: Sequence[Label], bond: float
) -> None:
    """A row of dashes from the nearest point to a point, a label, or nothing (then a carbon)."""
    ends = []
    for spot, way in ((first, first - last), (last, last - first)):
        joint = points_at(spot, way, labels, bond)
        near = [x for x in _ahead(sketch, spot, way, bond) if x[1] not in ends and x[1] not in joints]
        if near and (joint is None or min(near)[0] < labels[joint.label].nearest(spot)[1]):
            ends.append(min(near)[1])
            continue
        through = None if joint else _under(sketch, spot, Piece((-1, -1)), 0.2 * bond)
        point = sketch.split(through, spot) if through else sketch.add(spot)
        ends.append(point)
        if joint:
            joints[point] = joint
    if ends[0] != ends[1]:
        sketch.pieces.append(Piece((ends[0], ends[1]), mark="down"))


def _ahead(sketch: Sketch, spot: Spot, way: Spot, bond: float) -> list[tuple[float, int]]:
    """Points close to a spot, or farther on in its direction, and how far each is."""
    unit = way / max(float(np.hypot(*way)), 1e-6)
    found = []
    for point in sketch.touching():
        to = sketch.points[point] - spot
        far, along = float(np.hypot(*to)), float(to @ unit)
        aside = abs(float(to[0] * unit[1] - to[1] * unit[0]))
        if far < _MEET * bond or (0 < along < 2 * _MEET * bond and aside < 0.12 * bond):
            found.append((far, point))
    return found


def _drop_strays(sketch: Sketch, joints: dict[int, _Joint], bond: float) -> None:
    """Specks and lines nothing is joined to."""
    touching = sketch.touching()
    for piece in list(sketch.pieces):
        free = [end for end in piece.ends if len(touching[end]) == 1 and end not in joints]
        if len(free) == 2 and (len(sketch.pieces) > 1 and sketch.length(piece) < 0.5 * bond):
            sketch.pieces.remove(piece)


def _molecule(sketch: Sketch, joints: dict[int, _Joint], labels: Sequence[Label]) -> Molecule:
    made = Molecule()
    atom_of: dict[int, int] = {}
    touching = sketch.touching()
    for n, label in enumerate(labels):
        ends = [point for point, joint in joints.items() if joint.label == n and point in touching]
        if ends:
            _add_label(made, label, {p: joints[p].letter for p in ends}, touching, atom_of)
    for point in touching:
        if point not in atom_of:
            made.atoms.append(Atom("C"))
            made.spots.append(sketch.points[point])
            atom_of[point] = len(made.atoms) - 1
    seen = set()
    for piece in sketch.pieces:
        one, other = (atom_of[end] for end in piece.ends)
        key = (min(one, other), max(one, other))
        if one != other and key not in seen:
            seen.add(key)
            made.bonds.append((one, other, piece.order, piece.mark))
    return made


def _add_label(
    made: Molecule, label: Label, ends: dict[int, int], touching: dict[int, list[Piece]], atom_of: dict[int, int]
) -> None:
    """A label's atoms, those named at its letters, all others just beside them."""
    drawn: dict[int, int] = {}
    for point, letter in ends.items():
        drawn[letter] = drawn.get(letter, 0) + sum(piece.order for piece in touching[point])
    made.sure *= label.sure
    try:
        part = condensed.fragment(label.text, drawn)
    except condensed.UnreadableLabelError:
        part = condensed.Fragment([Atom("*")], [], dict.fromkeys(drawn, 0))
        made.doubts.append(f"{label.text} was not understood")
    if any(atom.element == "*" for atom in part.atoms) and not made.doubts:
        made.doubts.append(f"{label.text} stands for a group that is not drawn")
    start = len(made.atoms)
    made.atoms += part.atoms
    made.bonds += [(start + a, start + b, order, "") for a, b, order in part.bonds]
    made.spots += _spots(label, part)
    for point, letter in ends.items():
        atom_of[point] = start + part.joints[letter]


def _spots(label: Label, part: condensed.Fragment) -> list[Spot]:
    places: dict[int, Spot] = {}
    for at, atom in part.joints.items():
        places.setdefault(atom, label.letters[min(at, len(label.letters) - 1)].middle)
    first = next(iter(places.values()))
    tall = max(letter.height for letter in label.letters)
    return [places.get(n, first + np.array([0.3 * (n + 1), 0.2 * (n % 3)]) * tall) for n in range(len(part.atoms))]
