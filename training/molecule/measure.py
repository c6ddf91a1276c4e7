"""How often molecules are read exactly (InChI), by OSRA, by our own reader, and by both; and what confidence means.

    python -m molecule.measure held TABLE.tsv PICTURES.zip [--count N]
    python -m molecule.measure eval EVALDATA
    python -m molecule.measure drawn SMILES.txt [--count N]

`drawn` has RDKit draw molecules, one a line, in many styles; `held` reads the patents that `collect` leaves out.
Seconds are processor time of our own reader.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

import numpy as np
from PIL import Image
from rdkit import Chem, RDLogger

from legenda.notation.molecule import reader
from molecule.pictures import Drawn, drawn
from molecule.renders import rendered

RDLogger.DisableLog("rdApp.*")


def main() -> None:
    """Read, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", choices=["held", "eval", "drawn"])
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=150)
    asked = parser.parse_args()
    pictures = SOURCES[asked.which](asked.paths, asked.count)
    right: dict[str, list[bool]] = defaultdict(list)
    sure: dict[float, list[bool]] = defaultdict(list)
    seconds = []
    for picture in pictures:
        began = time.process_time()
        own = reader.ours(picture.crop)
        seconds.append(time.process_time() - began)
        other = reader.others(picture.crop, own)
        both = reader.weighed(own, other)
        read = {"ours": own.smiles, "osra": other.smiles if other else (), "both": both.forms.get("smiles", "").split()}
        same = {name: _inchi(".".join(smiles)) == _inchi(picture.smiles) for name, smiles in read.items()}
        for name, good in same.items():
            right[name].append(good)
        sure[round(both.confidence, 1)].append(same["both"])
        if not all(same.values()):
            print(picture.name, picture.smiles, {name: ".".join(smiles) for name, smiles in read.items()}, flush=True)
    print(
        {name: round(fmean(good), 4) for name, good in right.items()}, "of", len(seconds), "s", round(fmean(seconds), 3)
    )
    for confidence, good in sorted(sure.items()):
        print(f"confidence {confidence}: {len(good)} crops, {fmean(good):.3f} right")


def _held(paths: list[Path], count: int) -> Iterator[Drawn]:
    return drawn(paths[0], paths[1], held=True, count=count)


def _rendered(paths: list[Path], count: int) -> Iterator[Drawn]:
    return rendered(paths[0].read_text("utf-8").split()[:count], 1, worn=False)


def _evaluation(paths: list[Path], count: int) -> Iterator[Drawn]:
    folder = paths[0]
    rows = map(json.loads, (folder / "manifest.jsonl").read_text("utf-8").splitlines())
    for row in rows:
        if row["area"] == "molecules":
            crop = np.asarray(Image.open(folder / row["file"]).convert("L"))
            yield Drawn(row["id"], crop, row["truth"], True)


SOURCES = {"held": _held, "eval": _evaluation, "drawn": _rendered}


def _inchi(smiles: str) -> str:
    molecule = Chem.MolFromSmiles(smiles) if smiles else None
    return Chem.MolToInchi(molecule) if molecule else ""


if __name__ == "__main__":
    main()
