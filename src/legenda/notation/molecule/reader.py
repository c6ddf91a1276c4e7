"""A crop with one molecule or several to a `Notation`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from legenda.document import Line, Notation
from legenda.notation.base import Raster, grey
from legenda.notation.molecule import chemistry, osra

ENGINE = "osra"
# scales tried after the first where RDKit objects; OSRA reads most drawings alike at all of them
_SCALES = (0.5, 1.5)
# how often readings are right, seen on patent drawings: without an objection, and with one
_SOUND, _DOUBTED = 0.9, 0.1


@dataclass(frozen=True, slots=True)
class _Reading:
    """Molecules of one attempt."""

    smiles: tuple[str, ...]
    mols: tuple[str, ...]
    problem: str

    @property
    def worth(self) -> tuple[bool, int]:
        """Sound ones first, then those with more in them."""
        return not self.problem, sum(map(len, self.smiles))


def read(crop: Raster, lines: Sequence[Line] = ()) -> Notation:
    """Structural formulas as SMILES, a line each, and as MOL (an SD file where there are several).

    Args:
        crop: see `legenda.notation.read`.
        lines: not used.

    Raises:
        MissingComponentError: OSRA is not installed, or cannot be confined here.
        EngineError: it took too long.
    """
    shades = grey(crop)
    best = _attempt(shades, 1.0)
    if chemistry.available():
        for scale in _SCALES:
            if not best.problem:
                break
            best = max(best, _attempt(shades, scale), key=lambda reading: reading.worth)
    if not best.mols:
        return Notation("molecule", {}, 0.0, ENGINE, "No molecule was found on the crop.")
    forms = {"smiles": "\n".join(best.smiles), "mol": "$$$$\n".join(best.mols)}
    if len(best.mols) > 1:
        forms["mol"] += "$$$$\n"
    sure = _DOUBTED if best.problem else _SOUND ** len(best.mols)
    return Notation("molecule", {k: v for k, v in forms.items() if v.strip()}, round(sure, 4), ENGINE, best.problem)


def _attempt(shades: Raster, scale: float) -> _Reading:
    checking = chemistry.available()
    found = sorted(osra.read(shades, scale, smiles=not checking), key=lambda x: (round(x.box[1] / 50), x.box[0]))
    mols = tuple(x.mol for x in found)
    if not checking:
        problem = "It was not checked, since RDKit is not installed; run: pip install 'legenda[chemistry]'"
        return _Reading(tuple(x.smiles for x in found), mols, problem)
    checked = [chemistry.check(mol) for mol in mols]
    problems = [f"Molecule {n}: {x.problem}." for n, x in enumerate(checked, 1) if x.problem]
    return _Reading(tuple(x.smiles for x in checked), mols, " ".join(problems) or ("" if mols else "nothing"))
