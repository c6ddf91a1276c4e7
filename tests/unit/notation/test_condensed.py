from __future__ import annotations

import pytest
from rdkit import Chem

from legenda.notation.molecule.condensed import Fragment, UnreadableLabelError, fragment

ORDERS = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}


def smiles(part: Fragment, ends: dict[int, int]) -> str:
    """What a label stands for, with a `*` at each bond drawn to it."""
    molecule = Chem.RWMol()
    for atom in part.atoms:
        made = Chem.Atom(0 if atom.element == "*" else atom.element)
        made.SetFormalCharge(atom.charge)
        molecule.AddAtom(made)
    for one, other, order in part.bonds:
        molecule.AddBond(one, other, ORDERS[order])
    for at, order in ends.items():
        molecule.AddBond(part.joints[at], molecule.AddAtom(Chem.Atom(0)), ORDERS[order])
    Chem.SanitizeMol(molecule)
    return str(Chem.MolToSmiles(molecule))


@pytest.mark.parametrize(
    ("label", "at", "wanted"),
    [
        ("N", 0, "*N"),
        ("H2N", 2, "*N"),
        ("H3C", 2, "*C"),
        ("HO2C", 3, "*C(=O)O"),
        ("COOH", 0, "*C(=O)O"),
        ("HOOC", 3, "*C(=O)O"),
        ("H3CO", 3, "*OC"),
        ("CH3O", 3, "*OC"),
        ("MeO", 2, "*OC"),
        ("EtO2C", 4, "*C(=O)OCC"),
        ("NHBoc", 0, "*NC(=O)OC(C)(C)C"),
        ("SO2NH2", 0, "*S(N)(=O)=O"),
        ("SO3H", 0, "*S(=O)(=O)O"),
        ("PO3H2", 0, "*P(=O)(O)O"),
        ("NO2", 0, "*[N+](=O)[O-]"),
        ("O2N", 2, "*[N+](=O)[O-]"),
        ("F3CO", 3, "*OC(F)(F)F"),
        ("NC", 1, "*C#N"),
        ("CN", 0, "*C#N"),
        ("N(CH3)2", 0, "*N(C)C"),
        ("(CH3)3C", 6, "*C(C)(C)C"),
        ("H2NOC", 4, "*C(N)=O"),
        ("CHO", 0, "*C=O"),
        ("OHC", 2, "*C=O"),
        ("NHCOCH3", 0, "*NC(C)=O"),
        ("TBSO", 3, "*O[Si](C)(C)C(C)(C)C"),
        ("HOH2C", 4, "*CO"),
        ("O-", 0, "*[O-]"),
        ("NH3+", 0, "*[NH3+]"),
        ("OPh", 0, "*Oc1ccccc1"),
        ("R1", 0, "**"),
    ],
)
def test_what_a_label_stands_for(label: str, at: int, wanted: str) -> None:
    assert smiles(fragment(label, {at: 1}), {at: 1}) == Chem.CanonSmiles(wanted)


def test_bonds_at_both_ends() -> None:
    assert smiles(fragment("NH", {0: 2}), {0: 2}) == "*=N"
    part = fragment("SO2", {0: 1, 1: 1})
    assert smiles(part, {0: 1, 1: 1}) == Chem.CanonSmiles("*S(*)(=O)=O")


@pytest.mark.parametrize("label", ["", "Q?", "NNNN)", "F(", "CF7", "(((", "H" * 60])
def test_what_is_no_formula_is_refused(label: str) -> None:
    with pytest.raises(UnreadableLabelError):
        fragment(label, {0: 1})
