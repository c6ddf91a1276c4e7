"""How far a reading is from the truth, and how far confidences are from probabilities."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

# Kinds of quotes, dashes and invisible characters that a reader of the page would not tell apart
_ALIKE = str.maketrans(
    dict.fromkeys("‘’‚`´", "'")
    | dict.fromkeys("“”„«»", '"')
    | dict.fromkeys("–—‐\u2011−", "-")
    | dict.fromkeys("\u200b\u200c\u200d\ufeff\u00ad")
    | {"…": "...", "ſ": "s"}
)
# Scripts written without spaces: every character counts as a word
_UNSPACED = re.compile("[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_NEAR = 12  # characters around the stretch found by rapidfuzz in which the exact minimum is looked for
ALIGNED = 60.0  # similarity (0..100) to the truth from which a line's words are judged


def plain(text: str, fold: bool = False) -> str:
    """Text as it is compared: NFKC, one kind of quotes and dashes, single spaces; case-folded on demand."""
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text.translate(_ALIKE))).strip()
    return text.casefold() if fold else text


def words_of(text: str) -> list[str]:
    """Words between spaces; in scripts without spaces every character is one."""
    return [piece for word in text.split() for piece in (word if _UNSPACED.search(word) else (word,))]


def character_error_rate(truth: str, text: str, fold: bool = False) -> float:
    """Edits per character of truth, reading order included."""
    truth, text = plain(truth, fold), plain(text, fold)
    return Levenshtein.distance(truth, text) / max(1, len(truth))


def word_error_rate(truth: str, text: str, fold: bool = False) -> float:
    """Edits per word of truth, reading order included."""
    wanted, found = words_of(plain(truth, fold)), words_of(plain(text, fold))
    return Levenshtein.distance(wanted, found) / max(1, len(wanted))


def word_f1(truth: str, text: str, fold: bool = False) -> float:
    """F1 of the words as bags: order does not count; punctuation around words neither."""
    wanted, found = (Counter(map(_bare, words_of(plain(t, fold)))) for t in (truth, text))
    total = wanted.total() + found.total()
    return 2 * (wanted & found).total() / total if total else 1.0


def line_error_rate(truth: str, text: str, fold: bool = False) -> float:
    """Character errors per character of truth, free of order and spaces.

    Every line of truth is compared with the stretch of the text that is nearest to it; what was read beyond the truth
    does not count.
    """
    found = plain(text, fold).replace(" ", "")
    lines = [line for raw in truth.splitlines() if (line := plain(raw, fold).replace(" ", ""))]
    errors = sum(_nearest_stretch(line, found) for line in lines)
    return errors / max(1, sum(map(len, lines)))


def stretch_distance(needle: str, text: str) -> int:
    """Least edit distance of `needle` to any stretch of `text` (Sellers 1980)."""
    codes = np.array([ord(c) for c in text])
    at = np.arange(len(text) + 1)
    row = np.zeros(len(text) + 1, int)
    for i, c in enumerate(needle, 1):
        kept = np.minimum(row[:-1] + (codes != ord(c)), row[1:] + 1)
        step = np.concatenate(([i], kept))
        row = np.minimum.accumulate(step - at) + at  # characters of the text left out of the needle
    return int(row.min())


def _nearest_stretch(line: str, found: str) -> int:
    if line in found:
        return 0
    if len(found) > 4 * len(line):
        near = fuzz.partial_ratio_alignment(line, found)
        if near is None:
            return len(line)
        found = found[max(0, near.dest_start - _NEAR) : near.dest_end + _NEAR]
    return stretch_distance(line, found)


def _bare(word: str) -> str:
    return re.sub(r"^\W+|\W+$", "", word) or word


@dataclass(frozen=True, slots=True)
class Judged:
    """Words read, each with its confidence (0..1) and whether it is right; `skipped` had no truth beside them."""

    confidence: NDArray[np.float64]
    right: NDArray[np.bool_]
    skipped: int = 0


ReadLine = Sequence[tuple[str, float]]
"""The words of a line that was read, with their confidences."""


def judge(truth: str, lines: Sequence[ReadLine], fold: bool = False) -> Judged:
    """Say which words are exactly right, line by line against the nearest stretch of the truth.

    Lines that are like nothing in the truth are skipped: truths leave out letterheads, stamps and marginal notes.
    """
    wanted = plain(truth, fold)
    confidence: list[float] = []
    right: list[bool] = []
    skipped = 0
    for line in lines:
        words = [(piece, sure) for word, sure in line for piece in words_of(plain(word, fold))]
        near = fuzz.partial_ratio_alignment(" ".join(w for w, _ in words), wanted) if wanted and words else None
        if near is None or near.score < ALIGNED:
            skipped += len(words)
            continue
        verdicts = _agreeing(words_of(_whole_words(wanted, near.dest_start, near.dest_end)), [w for w, _ in words])
        confidence += [sure for _, sure in words]
        right += verdicts
    return Judged(np.array(confidence, float), np.array(right, bool), skipped)


def _whole_words(text: str, start: int, end: int) -> str:
    start = text.rfind(" ", 0, start + 1) + 1
    stop = text.find(" ", end - 1 if end else 0)
    return text[start : stop if stop >= 0 else None]


def _agreeing(wanted: list[str], found: list[str]) -> list[bool]:
    right = [False] * len(found)
    for step in Levenshtein.opcodes(wanted, found):
        if step.tag == "equal":
            right[step.dest_start : step.dest_end] = [True] * (step.dest_end - step.dest_start)
    return right


@dataclass(frozen=True, slots=True)
class Bin:
    """Words whose confidence lies in one interval: how many, their mean confidence, the share that is right."""

    count: int
    confidence: float
    accuracy: float


def reliability(confidence: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 15) -> list[Bin]:
    """Words in bins of equal width over their confidence (0..1); empty bins are left out."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    chosen = [place == k for k in range(bins)]
    return [Bin(int(c.sum()), float(confidence[c].mean()), float(right[c].mean())) for c in chosen if c.any()]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: mean distance of confidence from accuracy, weighed by words (Naeini et al. 2015)."""
    total = sum(b.count for b in bins)
    return sum(b.count * abs(b.confidence - b.accuracy) for b in bins) / total if total else 0.0
