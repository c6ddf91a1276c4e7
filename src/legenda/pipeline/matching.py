"""Where a short text stands in a long one, letters alone.

Sellers, "The theory and computation of evolutionary distances: pattern recognition" (1980), a row of the matrix at a
time.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int32]
"""Letters and digits as code points, folded; what is taken already is negative."""

TAKEN = -1


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of a text.

    Attributes:
        codes: int32 [n].
        places: int32 [n], offset of each in the text.
    """

    codes: Codes
    places: Codes


def letters(text: str) -> Letters:
    """Letters and digits of a text, folded (NFKC, case): what two readers of a page agree on first."""
    found = [
        (ord(letter), place)
        for place, sign in enumerate(text)
        for letter in unicodedata.normalize("NFKC", sign).casefold()
        if letter.isalnum()
    ]
    pairs = np.array(found, np.int32).reshape(-1, 2)
    return Letters(np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1]))


@dataclass(frozen=True, slots=True)
class Match:
    """Where a text is found: `[start, end)` of the letters, and how many edits apart the two are."""

    start: int
    end: int
    distance: int


def find(sought: Codes, among: Codes, near: float) -> Match:
    """The stretch most like a text; of several the one whose end lies nearest to `near`.

    Args:
        sought: at least one letter.
        among: at least one letter.
        near: where it is expected, as an offset into `among`.
    """
    ends = _last_row(sought, among, free=True)
    best = ends.min()
    end = min(np.flatnonzero(ends == best).tolist(), key=lambda place: abs(place - near))
    reach = min(int(end), 2 * len(sought) + 4)
    back = _last_row(sought[::-1], among[end - reach : end][::-1], free=False)
    # of starts as good as each other the one that takes as many letters as are sought
    start = end - min(np.flatnonzero(back == back.min()).tolist(), key=lambda place: abs(place - len(sought)))
    return Match(int(start), int(end), int(best))


def pairs(one: Codes, other: Codes) -> list[tuple[int, int]]:
    """Equal letters of two texts in an alignment with the fewest edits; indices into both, rising."""
    table = np.empty((len(one) + 1, len(other) + 1), np.int32)
    table[0] = np.arange(len(other) + 1)
    for row, letter in enumerate(one, 1):
        table[row] = _next_row(table[row - 1], letter, other, row)
    found = []
    i, j = len(one), len(other)
    while i and j:
        if one[i - 1] == other[j - 1] and table[i, j] == table[i - 1, j - 1]:
            found.append((i - 1, j - 1))
            i, j = i - 1, j - 1
        elif table[i, j] == table[i - 1, j - 1] + 1:
            i, j = i - 1, j - 1
        elif table[i, j] == table[i - 1, j] + 1:
            i -= 1
        else:
            j -= 1
    return found[::-1]


def _last_row(sought: Codes, among: Codes, *, free: bool) -> Codes:
    row = np.zeros(len(among) + 1, np.int32) if free else np.arange(len(among) + 1, dtype=np.int32)
    for number, letter in enumerate(sought, 1):
        row = _next_row(row, letter, among, number)
    return row


def _next_row(above: Codes, letter: np.int32, among: Codes, number: int) -> Codes:
    row = np.empty_like(above)
    row[0] = number
    np.minimum(above[:-1] + (among != letter), above[1:] + 1, out=row[1:])
    steps = np.arange(len(row), dtype=np.int32)
    row -= steps  # an insertion costs one a step to the right: the least so far, once the steps are taken off
    np.minimum.accumulate(row, out=row)
    row += steps
    return row
