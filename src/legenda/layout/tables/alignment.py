"""Tables without rulings, or with few: columns where white runs down, rows where lines of text stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from legenda.layout.tables.frame import Floats
from legenda.layout.tables.grid import Grid, Place, filled
from legenda.layout.tables.rulings import Rulings
from legenda.layout.tables.textrows import Phrases

# A gap between columns is crossed by at most this share of the rows that stand on its thinner side
_CROSSED = 0.34
_NARROWEST = 0.25  # line heights
_SURE = 0.4  # share of drawn tables (`training/tables`) of which all was right
_HEADED = 8  # rows of text a table has at least before a column in its first half of them is thought to be heading only


def aligned(text: Phrases, found: Rulings, xs: Floats, bands: Sequence[int] | None = None) -> Grid | None:
    """The grid by alignment; `None` where there is but one row or one column.

    Args:
        text: of the table.
        found: rulings of the same picture: horizontal ones part rows, and tell what a heading spans.
        xs: edges of the columns.
        bands: the row of each row of text where that is known.
    """
    slots = _slots(text, xs, found)
    bands = _bands(text, slots, found) if bands is None else bands
    if len(xs) < 3 or bands[-1] < 1:
        return None
    return Grid(_row_edges(text, bands), xs, _places(slots, bands, len(xs) - 1), _SURE)


def columns(text: Phrases, unit: float) -> Floats:
    """Edges of the columns: valleys in how many rows have text at an x, found again without what crosses them."""
    low, high = float(text.boxes[:, 0].min()), float(text.boxes[:, 2].max())
    step = max(unit / 16, 0.5)
    count = int((high - low) / step) + 2
    ends = ((text.boxes[:, 0::2] - low) / step).astype(np.intp)
    kept = np.ones(len(ends), bool)
    inner: list[tuple[int, int]] = []
    for _ in range(3):
        cover = _cover(ends[kept], text.row[kept], count)
        inner = _valleys(cover, max(2, round(_NARROWEST * unit / step)))
        crossing = np.array([sum(a < left and right < b for left, right in inner) for a, b in ends])
        if not (kept & (crossing > 0)).any():
            break
        kept &= crossing == 0
    xs = np.array([low - 1, *(low + step * (a + b) / 2 for a, b in inner), high + 1])
    return _bodied(xs, text)


def _bodied(xs: Floats, text: Phrases) -> Floats:
    """Without columns that hold headings only: those of several columns, that stand between them."""
    if text.rows < _HEADED:
        return xs
    middle = text.boxes[:, 0::2].mean(axis=1)
    lowest = [text.row[(middle > a) & (middle < b)].max(initial=0) for a, b in pairwise(xs)]
    bare = [c for c in range(1, len(xs) - 1) if lowest[c] < _HEADED // 2]
    return np.delete(xs, bare)


def _cover(ends: NDArray[np.intp], rows: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """How many rows have text at each step."""
    seen = np.zeros((int(rows.max(initial=0)) + 1, count + 1), np.intp)
    np.add.at(seen, (rows, ends[:, 0]), 1)
    np.add.at(seen, (rows, np.minimum(ends[:, 1] + 1, count)), -1)
    cover: NDArray[np.intp] = (seen.cumsum(axis=1) > 0).sum(axis=0)[:count]
    return cover


def _valleys(cover: NDArray[np.intp], narrowest: int) -> list[tuple[int, int]]:
    """Stretches between two hills that are much higher: first and last step of each."""
    found: list[tuple[int, int]] = []
    for level in range(int(cover.max()) + 1):
        low = np.r_[False, cover <= level, False]
        begins, ends = np.flatnonzero(low[1:] & ~low[:-1]), np.flatnonzero(low[:-1] & ~low[1:]) - 1
        for a, b in zip(begins.tolist(), ends.tolist(), strict=True):
            if b - a + 1 < narrowest or any(x <= b and a <= y for x, y in found):
                continue
            left = cover[_before(found, a) : a].max(initial=0)
            right = cover[b + 1 : _behind(found, b, len(cover))].max(initial=0)
            if min(left, right) > level and level <= _CROSSED * min(left, right):
                found.append((a, b))
    return sorted(found)


def _before(found: list[tuple[int, int]], a: int) -> int:
    return max((y + 1 for _, y in found if y < a), default=0)


def _behind(found: list[tuple[int, int]], b: int, end: int) -> int:
    return min((x for x, _ in found if x > b), default=end)


def _slots(text: Phrases, xs: Floats, found: Rulings) -> list[dict[tuple[int, int], list[int]]]:
    """For each row of text, its phrases by the first and last column they stand in."""
    rows: list[dict[tuple[int, int], list[int]]] = [{} for _ in range(text.rows)]
    for i, row in enumerate(text.row.tolist()):
        left, _, right, _ = _underlined(text, i, found)
        over = [c for c in range(len(xs) - 1) if _within(left, right, xs[c], xs[c + 1])]
        rows[row].setdefault((over[0], over[-1]) if over else (0, 0), []).append(i)
    return rows


def _underlined(text: Phrases, i: int, found: Rulings) -> Floats:
    """The box of a phrase, as wide as the ruling under it that is all its own: what a heading of columns spans."""
    box: Floats = text.boxes[i]
    high = box[3] - box[1]
    near = found.across[(found.across[:, 0] > box[3] - 0.3 * high) & (found.across[:, 0] < box[3] + 0.8 * high)]
    others = text.boxes[(text.row == text.row[i]) & (np.arange(len(text.row)) != i)]
    for _, left, right in near:
        alone = not ((others[:, 0] < right) & (others[:, 2] > left)).any()
        if alone and len(others) and left < box[2] and right > box[0]:
            return np.array([min(left, box[0]), box[1], max(right, box[2]), box[3]])
    return box


def _within(left: float, right: float, first: float, last: float) -> bool:
    """Whether more than a sliver of a phrase stands in a column."""
    return bool(min(right, last) - max(left, first) > 0.15 * min(right - left, last - first))


def _bands(text: Phrases, slots: list[dict[tuple[int, int], list[int]]], found: Rulings) -> list[int]:
    """The row of each row of text: those that only go on join the one before."""
    tops, bottoms = text.ends()
    middle = (tops + bottoms) / 2
    steps = np.diff(middle)
    bands = [0]
    for k in range(1, len(slots)):
        ruled = _ruled(found, middle[k - 1], middle[k], text)
        joins = not ruled and _goes_on(slots[k - 1], slots[k], float(steps[k - 1]), steps)
        bands.append(bands[-1] + (not joins))
    return bands


def _row_edges(text: Phrases, bands: Sequence[int]) -> Floats:
    tops, bottoms = text.ends()
    edges = [float(tops[0]) - 1]
    for k in range(1, len(bands)):
        edges += [float(bottoms[k - 1] + tops[k]) / 2] * (bands[k] - bands[k - 1])
    return np.array([*edges, float(bottoms[-1]) + 1])


def _ruled(found: Rulings, above: float, below: float, text: Phrases) -> bool:
    between = found.across[(found.across[:, 0] > above) & (found.across[:, 0] < below)]
    width = float(text.boxes[:, 2].max() - text.boxes[:, 0].min())
    return bool(len(between) and (between[:, 2] - between[:, 1]).max() > 0.3 * width)


def _goes_on(
    above: dict[tuple[int, int], list[int]], row: dict[tuple[int, int], list[int]], step: float, steps: Floats
) -> bool:
    """Whether a row of text is the rest of the one above: fewer cells, each under one, and no farther than usual."""
    under = all(any(a <= c and d <= b for a, b in above) for c, d in row)
    tight = step <= float(np.median(steps)) * 1.05 and step < 0.93 * float(np.quantile(steps, 0.75))
    return under and len(row) < len(above) and tight


def _places(slots: list[dict[tuple[int, int], list[int]]], bands: Sequence[int], columns: int) -> tuple[Place, ...]:
    spans: dict[tuple[int, int], int] = {}
    for row, band in zip(slots, bands, strict=True):
        for a, b in row:
            spans[(band, a)] = max(spans.get((band, a), 1), b - a + 1)
    return filled([Place(band, a, 1, n) for (band, a), n in spans.items()], bands[-1] + 1, columns)
