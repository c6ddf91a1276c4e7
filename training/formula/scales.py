"""At which height of signs the formula reader reads best, on pictures made by `renders.mjs`.

    python -m formula.scales OUT 0.8,0.9,1.0,1.15

Prints, for each factor on today's height, the mean edit similarity of tokens by size of the type, and CPU seconds.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image
from rapidfuzz.distance import Levenshtein

from legenda.notation.formula.decoder import decode
from legenda.notation.formula.grammar import parse
from legenda.notation.formula.ink import ink_of, picture, scale_for
from legenda.notation.formula.tokens import tokens


def main() -> None:
    """Read all pictures at all factors."""
    folder, factors = Path(sys.argv[1]), [float(x) for x in sys.argv[2].split(",")]
    truths = json.loads((folder / "truths.json").read_text())
    scores: dict[float, list[list[float]]] = {}
    began = time.process_time()
    for name, truth in truths.items():
        ink = ink_of(np.asarray(Image.open(folder / name).convert("L")))
        wanted = parse(tokens(truth["latex"])).tokens
        found = [parse(tokens(decode(picture(ink, scale_for(ink) * x)).latex)).tokens for x in factors]
        similar = [Levenshtein.normalized_similarity(wanted, tokens_) for tokens_ in found]
        scores.setdefault(truth["zoom"], []).append(similar)
    for zoom, rows in sorted(scores.items()):
        print(zoom, np.mean(rows, axis=0).round(3))
    print("all", np.mean([row for rows in scores.values() for row in rows], axis=0).round(3))
    print(f"{(time.process_time() - began) / len(truths) / len(factors):.3f} s each")


if __name__ == "__main__":
    main()
