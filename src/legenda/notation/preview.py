"""What a reading says, drawn again as SVG, to be held beside the crop it was read from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec

from legenda.document import Notation
from legenda.errors import MissingComponentError

_SIZE = 24  # px, of the type of formulas
_SIDE = 420  # px, of drawings of molecules
_MOST = 20_000  # characters that are drawn


def svg(said: Notation) -> str:
    """The reading as one SVG; empty where it says nothing, or nothing that can be drawn.

    Charts and figures bring theirs along; formulas are typeset, molecules and scores drawn when they are asked for.

    Raises:
        MissingComponentError: what draws this kind is not installed.
    """
    if "svg" in said.forms:
        return said.forms["svg"]
    form, draw = _DRAWN.get(said.kind, ("", _nothing))
    content = said.forms.get(form, "")
    return draw(content) if content.strip() and len(content) <= _MOST else ""


def _nothing(content: str) -> str:
    return ""


def _need(package: str, kind: str, what: str) -> None:
    if find_spec(package) is None:
        raise MissingComponentError(f"a {kind} cannot be drawn", f"{package} is not installed", f"pip install {what}")


def _formula(latex: str) -> str:
    """Typeset with STIX Two by ziamath; lines one below the other."""
    _need("ziamath", "formula", "'legenda[preview]'")
    import ziamath

    try:
        return str(ziamath.Latex(latex, size=_SIZE).svg())
    except Exception:  # whatever it raises on LaTeX it does not know, the reading is still there to be read
        return ""


def _molecules(mol: str) -> str:
    """Drawn by RDKit from the atoms' own places, as they were on the crop; several side by side."""
    _need("rdkit", "molecule", "'legenda[chemistry]'")
    from rdkit import Chem, RDLogger
    from rdkit.Chem import Draw

    RDLogger.DisableLog("rdApp.*")  # type: ignore[attr-defined]
    parsed = [Chem.MolFromMolBlock(block, sanitize=False) for block in mol.split("$$$$\n") if block.strip()]
    known = [molecule for molecule in parsed if molecule is not None and molecule.GetNumAtoms()]
    if not known:
        return ""
    drawn = Draw.MolsToGridImage(known, molsPerRow=min(3, len(known)), subImgSize=(_SIDE, _SIDE), useSVG=True)  # type: ignore[no-untyped-call]
    return str(drawn)


def _score(musicxml: str) -> str:
    """The first page as Verovio engraves it."""
    _need("verovio", "score", "verovio")
    import verovio

    kit = verovio.toolkit()
    kit.setOptions({"adjustPageHeight": True, "footer": "none", "header": "none"})
    return str(kit.renderToSVG(1)) if kit.loadData(musicxml) else ""


_DRAWN: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "formula": ("latex", _formula),
    "molecule": ("mol", _molecules),
    "score": ("musicxml", _score),
}
