"""Pictures of handwritten lines with their text, in two parts that share no document.

DATA is a folder with `lines.tsv` (file, text, doc, shard and more; a header, tabs, no quotes) and the archives `shard`
names, of lines in grey, 64 pixels high. The published weights saw 14,165 lines of six collections, French and English:

- John Schaefer and others, "Joseph Hooker HTR", Royal Botanic Gardens, Kew (CC BY-SA 4.0)
- Adèle Aubin, Pascale Montmartin, BAnQ, "Copiste d'un jour" (CC BY 4.0)
- CREMMA and Archives nationales, "Testaments de Poilus" (CC BY 4.0)
- Jade Norindr and others, "Corpus Modern Roman Languages" (CC BY 4.0)
- Alix Chagué and others, "Peraire Ground Truth", originals: Bibliothèque Sébert, Espéranto-France (CC BY 4.0)
- Ingrid Guimarães and others, "Memorials: Jane Lathrop Stanford" (CC BY 4.0)
"""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from legenda.engines.ppocr.strip import Strip, cut

HELD_OUT = 36  # documents
RARE = 5  # characters seen less often are left out
KEPT = "“”‘’€œŒÊÂÎÔÁÓÜÄæ"  # but not these


class Line(NamedTuple):
    """A line: its picture as the archive has it, its width, its text, its document, the collection that is part of."""

    packed: bytes
    width: int
    text: str
    document: str
    collection: str

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """Grey, [64, width]; unpacked anew every time."""
        return np.asarray(cv2.imdecode(np.frombuffer(self.packed, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)

    @property
    def strip(self) -> Strip:
        """As the recogniser gets it."""
        pixels = self.pixels
        height, width = pixels.shape
        quad = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        return cut(pixels, quad, squeeze=1.0)


class Data(NamedTuple):
    """Lines to learn from, lines of other documents, and the characters known."""

    known: list[Line]
    held: list[Line]
    alphabet: list[str]


def lines(data: Path) -> Iterator[Line]:
    """All there are."""
    archives: dict[str, zipfile.ZipFile] = {}
    with (data / "lines.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["shard"] not in archives:
                archives[row["shard"]] = zipfile.ZipFile(data / row["shard"])
            packed = archives[row["shard"]].read(row["file"])
            width, _ = Image.open(io.BytesIO(packed)).size
            yield Line(packed, width, row["text"], row["doc"], row["file"].split("_")[0])


def parted(found: Sequence[Line]) -> Data:
    """Hold some documents out, the same ones every time."""
    documents = sorted({line.document for line in found})
    random.Random(0).shuffle(documents)
    kept = set(documents[:HELD_OUT])
    held = [line for line in found if line.document in kept]
    return Data(
        [line for line in found if line.document not in kept and line.text],
        held,
        characters(line.text for line in found),
    )


def characters(texts: Iterable[str]) -> list[str]:
    """The alphabet of texts."""
    counted = Counter(character for text in texts for character in text)
    return sorted(character for character, count in counted.items() if count >= RARE or character in KEPT)
