"""What RDKit says of a molecule that was read: whether valences hold, and its canonical spelling."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

_MOST = 100_000  # characters of a MOL block that are parsed


@dataclass(frozen=True, slots=True)
class Checked:
    """A molecule RDKit has seen.

    Attributes:
        smiles: canonical, with stereo; empty where it does not sanitise.
        problem: what is wrong with it, or empty.
    """

    smiles: str
    problem: str


def available() -> bool:
    """Whether RDKit is installed (`pip install 'legenda[chemistry]'`)."""
    return find_spec("rdkit") is not None


def check(mol: str) -> Checked:
    """Sanitise a MOL block; hydrogens that are drawn become implicit, with the stereo only they would define."""
    from rdkit import Chem, RDLogger

    RDLogger.DisableLog("rdApp.*")  # type: ignore[attr-defined]
    parsed = Chem.MolFromMolBlock(mol, sanitize=True, removeHs=False) if len(mol) <= _MOST else None
    if parsed is None or not parsed.GetNumAtoms():
        return Checked("", "its valences do not hold")
    options = Chem.RemoveHsParameters()
    options.removeDefiningBondStereo = True  # type: ignore[assignment]
    plain = Chem.RemoveHs(parsed, options)
    Chem.AssignStereochemistry(plain, cleanIt=True, force=True)
    return Checked(Chem.MolToSmiles(plain), _doubt(plain))


def _doubt(molecule: object) -> str:
    """Atoms that were not read, or that drawings seldom mean."""
    atoms = list(molecule.GetAtoms())  # type: ignore[attr-defined]
    if any(atom.GetAtomicNum() == 0 for atom in atoms):
        return "an atom of it could not be read"
    if rare := sorted({atom.GetSymbol() for atom in atoms} - _USUAL):
        return f"it has {', '.join(rare)}, which is seldom drawn"
    if any(atom.GetNumRadicalElectrons() for atom in atoms):
        return "an atom of it lacks a bond"
    return ""


_DRAWN = "H B C N O F Na Mg Al Si P S Cl K Ca Ti Cr Mn Fe Co Ni Cu Zn Se Br Ru Pd Ag Sn I Pt Au Hg Li As"
_USUAL = frozenset(_DRAWN.split())
