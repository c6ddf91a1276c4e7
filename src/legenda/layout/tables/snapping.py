"""The network's cells set onto the words: edges of rows and columns where they part the words best."""

from __future__ import annotations

import numpy as np

from legenda.layout.tables.frame import Floats, Ints, Words
from legenda.layout.tables.grid import Grid, Place, filled
from legenda.layout.tables.network import Tagged

_ROUNDS = 3
_BOXES = 0.05  # weight of a cell's box beside a word's: it decides where there are no words


def snapped(tagged: Tagged, words: Words, size: tuple[int, int]) -> Grid:
    """The grid of the network's tags, its edges set between the words.

    Args:
        tagged: what the network said.
        words: on the same picture.
        size: of the picture, width and height.
    """
    places = filled(tagged.places, tagged.rows, tagged.columns)
    cell_of = _nearest(tagged, words.boxes)
    held = [tagged.places[i] for i in cell_of]
    grid = Grid(np.zeros(tagged.rows + 1), np.zeros(tagged.columns + 1), places, tagged.sure)
    for _ in range(_ROUNDS):
        xs = _edges(held, tagged, words.boxes[:, 0::2], "column", size[0])
        ys = _edges(held, tagged, words.boxes[:, 1::2], "row", size[1])
        grid = Grid(ys, xs, places, tagged.sure)
        again = [places[i] for i in grid.cells_of(words)]
        if again == held:
            break
        held = again
    return grid


def _nearest(tagged: Tagged, boxes: Floats) -> Ints:
    """The cell of each word: the one it lies on most, else the nearest."""
    low = np.maximum(boxes[:, None, :2], tagged.boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], tagged.boxes[None, :, 2:])
    common = np.prod(np.maximum(high - low, 0), axis=2)
    apart = np.maximum(low - high, 0).sum(axis=2)
    found: Ints = np.argmax(np.where(common > 0, common, -apart - 1e-3), axis=1)
    return found


def _edges(held: list[Place], tagged: Tagged, ends: Floats, side: str, size: int) -> Floats:
    """Edges of rows or columns: each parts what ends before it from what begins behind it, as well as it goes."""
    of_words = _spans(held, side)
    of_boxes = _spans(tagged.places, side)
    own = tagged.boxes[:, 0::2] if side == "column" else tagged.boxes[:, 1::2]
    spans = np.concatenate([of_words, of_boxes])
    near = np.concatenate([ends, own])
    weights = np.concatenate([np.ones(len(ends)), np.full(len(own), _BOXES)])
    count = tagged.columns if side == "column" else tagged.rows
    inner = [_parting(near, spans, weights, k) for k in range(1, count)]
    return np.maximum.accumulate(np.array([0.0, *inner, float(size)]))


def _spans(places: tuple[Place, ...] | list[Place], side: str) -> Ints:
    if side == "column":
        return np.array([(p.column, p.column + p.columns) for p in places], np.intp).reshape(-1, 2)
    return np.array([(p.row, p.row + p.rows) for p in places], np.intp).reshape(-1, 2)


def _parting(ends: Floats, spans: Ints, weights: Floats, k: int) -> float:
    """Where the least of the words before edge `k` reaches beyond it, and of those behind it before it (L1)."""
    before, behind = spans[:, 1] <= k, spans[:, 0] >= k
    near = (spans[:, 1] >= k - 1) & (spans[:, 0] <= k + 1)
    before, behind = before & near, behind & near
    points = np.concatenate([ends[before, 1], ends[behind, 0]])
    if not len(points):
        return 0.0
    order = np.argsort(points, kind="stable")
    points = points[order]
    mass = np.concatenate([weights[before], weights[behind]])[order]
    # the cost falls while more of `before` reaches beyond x than of `behind` begins before it
    slope = np.cumsum(mass) - weights[before].sum()
    i = int(np.searchsorted(slope, -1e-9))
    if i + 1 < len(points) and abs(slope[i]) < 1e-9:
        return float(points[i] + points[i + 1]) / 2
    return float(points[min(i, len(points) - 1)])
