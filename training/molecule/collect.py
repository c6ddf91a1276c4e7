"""Letters of real drawings: `python -m molecule.collect OUT.npz TABLE.tsv PICTURES.zip`.

Reads drawings that are not held out; where the molecule is exactly right, so are its letters, and they are kept. So the
network is trained on drawn letters first, and again with these.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from rdkit import Chem

from legenda.notation.molecule import chemistry, glyphs, vectors
from legenda.notation.molecule.strokes import drawing
from molecule.pictures import drawn


def main() -> None:
    """Read, compare, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("table", type=Path)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--count", type=int, default=700)
    asked = parser.parse_args()
    squares: list[np.ndarray] = []
    numbers: list[int] = []
    right = seen = 0
    for picture in drawn(asked.table, asked.archive, held=False, count=asked.count):
        seen += 1
        scaled = drawing(picture.crop)
        if scaled is None:
            continue
        taken = vectors.understood(scaled)
        smiles = ".".join(chemistry.check(found.mol).smiles for found in vectors.found(taken, scaled.scale))
        if not Chem.MolFromSmiles(smiles) or Chem.CanonSmiles(smiles or "*") != Chem.CanonSmiles(picture.smiles):
            print(picture.name, picture.smiles, "read as", smiles, flush=True)
            continue
        right += 1
        for square, sign in _letters(taken):
            squares.append(square.astype(np.float16))
            numbers.append(glyphs.SIGNS.index(sign))
    print(right, "of", seen, "right,", len(numbers), "letters")
    np.savez_compressed(asked.out, x=np.stack(squares), y=np.array(numbers))


def _letters(taken: vectors.Understood) -> list[tuple[np.ndarray, str]]:
    made = []
    for letter in taken.letters:
        left, top, right, bottom = letter.box
        ink = (taken.numbers[top:bottom, left:right] == letter.number).astype(np.uint8)
        if letter.sign in glyphs.SIGNS and ink.any():
            made.append((glyphs.square(ink), letter.sign))
    return made


if __name__ == "__main__":
    main()
