"""Our own reader of molecules: lines, letters, and how they go together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legenda.notation.base import Raster
from legenda.notation.molecule import bonds, glued, labels, molfile, valences
from legenda.notation.molecule.assembly import assembled
from legenda.notation.molecule.labels import Letter
from legenda.notation.molecule.molfile import Molecule
from legenda.notation.molecule.sketch import Sketch, Spot, sketched, straighten
from legenda.notation.molecule.strokes import Drawing, drawing

_BOND = 100  # px: drawings with shorter bonds are enlarged
_MOST, _ENDS = 900, 400  # lines that are no letters, and their loose ends: more are a texture, and would take long
_LEAST = 2  # atoms of a molecule
_STRAY, _SPECK = 6, 3  # atoms, of carbon alone and of anything, that are no molecule beside a large one


@dataclass(frozen=True, slots=True)
class Understood:
    """A drawing as it was taken apart.

    Attributes:
        molecule: all of it, what no bond joins included.
        bond: length of most bonds, px.
        letters: the shapes taken for letters.
        numbers: of each pixel's shape, which `Letter.number` means.
    """

    molecule: Molecule
    bond: float
    letters: list[Letter]
    numbers: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Found:
    """One molecule.

    Attributes:
        mol: MOL block (CTfile V2000).
        sure: probability that its letters were read right.
        doubts: what was not understood, or empty.
        box: left, top, right, bottom of its atoms on the crop, px.
    """

    mol: str
    sure: float
    doubts: tuple[str, ...]
    box: tuple[float, float, float, float]


def read(crop: Raster) -> list[Found]:
    """The molecules of a picture.

    Args:
        crop: uint8, [height, width] grey.
    """
    picture = drawing(crop)
    if picture is None:
        return []
    drawn = understood(picture)
    if drawn.bond < _BOND:
        picture = drawing(crop, picture.scale * _BOND / drawn.bond) or picture
        drawn = understood(picture)
    return found(drawn, picture.scale)


def found(drawn: Understood, scale: float) -> list[Found]:
    """Its molecules, on a crop that was enlarged `scale` times."""
    parts = separate(drawn.molecule)
    largest = max(parts, key=lambda part: len(part.atoms), default=Molecule())
    made = []
    for molecule in parts:
        doubts = [*molecule.doubts, *valences.objections(molecule)]
        if molecule is largest and any(_stray(part, largest) and _inside(part, largest, drawn.bond) for part in parts):
            doubts.append("A part of it is joined to nothing")
        mol = "" if _stray(molecule, largest) else molfile.written(molecule, drawn.bond)
        if mol and len(molecule.atoms) >= _LEAST:
            left, top, right, bottom = ((side - 2) / scale for side in molecule.box())
            made.append(Found(mol, molecule.sure, tuple(doubts), (left, top, right, bottom)))
    return made


def _stray(molecule: Molecule, largest: Molecule) -> bool:
    """Whether lines beside a molecule three times as large are underlining, arrows, brackets, or a bit of a caption."""
    count = len(molecule.atoms)
    carbon = all(atom.element == "C" for atom in molecule.atoms)
    return 3 * count <= len(largest.atoms) and (count <= _SPECK or (count <= _STRAY and carbon))


def _inside(part: Molecule, largest: Molecule, bond: float) -> bool:
    """Whether atoms that are named stand between those of a molecule: then a line to them was not understood."""
    left, top, right, bottom = largest.box()
    named = [spot for atom, spot in zip(part.atoms, part.spots, strict=True) if atom.element not in ("C", "*")]
    reach = 0.5 * bond
    return any(left - reach < x < right + reach and top - reach < y < bottom + reach for x, y in named)


def understood(picture: Drawing) -> Understood:
    """Take a drawing apart."""
    shapes, numbers = labels.shapes(picture.ink, picture.thickness)
    sketch = sketched(picture, picture.ink)
    bond = bonds.typical_length(sketch, picture.thickness)
    rows = bonds.hashes(shapes, bond, picture.thickness)
    taken = {shape.number for row, *_ in rows for shape in row}
    letters = labels.letters([s for s in shapes if s.number not in taken], numbers, bond)
    taken |= {letter.number for letter in letters}
    inside = bonds.circles([s for s in shapes if s.number not in taken], numbers, bond)
    taken |= {shape.number for shape, _ in inside}
    _without(sketch, numbers, taken)
    ends = sum(len(pieces) == 1 for pieces in sketch.touching().values())
    if len(sketch.pieces) > _MOST or ends > _ENDS:
        return Understood(Molecule(), bond, [], numbers)
    letters += glued.freed(sketch, picture, labels.typical(letters) or 0.4 * bond)
    spelled = labels.labels(letters)
    bonds.waves(sketch, bond)

    def reached(spot: Spot) -> bool:
        return any(label.nearest(spot)[1] < 0.35 * bond for label in spelled)

    bonds.pair_up(sketch, bond, picture.thickness, reached)
    bonds.wedge(sketch, bond, picture.thickness)
    bonds.contract(sketch, max(0.25 * bond, min(3.5 * picture.thickness, 0.3 * bond)))
    straighten(sketch, picture.thickness)
    bonds.bold(sketch, picture.thickness)
    bonds.bridge(sketch, bond, picture.thickness, reached)
    bonds.uncross(sketch, bond)
    bonds.aromatic(sketch, inside)
    return Understood(assembled(sketch, rows, spelled, bond), bond, letters, numbers)


def _without(sketch: Sketch, numbers: np.ndarray, taken: set[int]) -> None:
    """Take the lines of some shapes away."""

    def shape(point: int) -> int:
        x, y = sketch.points[point].round().astype(int)
        return int(numbers[y - 1 : y + 2, x - 1 : x + 2].max())

    sketch.pieces = [piece for piece in sketch.pieces if shape(piece.ends[0]) not in taken]


def separate(whole: Molecule) -> list[Molecule]:
    """Molecules that no bond joins, from top to bottom and left to right."""
    group = list(range(len(whole.atoms)))

    def root(n: int) -> int:
        while group[n] != n:
            n = group[n]
        return n

    for one, other, *_ in whole.bonds:
        group[root(one)] = root(other)
    members: dict[int, list[int]] = {}
    for n in range(len(group)):
        members.setdefault(root(n), []).append(n)
    return [whole.part(chosen) for chosen in members.values()]
