"""Rows of text that only go on: whose first words would not have fitted on the row above."""

from __future__ import annotations

import numpy as np

from legenda.layout.tables.frame import Floats, Words
from legenda.layout.tables.textrows import Phrases

_SPACE = 0.25  # line heights
_PROSE = 0.5  # of a column's lines have several words; numbers and names do not wrap


def wraps(words: Words, text: Phrases, xs: Floats) -> Floats:
    """For each row of text but the first: in what share of the columns it shares with the one above it goes on.

    Args:
        words: of the table.
        text: the same in rows.
        xs: edges of the columns.

    Returns:
        0 to 1 each, -1 where no column tells; [rows - 1].
    """
    lefts, rights, firsts, counts = _lines(words, text, xs)
    widths = rights - lefts
    widest = np.nanmax(np.where(counts > 0, widths, 0), axis=0)
    prose = (counts > 1).sum(axis=0) >= _PROSE * np.maximum((counts > 0).sum(axis=0), 1)
    both = (counts[1:] > 0) & (counts[:-1] > 0) & prose
    full = widths[:-1] + _SPACE * words.unit + firsts[1:] > widest
    told: Floats = np.where(both.any(axis=1), (both & full).sum(axis=1) / np.maximum(both.sum(axis=1), 1), -1.0)
    return told


def _lines(words: Words, text: Phrases, xs: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Left and right end, width of the first word, and number of words of each row of text in each column."""
    shape = text.rows, len(xs) - 1
    row = text.row[text.of_word]
    column = np.clip(np.searchsorted(xs, words.centres[:, 0]) - 1, 0, shape[1] - 1)
    lefts, rights = np.full(shape, np.inf), np.full(shape, -np.inf)
    np.minimum.at(lefts, (row, column), words.boxes[:, 0])
    np.maximum.at(rights, (row, column), words.boxes[:, 2])
    counts, firsts = np.zeros(shape), np.zeros(shape)
    np.add.at(counts, (row, column), 1)
    begins = words.boxes[:, 0] <= lefts[row, column]
    firsts[row[begins], column[begins]] = (words.boxes[:, 2] - words.boxes[:, 0])[begins]
    empty = counts == 0
    lefts[empty] = rights[empty] = 0
    return lefts, rights, firsts, counts
