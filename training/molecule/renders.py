"""Drawings of molecules as RDKit makes them, in many styles, and worn as scans are."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from PIL import Image
from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem, Draw, rdAbbreviations

from molecule.pictures import Drawn

RDLogger.DisableLog("rdApp.*")


def rendered(smiles: Sequence[str], seed: int, *, worn: bool) -> Iterator[Drawn]:
    """Each molecule once; `worn` ones are blurred, noisy, small, or of one bit."""
    chance = random.Random(seed)
    for number, text in enumerate(smiles):
        molecule = Chem.MolFromSmiles(text)
        if molecule is None or molecule.GetNumAtoms() > 45:
            continue
        crop = _drawing(molecule, chance)
        yield Drawn(f"render {number}", _worn(crop, chance) if worn else crop, text, True)


def _drawing(molecule: Chem.Mol, chance: random.Random) -> np.ndarray:
    AllChem.Compute2DCoords(molecule)
    if chance.random() < 0.3:
        molecule = rdAbbreviations.CondenseMolAbbreviations(molecule, rdAbbreviations.GetDefaultAbbreviations(), 0.9)
    canvas = Draw.MolDraw2DCairo(-1, -1)
    style = canvas.drawOptions()
    style.useBWAtomPalette()
    style.fixedBondLength = chance.uniform(34, 64)
    style.bondLineWidth = chance.choice([1, 2, 2])
    style.scaleBondWidth = False
    style.rotate = chance.choice([0, 0, chance.uniform(-180, 180)])
    style.minFontSize = chance.choice([10, 12])
    style.baseFontSize = chance.uniform(0.5, 0.8)
    style.multipleBondOffset = chance.uniform(0.14, 0.2)
    style.additionalAtomLabelPadding = chance.uniform(0.0, 0.15)
    style.explicitMethyl = chance.random() < 0.2
    style.addStereoAnnotation = False
    canvas.DrawMolecule(molecule)
    canvas.FinishDrawing()
    return np.asarray(Image.open(io.BytesIO(canvas.GetDrawingText())).convert("L"))


def _worn(crop: np.ndarray, chance: random.Random) -> np.ndarray:
    grey = crop.astype(np.float32)
    if chance.random() < 0.5:
        grey = cv2.GaussianBlur(grey, (0, 0), chance.uniform(0.4, 1.1))
    turn = cv2.getRotationMatrix2D((grey.shape[1] / 2, grey.shape[0] / 2), chance.gauss(0, 1.2), 1)
    grey = cv2.warpAffine(grey, turn, grey.shape[::-1], borderValue=255)
    grey = 255 - (255 - grey) * chance.uniform(0.6, 1) - chance.uniform(0, 25)
    grey += np.random.default_rng(chance.getrandbits(32)).normal(0, chance.uniform(0, 14), grey.shape)
    if chance.random() < 0.3:
        return np.where(grey < chance.uniform(120, 180), 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", grey.clip(0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE))
