"""Whether atoms have as many bonds as they can, and as many hydrogens as is written beside them."""

from __future__ import annotations

from legenda.notation.molecule.condensed import Atom
from legenda.notation.molecule.molfile import Molecule

_KNOWN = {"H": (1,), "B": (3,), "C": (4,), "N": (3, 5), "O": (2,), "Si": (4,), "P": (3, 5), "S": (2, 4, 6)}
_KNOWN |= dict.fromkeys(("F", "Cl", "Br", "I"), (1,))


def objections(molecule: Molecule) -> list[str]:
    """What is impossible, or contradicts the labels."""
    bonds = [0.0] * len(molecule.atoms)
    for one, other, order, _ in molecule.bonds:
        for atom in (one, other):
            bonds[atom] += 1.5 if order == 4 else order
    found = [_objection(atom, int(count)) for atom, count in zip(molecule.atoms, bonds, strict=True)]
    return list(dict.fromkeys(text for text in found if text))


def _objection(atom: Atom, bonds: int) -> str:
    if atom.element not in _KNOWN:
        return ""
    shift = atom.charge if atom.element in "NOPS" else -abs(atom.charge)
    allowed = [count + shift for count in _KNOWN[atom.element]]
    if bonds > max(allowed) or (atom.element == "N" and bonds == allowed[0] + 1):
        return f"{atom.element} has {bonds} bonds"
    if atom.hydrogens >= 0 and atom.element in ("C", "N", "O") and bonds + atom.hydrogens != allowed[0]:
        return f"{atom.element} has {bonds} bonds beside the hydrogens written"
    return ""
