"""Where tables stand on a page that no layout model looked at: by rulings, and by phrases in columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from legenda.document import Line
from legenda.document.geometry import Box
from legenda.layout.tables.alignment import columns
from legenda.layout.tables.frame import Floats, Ints, Raster, level
from legenda.layout.tables.rulings import Rulings, rulings
from legenda.layout.tables.textrows import Phrases, phrases

# In line heights unless said otherwise
_APART = 2.5  # rows of one table stand no farther apart
_NEAR = 0.6  # ends of rulings that meet
_WIDE = 6.0  # rulings of a table without vertical ones are longer
_FEWEST = 3  # rows of text of a table without vertical rulings
_SHORT = 9.0  # phrases of a table are shorter in the middle; lines of a narrow column of prose are longer
# shares of the phrases that may stand in two columns, and of the slots that must be filled
_CROSSED, _FILLED = 0.15, 0.45
_NUMERIC = 0.4  # of the phrases of a table of two columns without rulings
_NUMBER = re.compile(r"[^\w]*\d[\d.,'’%:/\s–-]*[^\w]*")


def find(raster: Raster, lines: Sequence[Line]) -> list[Box]:
    """Boxes around tables.

    Args:
        raster: of the page, uint8, [height, width] grey or [height, width, 3] RGB, upright to within a few degrees.
        lines: of the page, polygons in pixels of the raster.

    Returns:
        Left, top, right, bottom of each, from top to bottom; they do not overlap.
    """
    written = [line for line in lines if line.content.strip()]
    if len(written) < 2:
        return []
    height, width = raster.shape[:2]
    page = level(raster, (0.0, 0.0, float(width), float(height)), written)
    text = phrases(page.words)
    if text.rows < 2 or not (np.bincount(text.row) > 1).any():
        return []
    unit = page.words.unit
    found = rulings(page.picture, unit)
    numeric = _numeric(written, text, page.words.line)
    boxes = [box for box in _ruled(found, unit) if _rows_and_columns(text, box, unit, 2)]
    boxes += [b for b in _between(found, text, unit) if _free(b, boxes) and _rows_and_columns(text, b, unit, _FEWEST)]
    boxes += [b for b in _aligned(text, numeric, unit) if _free(b, boxes)]
    return [_around(page.polygon(box), width, height) for box in sorted(boxes, key=lambda b: (b[1], b[0]))]


def _around(polygon: Sequence[float], width: int, height: int) -> Box:
    xs, ys = polygon[0::2], polygon[1::2]
    return max(min(xs), 0.0), max(min(ys), 0.0), min(max(xs), float(width)), min(max(ys), float(height))


def _numeric(lines: Sequence[Line], text: Phrases, line_of: Ints) -> Floats:
    """Which phrases are of lines that are mostly digits; 1 or 0 each."""
    digits = [sum(c.isdigit() for c in x.content) > 0.4 * len(x.content.replace(" ", "")) for x in lines]
    share = np.zeros(len(text.row))
    np.maximum.at(share, text.of_word, np.array(digits, np.float64)[line_of])
    return share


def _ruled(found: Rulings, unit: float) -> list[Box]:
    """Around rulings that meet others across them."""
    near = _NEAR * unit
    groups: list[list[Floats]] = []
    boxes = [np.array([left, y, right, y]) for y, left, right in found.across]
    boxes += [np.array([x, top, x, bottom]) for x, top, bottom in found.down]
    for box in boxes:
        touching = [g for g in groups if any(_meet(box, other, near) for other in g)]
        groups = [g for g in groups if not any(g is t for t in touching)]
        groups.append([box, *(other for g in touching for other in g)])
    whole = []
    for group in groups:
        flat = sum(box[1] == box[3] for box in group)
        if flat >= 2 and len(group) - flat >= 1 and len(group) >= 4:
            ends = np.array(group)
            whole.append(tuple(map(float, (*ends[:, :2].min(axis=0), *ends[:, 2:].max(axis=0)))))
    return [box for box in whole if not any(_inside(box, other) for other in whole if other != box)]  # type: ignore[misc]


def _meet(a: Floats, b: Floats, near: float) -> bool:
    crossing = (a[1] == a[3]) != (b[1] == b[3])
    return bool(crossing and (np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]) >= -near).all())


def _between(found: Rulings, text: Phrases, unit: float) -> list[Box]:
    """From the first to the last of horizontal rulings as long as each other, one under the other."""
    wide = found.across[found.across[:, 2] - found.across[:, 1] > _WIDE * unit]
    stacks: list[list[Floats]] = []
    for line in wide:
        same = [s for s in stacks if np.abs(s[-1][1:] - line[1:]).max() < 1.5 * unit]
        if same:
            same[-1].append(line)
        else:
            stacks.append([line])
    boxes = []
    for stack in stacks:
        if len(stack) >= 2:
            ends = np.array(stack)
            boxes.append((float(ends[:, 1].min()), float(ends[0, 0]), float(ends[:, 2].max()), float(ends[-1, 0])))
    return boxes


def _rows_and_columns(text: Phrases, box: Box, unit: float, fewest: int) -> bool:
    """Whether what stands in a box stands in rows and columns, and is no prose."""
    inside = _phrases_in(text, box)
    part = _only(text, inside)
    if part is None or part.rows < fewest:
        return False
    several = np.bincount(part.row, minlength=part.rows) > 1
    if several.sum() < max(2, 0.4 * part.rows):
        return fewest == 2 and bool(several.any())  # closed by rulings: cells of several lines
    return _in_columns(part, columns(part, unit), unit)


def _in_columns(part: Phrases, edges: Floats, unit: float) -> bool:
    """Whether phrases are short, most stand in one column, and most columns have one in most rows."""
    if len(edges) < 3:
        return False
    short = np.median(part.boxes[:, 2] - part.boxes[:, 0]) < _SHORT * unit
    crossing = (part.boxes[:, 0, None] < edges[1:-1] - 0.1 * unit) & (part.boxes[:, 2, None] > edges[1:-1] + 0.1 * unit)
    column = np.searchsorted(edges, (part.boxes[:, 0] + part.boxes[:, 2]) / 2)
    filled = len(set(zip(part.row.tolist(), column.tolist(), strict=True))) / (part.rows * (len(edges) - 1))
    return bool(short and crossing.any(axis=1).mean() < _CROSSED and filled > _FILLED)


def _phrases_in(text: Phrases, box: Box) -> Ints:
    middle = (text.boxes[:, :2] + text.boxes[:, 2:]) / 2
    inside = (middle > np.array(box[:2])).all(axis=1) & (middle < np.array(box[2:])).all(axis=1)
    return np.flatnonzero(inside)


def _only(text: Phrases, kept: Ints) -> Phrases | None:
    if not len(kept):
        return None
    rows, row = np.unique(text.row[kept], return_inverse=True)
    return Phrases(text.boxes[kept], row.astype(np.intp), np.zeros(0, np.intp), len(rows))


def _aligned(text: Phrases, numeric: Floats, unit: float) -> list[Box]:
    """Around runs of rows of text with several phrases each, in columns, short ones or numbers."""
    count = np.bincount(text.row, minlength=text.rows)
    tops, bottoms = text.ends()
    runs: list[list[int]] = []
    for row in np.flatnonzero(count > 1).tolist():
        if runs and row - runs[-1][-1] <= 2 and tops[row] - bottoms[runs[-1][-1]] < _APART * unit:
            runs[-1].append(row)
        else:
            runs.append([row])
    return [box for run in runs if len(run) >= _FEWEST and (box := _table(text, numeric, run, unit))]


def _table(text: Phrases, numeric: Floats, run: Sequence[int], unit: float) -> Box | None:
    kept = np.flatnonzero((text.row >= run[0]) & (text.row <= run[-1]))
    part = _only(text, kept)
    if part is None:
        return None
    edges = columns(part, unit)
    telling = len(edges) > 3 or (len(edges) == 3 and numeric[kept].mean() >= _NUMERIC)
    if not (telling and len(run) >= 0.6 * part.rows and _in_columns(part, edges, unit)):
        return None
    low, high = part.boxes[:, :2].min(axis=0), part.boxes[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _inside(box: Sequence[float], other: Sequence[float]) -> bool:
    return box[0] >= other[0] and box[1] >= other[1] and box[2] <= other[2] and box[3] <= other[3]


def _free(box: Box, boxes: Sequence[Box]) -> bool:
    return all(box[0] >= b[2] or box[2] <= b[0] or box[1] >= b[3] or box[3] <= b[1] for b in boxes)
