"""Fit the classifier of `legenda.engines.ppocr.line_scripts`.

    pip install babel scikit-learn; apt install fonts-noto-core fonts-noto-cjk fonts-dejavu-core
    python -m training.line_scripts.fit src/legenda/data/line_scripts.npz [LATIN]

LATIN is a folder of ZIP archives of pictures of real lines in Latin script, handwritten or printed (the published
weights saw 1,000). Some three minutes on one core.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from training.line_scripts.drawn import SCRIPTS, line

from legenda.engines.ppocr import models
from legenda.engines.ppocr.strip import Strip, cut

EACH, TURNED, TEST = 1000, 1200, 75
BATCH = 25


def features(strips: list[Strip]) -> NDArray[np.float32]:
    """Mean, maximum and deviation of what the tiny body makes of each line."""
    tiny, rows = models.recogniser("tiny"), []
    for start in range(0, len(strips), BATCH):
        seen = tiny.look(strips[start : start + BATCH])
        rows += [np.concatenate((x.steps.mean(0), x.steps.max(0), x.steps.std(0))) for x in seen]
    return np.array(rows, np.float32)


def drawn(each: int, turned: int, seed: int) -> tuple[NDArray[np.float32], list[str]]:
    """So many lines of each script, and upside down ones of any, which are of none."""
    random = Random(seed)
    strips = [line(script, random) for script in SCRIPTS for _ in range(each)]
    names = [script for script in SCRIPTS for _ in range(each)]
    common = [*SCRIPTS, *["Latn"] * 6, *["Hani"] * 2]
    strips += [line(random.choice(common), random, turned=True) for _ in range(turned)]
    return features(strips), names + ["Zzzz"] * turned


def real(folder: Path) -> NDArray[np.float32]:
    """Lines in ZIP archives, whole."""
    strips = []
    for archive in sorted(folder.rglob("*.zip")):
        with zipfile.ZipFile(archive) as opened:
            for name in opened.namelist():
                pixels = cv2.imdecode(np.frombuffer(opened.read(name), np.uint8), cv2.IMREAD_GRAYSCALE)
                if pixels is not None and min(pixels.shape) >= 8:
                    height, width = pixels.shape
                    strips.append(cut(pixels, np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)))
    return features(Random(3).sample(strips, min(1000, len(strips))))


def main(target: Path, latin: Path | None) -> None:
    """Draw, fit, test, and write the weights."""
    x, names = drawn(EACH, TURNED, 1)
    if latin:
        more = real(latin)
        x, names = np.concatenate([x, more]), names + ["Latn"] * len(more)
    scale = StandardScaler().fit(x)
    model = LogisticRegression(C=0.1, max_iter=400).fit(scale.transform(x), names)
    test, truth = drawn(TEST, 2 * TEST, 2)
    chances = model.predict_proba(scale.transform(test))
    right, sure = model.classes_[chances.argmax(1)] == truth, chances.max(1) >= 0.8
    print(f"right {right.mean():.3f}; sure {sure.mean():.3f}, of these right {right[sure].mean():.4f}")
    matrix = (model.coef_ / scale.scale_).T.astype(np.float16)
    bias = (model.intercept_ - (model.coef_ * scale.mean_ / scale.scale_).sum(1)).astype(np.float32)
    np.savez(target, matrix=matrix, bias=bias, scripts=model.classes_.astype("U4"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
