from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from rdkit import Chem
from rdkit.Chem import Draw

from legenda import notation
from legenda.notation.molecule import chemistry, osra, vectors

installed = pytest.mark.skipif(osra.installed() is None, reason="OSRA is not installed")


def drawn(*smiles: str) -> NDArray[np.uint8]:
    """Molecules side by side, as RDKit draws them in black."""
    pictures = []
    for text in smiles:
        canvas = Draw.MolDraw2DCairo(360, 300)
        canvas.drawOptions().useBWAtomPalette()
        canvas.DrawMolecule(Chem.MolFromSmiles(text))
        canvas.FinishDrawing()
        pictures.append(np.asarray(Image.open(io.BytesIO(canvas.GetDrawingText())).convert("L")))
    gap = np.full((300, 150), 255, np.uint8)
    return np.concatenate([part for picture in pictures for part in (picture, gap)][:-1], 1)


def same(found: str, wanted: str) -> bool:
    return Chem.CanonSmiles(found) == Chem.CanonSmiles(wanted)


@installed
@pytest.mark.parametrize("smiles", ["CC(=O)Oc1ccccc1C(=O)O", "N[C@@H](Cc1ccccc1)C(=O)O", "Clc1ccncc1"])
def test_reads_what_was_drawn(smiles: str) -> None:
    found = notation.read("molecule", drawn(smiles))
    assert same(found.forms["smiles"], smiles)
    assert same(Chem.MolToSmiles(Chem.MolFromMolBlock(found.forms["mol"])), smiles)
    assert found.problem == ""
    assert found.confidence > 0.5


@installed
def test_several_on_a_crop() -> None:
    found = notation.read("molecule", drawn("c1ccc2ccccc2c1", "CC(=O)Oc1ccccc1C(=O)O"))
    assert sorted(map(Chem.CanonSmiles, found.forms["smiles"].split())) == sorted(
        ["c1ccc2ccccc2c1", "CC(=O)Oc1ccccc1C(=O)O"]
    )
    assert found.forms["mol"].count("$$$$") == 2


@installed
def test_blank_paper_has_no_molecule() -> None:
    found = notation.read("molecule", np.full((200, 300), 255, np.uint8))
    assert found.forms == {}
    assert "No molecule" in found.problem


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """OSRA is not installed."""
    monkeypatch.setenv("PATH", "")


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    "smiles",
    [
        "CC(=O)Oc1ccccc1C(=O)O",
        "N[C@@H](Cc1ccccc1)C(=O)O",
        "N[C@H](Cc1ccccc1)C(=O)O",
        "C/C=C/C#N",
        "C/C=C\\C1CC1",
        "Clc1ccc(Br)cn1",
        "C[N+](C)(C)CC(=O)[O-]",
        "CS(=O)(=O)Nc1ccc(I)cc1",
        "FC(F)(F)c1nn(C)cc1P(=O)(O)O",
        "C1CCN(Cc2ccccc2Br)CC1",
    ],
)
def test_our_own_reader_reads_what_was_drawn(smiles: str) -> None:
    found = notation.read("molecule", drawn(smiles))
    assert same(found.forms["smiles"], smiles)
    assert same(Chem.MolToSmiles(Chem.MolFromMolBlock(found.forms["mol"])), smiles)
    assert found.problem == ""
    assert found.engine == "legenda-molecule"


def test_a_circle_makes_a_ring_aromatic() -> None:
    crop = np.full((300, 300), 255, np.uint8)
    corners = [(150 + 100 * np.cos(turn), 150 + 100 * np.sin(turn)) for turn in np.arange(6) * np.pi / 3]
    cv2.polylines(crop, [np.array(corners).round().astype(np.int32)], True, 0, 3)
    cv2.circle(crop, (150, 150), 58, 0, 3)
    (found,) = vectors.read(crop)
    assert chemistry.check(found.mol).smiles == "c1ccccc1"


@pytest.mark.usefixtures("alone")
def test_our_own_reader_reads_several() -> None:
    found = notation.read("molecule", drawn("c1ccc2ccccc2c1", "CC(=O)Oc1ccccc1C(=O)O"))
    assert found.forms["smiles"].split() == ["c1ccc2ccccc2c1", "CC(=O)Oc1ccccc1C(=O)O"]
    assert found.forms["mol"].count("$$$$") == 2


@pytest.mark.usefixtures("alone")
def test_blank_paper_has_no_molecule_for_our_own_reader() -> None:
    found = notation.read("molecule", np.full((200, 300), 255, np.uint8))
    assert (found.forms, found.confidence) == ({}, 0.0)


@installed
def test_two_readers_that_agree_are_surer(monkeypatch: pytest.MonkeyPatch) -> None:
    crop = drawn("CC(=O)Oc1ccccc1C(=O)O")
    both = notation.read("molecule", crop)
    monkeypatch.setenv("PATH", "")
    assert both.confidence > notation.read("molecule", crop).confidence


def mol_of(smiles: str, *, sanitize: bool = True) -> str:
    return Chem.MolToMolBlock(Chem.MolFromSmiles(smiles, sanitize=sanitize), kekulize=sanitize)


@pytest.mark.parametrize(
    ("smiles", "problem"), [("C*C", "could not be read"), ("[U]CC", "seldom"), ("[CH2]C", "lacks")]
)
def test_objections(smiles: str, problem: str) -> None:
    assert problem in chemistry.check(mol_of(smiles)).problem


def test_valences_that_do_not_hold() -> None:
    assert "valences" in chemistry.check(mol_of("C(C)(C)(C)(C)C", sanitize=False)).problem
    assert "valences" in chemistry.check("no molecule").problem
