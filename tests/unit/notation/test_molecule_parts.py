from __future__ import annotations

import cv2
import numpy as np
import pytest
from rdkit import Chem

from legenda.notation.molecule import molfile, reader, strokes, vectors
from legenda.notation.molecule.condensed import Atom
from legenda.notation.molecule.molfile import Molecule
from legenda.notation.molecule.reader import Reading
from legenda.notation.molecule.sketch import sketched
from legenda.notation.molecule.valences import objections


def test_a_cross_is_four_lines_from_one_point() -> None:
    shades = np.full((120, 120), 255, np.uint8)
    cv2.line(shades, (20, 60), (100, 60), 0, 4)
    cv2.line(shades, (60, 20), (60, 100), 0, 4)
    picture = strokes.drawing(shades)
    assert picture is not None
    sketch = sketched(picture, picture.ink)
    assert len(sketch.pieces) == 4
    assert sorted(len(pieces) for pieces in sketch.touching().values()) == [1, 1, 1, 1, 4]


def test_a_hexagon_has_six_corners_light_on_dark_too() -> None:
    corners = [(60 + 40 * np.cos(turn), 60 + 40 * np.sin(turn)) for turn in np.arange(6) * np.pi / 3]
    shades = np.full((120, 120), 255, np.uint8)
    cv2.polylines(shades, [np.array(corners).round().astype(np.int32)], True, 0, 3)
    for crop in (shades, 255 - shades):
        picture = strokes.drawing(crop)
        assert picture is not None
        assert len(sketched(picture, picture.ink).pieces) == 6


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_paper_alone_is_no_drawing(shade: int) -> None:
    assert strokes.drawing(np.full((40, 40), shade, np.uint8)) is None


def chain(*atoms: Atom, order: int = 1) -> Molecule:
    spots = [np.array([50.0 * n, 0.0]) for n in range(len(atoms))]
    return Molecule(list(atoms), spots, [(n, n + 1, order, "") for n in range(len(atoms) - 1)])


def test_what_valences_say() -> None:
    assert objections(chain(Atom("C"), Atom("N", hydrogens=1), Atom("C"))) == []
    assert objections(chain(Atom("C"), Atom("N", 1, 2), Atom("C"))) == []
    assert "2 bonds" in objections(chain(Atom("C"), Atom("F"), Atom("C")))[0]
    assert "4 bonds" in objections(chain(Atom("C"), Atom("N"), Atom("C"), order=2))[0]
    assert "hydrogens written" in objections(chain(Atom("C"), Atom("O", hydrogens=1), Atom("C")))[0]


def test_a_mol_block_says_charges_isotopes_and_wedges() -> None:
    atoms = [Atom("C"), Atom("N", 1), Atom("O", -1), Atom("H", mass=2), Atom("C")]
    spots = [np.array(spot, float) for spot in ((0, 0), (50, 0), (90, 30), (0, -50), (-50, 0))]
    bonds = [(0, 1, 1, "up"), (1, 2, 1, ""), (0, 3, 1, ""), (0, 4, 1, "")]
    read = Chem.MolFromMolBlock(molfile.written(Molecule(atoms, spots, bonds), 50.0), removeHs=False)
    assert [atom.GetFormalCharge() for atom in read.GetAtoms()] == [0, 1, -1, 0, 0]
    assert read.GetAtomWithIdx(3).GetIsotope() == 2
    assert read.GetAtomWithIdx(0).HasProp("_CIPCode")
    assert molfile.written(Molecule(atoms * 300, spots * 300, bonds), 50.0) == ""


def test_two_readings() -> None:
    ours, theirs = (Reading(name, (smiles,), ("mol",), "") for name, smiles in (("us", "CCO"), ("they", "CCO")))
    agreed = reader.weighed(ours, theirs)
    alone = reader.weighed(ours, None)
    differing = reader.weighed(ours, Reading("they", ("CCN",), ("mol",), ""))
    mended = reader.weighed(Reading("us", ("",), ("mol",), "Valences."), theirs)
    assert agreed.confidence > alone.confidence > differing.confidence
    assert (agreed.problem, alone.problem) == ("", "")
    assert differing.forms["smiles"] == "CCO"
    assert "CCN" in differing.problem
    assert (mended.engine, mended.forms["smiles"]) == ("they", "CCO")


@pytest.mark.parametrize("ink", [0.03, 0.3, 0.5])
def test_a_texture_is_no_drawing(ink: float) -> None:
    noise = np.random.default_rng(1).random((600, 600)) > ink
    assert vectors.read(noise.astype(np.uint8) * 255) == []


def test_hundreds_of_strokes_are_no_molecule() -> None:
    chance = np.random.default_rng(1)
    shades = np.full((700, 700), 255, np.uint8)
    for x, y, across, down in chance.integers(0, 60, (500, 4)).tolist():
        cv2.line(shades, (11 * x, 11 * y), (11 * x + across, 11 * y + down), 0, 2)
    assert vectors.read(shades) == []
