"""Rows of text, and in each the phrases that gaps part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from legenda.layout.tables.frame import Floats, Ints, Words

_SAME_ROW = 0.5  # of the lesser height: words whose middles differ by less stand on one row
# Line heights: words nearer than this are one phrase. A space is 0.2 to 0.4, columns are parted by 0.7 and more.
_SPACE = 0.6


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases of all rows of text.

    Attributes:
        boxes: left, top, right, bottom; [n, 4].
        row: of each, from the top.
        of_word: index of the phrase of each word.
        rows: how many rows of text there are.
    """

    boxes: Floats
    row: Ints
    of_word: Ints
    rows: int

    def ends(self) -> tuple[Floats, Floats]:
        """Top and bottom of each row of text."""
        tops, bottoms = np.full(self.rows, np.inf), np.full(self.rows, -np.inf)
        np.minimum.at(tops, self.row, self.boxes[:, 1])
        np.maximum.at(bottoms, self.row, self.boxes[:, 3])
        return tops, bottoms


def phrases(words: Words) -> Phrases:
    """Group words into rows of text, and into phrases."""
    row_of = _rows(words.boxes)
    of_word = np.zeros(len(row_of), np.intp)
    boxes: list[Floats] = []
    rows: list[int] = []
    for row in range(int(row_of.max()) + 1):
        members = np.flatnonzero(row_of == row)
        members = members[np.argsort(words.boxes[members, 0], kind="stable")]
        reach = np.maximum.accumulate(words.boxes[members, 2])
        parted = np.flatnonzero(words.boxes[members[1:], 0] - reach[:-1] > _SPACE * words.unit) + 1
        for run in np.split(members, parted):
            of_word[run] = len(boxes)
            boxes.append(np.r_[words.boxes[run, :2].min(axis=0), words.boxes[run, 2:].max(axis=0)])
            rows.append(row)
    return Phrases(np.array(boxes), np.array(rows, np.intp), of_word, int(row_of.max()) + 1)


def _rows(boxes: Floats) -> Ints:
    """The row of each word; rows are counted from the top."""
    middle, height = (boxes[:, 1] + boxes[:, 3]) / 2, boxes[:, 3] - boxes[:, 1]
    row_of = np.zeros(len(boxes), np.intp)
    row, members = 0, [int(np.argmin(middle))]
    for i in np.argsort(middle, kind="stable").tolist():
        usual = float(np.median(height[members]))
        near = middle[i] - float(np.median(middle[members])) <= _SAME_ROW * min(usual, max(height[i], 0.5 * usual))
        row, members = (row, [*members, i]) if near else (row + 1, [i])
        row_of[i] = row
    return row_of
