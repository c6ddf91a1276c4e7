"""Read with the tiny recogniser, and again with the small one only where the tiny one doubts.

The unit of doubt is the word, not the line: the strip is cut at the gaps around doubtful words and only those windows
are read again, so a line with one bad word costs a fraction of a second reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legenda.engines.ppocr.recognise import NOTHING, Reading, Recogniser
from legenda.engines.ppocr.strip import HEIGHT, Strip
from legenda.engines.ppocr.words import word_ranges

UNSURE = 0.6  # a second reading below this replaces nothing that was read with more certainty
WHOLE = 0.6  # a line is read again as a whole when windows would cover more than this share of it


def read_again(strips: Sequence[Strip], firsts: Sequence[Reading], second: Recogniser, doubt: float) -> list[Reading]:
    """The readings with their doubtful words (of Latin script) replaced by what the second recogniser reads there.

    Args:
        strips: lines.
        firsts: what the first recogniser read on them.
        second: the better recogniser.
        doubt: a word is doubtful when its least certain character is below this probability.
    """
    pieces = [(i, w) for i, strip in enumerate(strips) for w in _pieces(firsts[i], strip.width, doubt)]
    again = second.read([strips[i].part(w.left, w.right) for i, w in pieces], second.latin)
    results = list(firsts)
    for (i, window), reading in reversed(list(zip(pieces, again, strict=True))):  # from the right: indices stay valid
        results[i] = _replaced(results[i], window, _trimmed(reading))
    return results


def _pieces(first: Reading, width: int, doubt: float) -> list[_Window]:
    whole = [_Window(0, len(first.characters), 0.0, 1.0)]
    windows = list(_windows(first, width, doubt)) if first.characters else whole
    return whole if sum(w.right - w.left for w in windows) > WHOLE else windows


@dataclass(slots=True)
class _Window:
    """Characters `start..end` of a reading, and where the strip is cut around them (shares of its width)."""

    start: int
    end: int
    left: float
    right: float


def _windows(reading: Reading, width: int, threshold: float) -> Iterator[_Window]:
    """Doubtful words, neighbours joined, cut in the middle of the gaps around them."""
    pending: _Window | None = None
    margin = HEIGHT / 8 / width
    for a, b in word_ranges(reading):
        if reading.probabilities[a:b].min() >= threshold:
            continue
        left = 0.0 if a == 0 else float(reading.ends[a - 1] + reading.starts[a]) / 2 - margin
        right = 1.0 if b == len(reading.characters) else float(reading.ends[b - 1] + reading.starts[b]) / 2 + margin
        if pending and left <= pending.right + 2 * margin:
            pending.end, pending.right = b, right
            continue
        if pending:
            yield pending
        pending = _Window(a, b, max(0.0, left), min(1.0, right))
    if pending:
        yield pending


def _replaced(reading: Reading, window: _Window, again: Reading) -> Reading:
    old = slice(window.start, window.end)
    if again.mean < min(UNSURE, float(reading.probabilities[old].mean()) if window.end > window.start else UNSURE):
        return reading
    left, scale = window.left, window.right - window.left

    def spliced(mine: NDArray[np.float32], new: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.concatenate((mine[: window.start], new, mine[window.end :]))

    return Reading(
        (*reading.characters[: window.start], *again.characters, *reading.characters[window.end :]),
        spliced(reading.probabilities, again.probabilities),
        spliced(reading.starts, again.starts * scale + left),
        spliced(reading.ends, again.ends * scale + left),
    )


def _trimmed(reading: Reading) -> Reading:
    """Without spaces at both ends."""
    shown = [i for i, c in enumerate(reading.characters) if c != " "]
    if not shown:
        return NOTHING
    keep = slice(shown[0], shown[-1] + 1)
    return Reading(reading.characters[keep], reading.probabilities[keep], reading.starts[keep], reading.ends[keep])
