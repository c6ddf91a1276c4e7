"""Molecules as MOL blocks (CTfile V2000)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from legenda.notation.molecule.condensed import Atom
from legenda.notation.molecule.sketch import Spot

_STEREO = {"": 0, "up": 1, "wavy": 4, "down": 6}
_MOST = 999  # atoms or bonds the format has room for


@dataclass(slots=True)
class Molecule:
    """Atoms, where they are drawn, and bonds.

    Attributes:
        atoms: what they are.
        spots: of each, px, y downwards.
        bonds: two atoms (the narrow end of a wedge first), order (4 aromatic), and its mark as in `Piece`.
        sure: probability that all letters were read right.
        doubts: what on the drawing speaks against it.
    """

    atoms: list[Atom] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    bonds: list[tuple[int, int, int, str]] = field(default_factory=list)
    sure: float = 1.0
    doubts: list[str] = field(default_factory=list)

    def part(self, chosen: Sequence[int]) -> Molecule:
        """The molecule that some of its atoms are."""
        place = {atom: n for n, atom in enumerate(chosen)}
        bonds = [(place[a], place[b], order, mark) for a, b, order, mark in self.bonds if a in place and b in place]
        return Molecule([self.atoms[n] for n in chosen], [self.spots[n] for n in chosen], bonds, self.sure, self.doubts)

    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of where its atoms are, px."""
        x, y = [float(spot[0]) for spot in self.spots], [float(spot[1]) for spot in self.spots]
        return min(x), min(y), max(x), max(y)


def written(molecule: Molecule, bond: float) -> str:
    """A MOL block, bonds of `bond` px 1.5 long; empty where there are more atoms than it can say."""
    if max(len(molecule.atoms), len(molecule.bonds)) > _MOST or not molecule.atoms:
        return ""
    lines = ["", "  Legenda", "", f"{len(molecule.atoms):3d}{len(molecule.bonds):3d}  0  0  1  0  0  0  0  0999 V2000"]
    scale = 1.5 / bond
    for atom, (x, y) in zip(molecule.atoms, molecule.spots, strict=True):
        lines.append(
            f"{x * scale:10.4f}{-y * scale:10.4f}{0:10.4f} {atom.element:<3s} 0  0  0  0  0  0  0  0  0  0  0  0"
        )
    for one, other, order, mark in molecule.bonds:
        lines.append(f"{one + 1:3d}{other + 1:3d}{order:3d}{_STEREO[mark]:3d}")
    lines += _properties("CHG", [atom.charge for atom in molecule.atoms])
    lines += _properties("ISO", [atom.mass for atom in molecule.atoms])
    return "\n".join([*lines, "M  END", ""])


def _properties(name: str, values: Sequence[int]) -> list[str]:
    """Lines of eight at most, of the values that are not nought."""
    said = [(n, value) for n, value in enumerate(values, 1) if value]
    groups = [said[at : at + 8] for at in range(0, len(said), 8)]
    return [f"M  {name}{len(group):3d}" + "".join(f"{n:4d}{value:4d}" for n, value in group) for group in groups]
