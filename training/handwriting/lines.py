"""Pictures of handwritten lines with their text, and what the small recogniser's convolutions make of them.

DATA is a folder with `lines.tsv` (file, text, doc, shard and more; a header, tabs, no quotes) and the archives `shard`
names, of lines in grey, 64 pixels high. The published weights saw 14,165 lines of five collections, French and English:

- John Schaefer and others, "Joseph Hooker HTR", Royal Botanic Gardens, Kew (CC BY-SA 4.0)
- Adèle Aubin, Pascale Montmartin, BAnQ, "Copiste d'un jour" (CC BY 4.0)
- CREMMA and Archives nationales, "Testaments de Poilus" (CC BY 4.0)
- Jade Norindr and others, "Corpus Modern Roman Languages" (CC BY 4.0)
- Alix Chagué and others, "Peraire Ground Truth", originals: Bibliothèque Sébert, Espéranto-France (CC BY 4.0)
- Ingrid Guimarães and others, "Memorials: Jane Lathrop Stanford" (CC BY 4.0)
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from legenda.engines.ppocr import handwriting, models
from legenda.engines.ppocr.strip import Strip, cut


class Sample(NamedTuple):
    """A line: its features, float16 [width / 4, channels], its text, and the document it comes from."""

    features: NDArray[np.float16]
    text: str
    document: str


def pictures(data: Path) -> Iterator[tuple[Strip, str, str]]:
    """Lines as strips, with text and document."""
    archives: dict[str, zipfile.ZipFile] = {}
    with (data / "lines.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            archive = archives.setdefault(row["shard"], zipfile.ZipFile(data / row["shard"]))
            pixels = cv2.imdecode(np.frombuffer(archive.read(row["file"]), np.uint8), cv2.IMREAD_GRAYSCALE)
            height, width = pixels.shape
            quad = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
            yield cut(pixels, quad, squeeze=1.0), row["text"], row["doc"]


def samples(data: Path) -> list[Sample]:
    """Every line; 12 ms each."""
    backbone = models.handwriting().backbone()
    found = []
    for strip, text, document in pictures(data):
        columns = backbone(handwriting.pixels(strip))[0][:, : strip.width // handwriting.STEP]
        found.append(Sample(columns.astype(np.float16).T.copy(), text, document))
    return found
