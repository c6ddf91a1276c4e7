"""Drawings with truth: a table (file, smiles, patent) and the archive of its pictures, and which are held out."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawing: its name, grey pixels, SMILES, and whether it is held out."""

    name: str
    crop: np.ndarray
    smiles: str
    held: bool


def drawn(table: Path, archive: Path, *, held: bool, count: int) -> Iterator[Drawn]:
    """At most `count` drawings in an order of chance, of the patents held out (three in ten) or of all others."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file, delimiter="\t"), key=lambda row: _number(row["file"]))
    chosen = [row for row in rows if (_number(row["patent"] or row["file"]) % 10 < 3) == held][:count]
    with zipfile.ZipFile(archive) as files:
        names = {Path(name).name: name for name in files.namelist()}
        for row in chosen:
            data = files.read(names[Path(row["file"]).name])
            crop = np.asarray(Image.open(io.BytesIO(data)).convert("L"))
            yield Drawn(row["file"], crop, row["smiles"], held)


def _number(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)
