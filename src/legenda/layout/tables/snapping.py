"""The network's cells set onto the words: rows of text shared out among its rows, edges where they part words best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from legenda.layout.tables.frame import Floats, Ints, Words
from legenda.layout.tables.grid import Grid, Place, filled
from legenda.layout.tables.network import Tagged
from legenda.layout.tables.rulings import Rulings
from legenda.layout.tables.textrows import Phrases

_BOXES = 0.05  # weight of a cell's box beside a word's: it decides where there are no words
# in line heights of distance: what it costs that a row of the network has no text, or that one has a ruling inside
_EMPTY, _RULED = 1.0, 4.0


def snapped(tagged: Tagged, words: Words, text: Phrases, found: Rulings) -> Grid:
    """The grid of the network's tags, its edges set between the words.

    Args:
        tagged: what the network said.
        words: on the same picture.
        text: the same in rows.
        found: rulings of the picture.
    """
    places = filled(tagged.places, tagged.rows, tagged.columns)
    rows = shared_out(tagged, text, found, words.unit)[text.row[text.of_word]]
    held = [tagged.places[i] for i in _cells(tagged, words.boxes, rows)]
    # a cell over several rows says nothing of where those part
    fixed = [p if p.rows > 1 else Place(int(r), p.column, 1, p.columns) for p, r in zip(held, rows, strict=True)]
    xs = _edges(held, tagged, words.boxes[:, 0::2], "column")
    ys = _edges(fixed, tagged, words.boxes[:, 1::2], "row")
    # of 90 drawn tables (`training/tables`) the square is about the share of which all was right
    return _bare(Grid(ys, xs, places, tagged.least**2), words)


def shared_out(tagged: Tagged, text: Phrases, found: Rulings, unit: float) -> Ints:
    """The network's row of each row of text, in order: the nearest ones, few left empty, none with a ruling inside."""
    tops, bottoms = text.ends()
    middle = (tops + bottoms) / 2
    low, high = _bands(tagged)
    apart = np.maximum(np.maximum(low[None] - middle[:, None], middle[:, None] - high[None]), 0) / unit
    ruled = _ruled(middle, text, found, unit)
    rows = np.arange(tagged.rows)
    step = rows[None, :] - rows[:, None]  # from the row of one row of text to that of the next
    jump = np.where(step < 0, np.inf, np.maximum(step - 1, 0) * _EMPTY)
    cost = apart[0] + rows * _EMPTY
    back = np.zeros((text.rows, tagged.rows), np.intp)
    for i in range(1, text.rows):
        total = cost[:, None] + jump + np.where(step == 0, _RULED * ruled[i - 1], 0.0)
        back[i] = total.argmin(axis=0)
        cost = total.min(axis=0) + apart[i]
    chosen = [int((cost + (tagged.rows - 1 - rows) * _EMPTY).argmin())]
    for i in range(text.rows - 1, 0, -1):
        chosen.append(int(back[i, chosen[-1]]))
    return np.array(chosen[::-1], np.intp)


def _bands(tagged: Tagged) -> tuple[Floats, Floats]:
    """Top and bottom of each row, by the boxes of its cells that take no other."""
    low, high = np.full(tagged.rows, np.nan), np.full(tagged.rows, np.nan)
    for row in range(tagged.rows):
        own = [k for k, p in enumerate(tagged.places) if p.row == row and p.rows == 1]
        own = own or [k for k, p in enumerate(tagged.places) if p.row <= row < p.row + p.rows]
        if own:
            low[row], high[row] = np.median(tagged.boxes[own, 1]), np.median(tagged.boxes[own, 3])
    known = np.flatnonzero(~np.isnan(low))
    at = np.arange(tagged.rows)
    return np.interp(at, known, low[known]), np.interp(at, known, high[known])


def _ruled(middle: Floats, text: Phrases, found: Rulings, unit: float) -> NDArray[np.bool_]:
    """Whether a ruling runs between each row of text and the next, under and over most of both."""
    width = float(text.boxes[:, 2].max() - text.boxes[:, 0].min())
    wide = found.across[found.across[:, 2] - found.across[:, 1] > max(0.6 * width, 3 * unit), 0]
    inside: NDArray[np.bool_] = np.searchsorted(wide, middle[1:]) > np.searchsorted(wide, middle[:-1])
    return inside


def _cells(tagged: Tagged, boxes: Floats, rows: Ints) -> Ints:
    """The cell of each word: of those its row has the one it lies on most, and nearest to its middle."""
    left, right = tagged.boxes[:, 0], tagged.boxes[:, 2]
    width = np.maximum(boxes[:, None, 2] - boxes[:, None, 0], 1)
    common = (np.minimum(boxes[:, None, 2], right) - np.maximum(boxes[:, None, 0], left)) / width
    apart = np.abs(boxes[:, None, 0] + boxes[:, None, 2] - left - right) / np.maximum(right - left, 1)
    first = np.array([p.row for p in tagged.places])
    last = first + np.array([p.rows for p in tagged.places])
    own = (first[None] <= rows[:, None]) & (rows[:, None] < last[None])
    found: Ints = np.argmax(np.minimum(common, 1) - 0.5 * apart - 1e3 * ~own, axis=1)
    return found


def _edges(held: list[Place], tagged: Tagged, ends: Floats, side: str) -> Floats:
    """Edges of rows or columns: each parts what ends before it from what begins behind it, as well as it goes."""
    own = tagged.boxes[:, 0::2] if side == "column" else tagged.boxes[:, 1::2]
    spans = np.concatenate([_spans(held, side), _spans(tagged.places, side)])
    weights = np.concatenate([np.ones(len(ends)), np.full(len(own), _BOXES)])
    count = tagged.columns if side == "column" else tagged.rows
    inner = [_parting(np.concatenate([ends, own]), spans, weights, k) for k in range(1, count)]
    return np.maximum.accumulate(np.array([ends[:, 0].min() - 1, *inner, ends[:, 1].max() + 1]))


def _spans(places: tuple[Place, ...] | list[Place], side: str) -> Ints:
    if side == "column":
        return np.array([(p.column, p.column + p.columns) for p in places], np.intp).reshape(-1, 2)
    return np.array([(p.row, p.row + p.rows) for p in places], np.intp).reshape(-1, 2)


def _parting(ends: Floats, spans: Ints, weights: Floats, k: int) -> float:
    """Where the least of the words before edge `k` reaches beyond it, and of those behind it before it (L1)."""
    before, behind = spans[:, 1] == k, spans[:, 0] == k
    points = np.concatenate([ends[before, 1], ends[behind, 0]])
    if not len(points):
        return 0.0
    order = np.argsort(points, kind="stable")
    points = points[order]
    mass = np.concatenate([weights[before], weights[behind]])[order]
    # the cost falls while more of `before` reaches beyond x than of `behind` begins before it
    slope = np.cumsum(mass) - weights[before].sum()
    i = min(int(np.searchsorted(slope, -1e-9)), len(points) - 1)
    if i + 1 < len(points) and abs(slope[i]) < 1e-9:
        return float(points[i] + points[i + 1]) / 2
    return float(points[i])


def _bare(grid: Grid, words: Words) -> Grid:
    """The grid without rows and columns in which nothing begins."""
    held = {grid.places[i] for i in grid.cells_of(words)}
    rows = [r for r in range(grid.rows) if not any(p.row <= r < p.row + p.rows for p in held)]
    columns = [c for c in range(grid.columns) if not any(p.column <= c < p.column + p.columns for p in held)]
    return grid.without(rows, columns) if rows or columns else grid
