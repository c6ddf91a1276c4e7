"""A crop with one molecule or several to a `Notation`: two readers, and what both together are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from legenda.document import Line, Notation
from legenda.errors import EngineError, MissingComponentError
from legenda.notation.base import Raster, grey
from legenda.notation.molecule import chemistry, osra, vectors

OWN, OTHER = "legenda-molecule", "osra"
# scales OSRA tries after the first where something speaks against both readings; most drawings it reads alike at all
_SCALES = (0.5, 1.5)
# how often readings are right, by what speaks for them; seen on drawings of patents (training/molecule, `measure`)
_AGREED, _HALF, _CHOSEN, _ALONE, _DOUBTED = 0.98, 0.8, 0.75, 0.97, 0.3
# how far what the letters' network says of them tells of the whole molecule: it is too modest by far
_MODEST = 0.3


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader says of a crop.

    Attributes:
        engine: who reads.
        smiles: a molecule each, canonical; empty strings where RDKit refuses them, nothing at all without RDKit.
        mols: MOL blocks.
        problem: what speaks against it, or empty.
        sure: probability that letters were read right, 0..1; 1 where the reader does not say.
    """

    engine: str
    smiles: tuple[str, ...]
    mols: tuple[str, ...]
    problem: str
    sure: float = 1.0

    @property
    def sound(self) -> bool:
        """Whether there are molecules, and nothing speaks against them."""
        return bool(self.mols) and not self.problem

    def agrees(self, other: Reading) -> bool:
        """Whether both read the same molecules."""
        return bool(self.smiles) and all(self.smiles) and sorted(self.smiles) == sorted(other.smiles)


def read(crop: Raster, lines: Sequence[Line] = ()) -> Notation:
    """Structural formulas as SMILES, a line each, and as MOL (an SD file where there are several).

    Our own reader reads every crop. Where OSRA is installed it reads it, too: what both read alike is nearly certain;
    where they differ the one nothing speaks against is taken, and the problem says that they differ. Without RDKit
    nothing is compared, and our own reader writes no SMILES.

    Args:
        crop: see `legenda.notation.read`.
        lines: not used.
    """
    shades = grey(crop)
    own = ours(shades)
    return weighed(own, others(shades, own))


def weighed(own: Reading, other: Reading | None) -> Notation:
    """What two readings, or ours alone, are worth together."""
    if other is None or not (own.mols or other.mols):
        problem = f"{own.problem} {_SECOND}" if own.mols and own.problem and other is None else own.problem
        return _told(own, _ALONE * own.sure**_MODEST if own.sound else _DOUBTED, problem)
    if own.agrees(other):
        return _told(own, _AGREED if own.sound else _HALF, own.problem)
    best = chosen(own, other)
    rest = other if best is own else own
    problem = best.problem
    if best.sound and rest.mols and chemistry.available():
        problem = f"Two readers differ: {rest.engine} reads {' '.join(rest.smiles) or 'something else'}."
    return _told(best, _CHOSEN if best.sound else _DOUBTED, problem)


def ours(shades: Raster) -> Reading:
    """What our own reader says of a grey crop."""
    found = sorted(vectors.read(shades), key=lambda x: (round(x.box[1] / 50), x.box[0]))
    doubts = [text for x in found for text in x.doubts]
    return _checked(OWN, [x.mol for x in found], doubts, min((x.sure for x in found), default=0.0))


def others(shades: Raster, own: Reading) -> Reading | None:
    """OSRA's best reading of a grey crop; `None` where it is not installed, cannot be confined, or takes too long."""
    try:
        best = _attempt(shades, 1.0)
        if chemistry.available() and not own.sound and (own.mols or best.mols):
            for scale in _SCALES:
                if best.sound:
                    break
                best = max(best, _attempt(shades, scale), key=lambda x: (x.sound, sum(map(len, x.smiles))))
    except (MissingComponentError, EngineError):
        return None
    return best


def _attempt(shades: Raster, scale: float) -> Reading:
    checking = chemistry.available()
    found = sorted(osra.read(shades, scale, smiles=not checking), key=lambda x: (round(x.box[1] / 50), x.box[0]))
    if checking:
        return _checked(OTHER, [x.mol for x in found])
    return Reading(OTHER, tuple(x.smiles for x in found), tuple(x.mol for x in found), _UNCHECKED)


_SECOND = "There was no second reading, which OSRA would give."
_UNCHECKED = "It was not checked, since RDKit is not installed; run: pip install 'legenda[chemistry]'"


def _checked(engine: str, mols: Sequence[str], doubts: Sequence[str] = (), sure: float = 1.0) -> Reading:
    if not chemistry.available():
        return Reading(engine, (), tuple(mols), " ".join([*doubts, _UNCHECKED]), sure)
    checked = [chemistry.check(mol) for mol in mols]
    problems = [f"Molecule {n}: {x.problem}." for n, x in enumerate(checked, 1) if x.problem]
    problems += [f"{text[0].upper()}{text[1:]}." for text in doubts]
    return Reading(engine, tuple(x.smiles for x in checked), tuple(mols), " ".join(problems), sure)


def chosen(own: Reading, other: Reading) -> Reading:
    """Of two readings that differ the likelier one."""
    if own.sound != other.sound:
        return own if own.sound else other
    return max((own, other), key=lambda x: (bool(x.mols), sum(map(bool, x.smiles)), x is own))


def _told(reading: Reading, sure: float, problem: str) -> Notation:
    if not reading.mols:
        return Notation("molecule", {}, 0.0, reading.engine, "No molecule was found on the crop.")
    forms = {"smiles": "\n".join(reading.smiles), "mol": "$$$$\n".join(reading.mols)}
    if len(reading.mols) > 1:
        forms["mol"] += "$$$$\n"
    forms = {name: text for name, text in forms.items() if text.strip()}
    return Notation("molecule", forms, round(sure, 4), reading.engine, problem)
