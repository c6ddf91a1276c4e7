"""Frames: regions that are read as one thing and not as lines, and rows of cells that are a table no model saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from legenda.document import Block, Line, bounds
from legenda.document.geometry import Box
from legenda.layout.formulas import RELATION, WORD, formulas_in
from legenda.layout.pieces import area, around, common, height_of, is_beside
from legenda.layout.regions import Region

_WHOLE = 0.6  # share of the page from which a figure is the page itself, if there is text on it
_WORDY = 4  # words from which a line is running text
_FILLED = 0.2  # share of a figure covered by running text from which it is none
_ROWS, _CELLED = 3, 0.6  # rows a table has at least, and the share of them with several cells
_HEADS = 2  # lines over a table that may be heads of several columns
_ALONE = 2  # rows without a second cell that may stand between others of a table
_READABLE = 0.6  # that what rules take for a formula is one
_LEGIBLE = 0.7  # confidence of a line from which its words are no formula read as text
_LEADING = 0.1  # heights of a line between two formulas of one region; parts of a fraction are nearer
_BY_ITSELF = 6  # words from which a line in a figure is text beside it
RULED = 0.55
"""Probability that a table no model saw is one: what `table_of` finds decides."""

Row = list[Line]


def frames_of(regions: Sequence[Region], blocks: Sequence[Block], page: Box) -> tuple[list[Region], list[Region]]:
    """Figures, tables and formulas that hold what such things hold, and all other regions that lie in none of them.

    Args:
        regions: as the model sees them, in the units of the lines.
        blocks: of the page, in reading order.
        page: its box.
    """
    lines = [line for block in blocks for line in block.lines]
    framed = [_cut(r, lines) for r in regions if r.kind in ("figure", "table", "formula") and _holds(r, lines, page)]
    framed = [part for region in framed for part in _equations(region, lines)]
    shown = [part for box in formulas_in(lines) for part in _equations(Region("formula", box, _READABLE), lines)]
    framed += [r for r in shown if not any(common(r.box, other.box) > 0.1 * area(r.box) for other in framed)]
    tabular = [Region("table", box, RULED) for block in blocks for box in tables_in(block.lines)]
    framed += [r for r in tabular if not any(common(r.box, other.box) > 0.3 * area(r.box) for other in framed)]
    framed = [r for r in framed if not any(_inside(r, other) for other in framed if other is not r)]
    others = [r for r in regions if r.kind not in ("figure", "table", "formula")]
    return framed, [r for r in others if not any(_inside(r, frame) for frame in framed)]


def tables_in(lines: Sequence[Line]) -> list[Box]:
    """Where lines of a block stand in rows of several cells."""
    found, run = [], list[Row]()
    alone = 0
    before: list[Row] = []
    for row in [*rows_of(lines), None]:
        if row is not None and len(row) > 1:
            run.append(row)
            alone = 0
        elif row is not None and run and alone < _ALONE:
            run.append(row)
            alone += 1
        else:
            found += _table(run[: len(run) - alone] if alone else run, before[: len(before) - len(run)])
            run, alone = [], 0
        before += [row] if row is not None else []
    return found


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Lines in reading order as rows: what stands beside the one before it, with a gap, is on its row."""
    rows: list[Row] = []
    for line in lines:
        if rows and is_beside(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _table(rows: list[Row], before: list[Row]) -> list[Box]:
    several = sum(len(row) > 1 for row in rows)
    if several < _ROWS or several < _CELLED * len(rows):
        return []
    box = around(bounds(line.polygon) for row in rows for line in row)
    for row in reversed(before[-_HEADS:]):
        above = around(bounds(line.polygon) for line in row)
        if not _spans_columns(above, box, height_of(row[0])):
            break
        box = around((above, box))
    return [box]


def _spans_columns(above: Box, table: Box, unit: float) -> bool:
    """Whether a line is a head over several columns: right above the table, and not over its first one."""
    near = table[1] - above[3] < 1.2 * unit
    return near and above[0] > table[0] + 4 * unit and above[2] <= table[2] + unit


def _cut(region: Region, lines: Sequence[Line]) -> Region:
    """A figure without the paragraphs above or below that the model took in."""
    if region.kind != "figure":
        return region
    x0, top, x1, bottom = region.box
    wordy = [bounds(x.polygon) for x in lines if len(x.content.split()) >= _BY_ITSELF and _centred(x, region.box)]
    above = [box[3] for box in wordy if box[3] < top + 0.3 * (bottom - top)]
    below = [box[1] for box in wordy if box[1] > top + 0.7 * (bottom - top)]
    return replace(region, box=(x0, max([top, *above]), x1, min([bottom, *below])))


def _equations(region: Region, lines: Sequence[Line]) -> list[Region]:
    """A region of several formulas, one below the other, one each: rows with paper between, and a relation in each."""
    inside = [line for line in lines if _centred(line, region.box)] if region.kind == "formula" else []
    rows: list[list[Line]] = []
    for line in sorted(inside, key=lambda line: bounds(line.polygon)[1]):
        top, unit = bounds(line.polygon)[1], height_of(line)
        if rows and top < max(bounds(x.polygon)[3] for x in rows[-1]) + _LEADING * unit:
            rows[-1].append(line)
        else:
            rows.append([line])
    if len(rows) < 2 or not all(RELATION.search(" ".join(line.content for line in row)) for row in rows):
        return [region]
    x0, top, x1, bottom = region.box
    boxes = [around(bounds(line.polygon) for line in row) for row in rows]
    edges = [top, *((a[3] + b[1]) / 2 for a, b in pairwise(boxes)), bottom]
    return [replace(region, box=(x0, a, x1, b)) for a, b in pairwise(edges)]


def _holds(region: Region, lines: Sequence[Line], page: Box) -> bool:
    inside = [line for line in lines if _centred(line, region.box)]
    if region.kind == "formula":
        return not _is_text(inside)
    if region.kind == "table":
        return len(inside) >= 3
    wordy = [line for line in inside if len(line.content.split()) >= _WORDY]
    covered = sum(area(bounds(line.polygon)) for line in wordy)
    if len(inside) > 2 and area(region.box) > _WHOLE * area(page):
        return False
    return len(wordy) < 4 or covered < _FILLED * area(region.box)


def _is_text(lines: Sequence[Line]) -> bool:
    """Whether lines say words that are surely there."""
    letters = sum(len(word) for line in lines for word in WORD.findall(line.content) if line.confidence > _LEGIBLE)
    return 2 * letters > sum(len(line.content.replace(" ", "")) for line in lines)


def _centred(line: Line, box: Box) -> bool:
    x0, y0, x1, y1 = bounds(line.polygon)
    return box[0] <= (x0 + x1) / 2 <= box[2] and box[1] <= (y0 + y1) / 2 <= box[3]


def _inside(region: Region, frame: Region) -> bool:
    return region is not frame and common(region.box, frame.box) > 0.7 * area(region.box)
