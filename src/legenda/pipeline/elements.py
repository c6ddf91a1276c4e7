"""Blocks as a file itself says them: headings, items of lists, tables with their cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from legenda.document import Block, BlockKind, Cell, Line, Notation, Polygon, Table, bounds, from_box
from legenda.document.geometry import Box, joined
from legenda.sources import Element, TextLayer

_INDENT = 0.5
"""Of a line's height: items that begin so much further in are one level deeper."""
_LABEL = 4
"""Most characters of a mark before an item."""
_PAGE_NUMBER = re.compile(r"\W*(?:\w+\W+)?\d{1,4}(?:\W+(?:\w+\W+)?\d{1,4})?\W*")
_SPACED = 0.6
"""Least share of common height of what stands on one row."""


@dataclass
class _Slot:
    """Lines of one block to be: an element, a table (its cells by their elements), or what nobody tagged."""

    element: int = -1
    table: int = -1
    lines: list[tuple[int, Line]] = field(default_factory=list)


def told(text: TextLayer, lines: Sequence[Line], loose: Iterable[Block]) -> list[Block]:
    """Blocks in the file's order.

    Args:
        text: with elements.
        lines: its lines, as the document has them, in its order.
        loose: blocks of the lines that belong to no element.
    """
    slots: list[_Slot] = []
    known: dict[tuple[int, int], _Slot] = {}
    places = {id(block.lines[0]): block for block in loose}
    blocks: list[Block | _Slot] = []
    for own, line in zip(text.lines, lines, strict=True):
        if own.owner < 0:
            if block := places.get(id(line)):
                blocks.append(block)
            continue
        table = text.elements[own.owner].table
        key = (table, -1) if table >= 0 else (-1, own.owner)
        if key not in known:
            known[key] = _Slot(own.owner, table)
            slots.append(known[key])
            blocks.append(known[key])
        known[key].lines.append((own.owner, line))
    top = min(bounds(line.polygon)[1] for slot in slots for _, line in slot.lines)
    bottom = max(bounds(line.polygon)[3] for slot in slots for _, line in slot.lines)
    return _nested([_block(one, text) if isinstance(one, _Slot) else _aside(one, top, bottom) for one in blocks])


def with_figures(blocks: Sequence[Block], pictures: Mapping[Box, Sequence[Line]]) -> list[Block]:
    """Blocks with a figure for each picture, before what begins below its top; lines are what was read in it."""
    done = list(blocks)
    for box, lines in pictures.items():
        place = next((at for at, block in enumerate(done) if bounds(block.polygon)[1] >= box[1]), len(done))
        done.insert(place, Block("figure", from_box(*box), tuple(lines)))
    return done


def _block(slot: _Slot, text: TextLayer) -> Block:
    if slot.table >= 0:
        return _table(slot, text)
    element = text.elements[slot.element]
    lines = [line for _, line in slot.lines]
    if element.kind == "list":
        lines = _labelled(lines)
    said = Notation("formula", {"latex": element.latex}, engine=lines[0].engine) if element.latex else None
    return Block(element.kind, _around(lines), tuple(lines), level=element.level, notation=said)


def _aside(block: Block, top: float, bottom: float) -> Block:
    """What is no part of the text, as it says, stands above or below it, or between."""
    _, highest, _, lowest = bounds(block.polygon)
    if top < lowest and highest < bottom:
        return block
    content = " ".join(line.content for line in block.lines)
    kind: BlockKind = "header" if lowest <= top else "footer"
    return replace(block, kind="page_number" if _PAGE_NUMBER.fullmatch(content) else kind)


def _labelled(lines: list[Line]) -> list[Line]:
    """An item whose mark stands far before its first line has both on one."""
    if len(lines) < 2 or len(lines[0].content) > _LABEL or not _on_one_row(lines[0], lines[1]):
        return lines
    mark, first = lines[:2]
    content, polygon = f"{mark.content} {first.content}", joined(mark.polygon, first.polygon)
    shift = len(mark.content) + 1
    marks = (*mark.marks, *(replace(one, start=one.start + shift) for one in first.marks))
    whole = replace(first, content=content, polygon=polygon, words=(*mark.words, *first.words), marks=marks)
    return [whole, *lines[2:]]


def _on_one_row(one: Line, other: Line) -> bool:
    (_, a, _, b), (_, c, _, d) = bounds(one.polygon), bounds(other.polygon)
    return min(b, d) - max(a, c) > _SPACED * min(b - a, d - c)


def _nested(blocks: list[Block]) -> list[Block]:
    """Levels of lists by how far in their items begin, where the file gives all of them one."""
    done: list[Block] = []
    for kind, group in groupby(blocks, lambda block: block.kind):
        items = list(group)
        if kind == "list" and len({item.level for item in items}) == 1:
            steps = _steps(items)
            items = [replace(item, level=item.level + _step(item, steps)) for item in items]
        done += items
    return done


def _steps(items: Sequence[Block]) -> list[float]:
    steps: list[float] = []
    for left, height in sorted(_start(item) for item in items):
        if not steps or left > steps[-1] + _INDENT * height:
            steps.append(left)
    return steps


def _step(item: Block, steps: Sequence[float]) -> int:
    left, _ = _start(item)
    return max(place for place, step in enumerate(steps) if step <= left)


def _start(item: Block) -> tuple[float, float]:
    left, top, _, bottom = bounds(item.lines[0].polygon)
    return left, bottom - top


def _table(slot: _Slot, text: TextLayer) -> Block:
    numbers = [number for number, element in enumerate(text.elements) if element.table == slot.table]
    numbers.sort(key=lambda number: (text.elements[number].row, text.elements[number].column))
    lines: list[Line] = []
    shares: list[tuple[Element, int, int]] = []
    for number in numbers:
        own = [line for owner, line in slot.lines if owner == number]
        shares.append((text.elements[number], len(lines), len(own)))
        lines += own
    block = Block("table", _around(lines), tuple(lines))
    if not _apart([element for element, _, _ in shares]):
        return block
    grid = _Grid(shares, lines, bounds(block.polygon))
    cells = tuple(
        Cell(e.row, e.column, grid.place(e), first, count, e.rows, e.columns, e.header) for e, first, count in shares
    )
    table = Table(grid.rows, grid.columns, cells, continued=slot.table in text.continued)
    return replace(block, table=table)


def _apart(elements: Sequence[Element]) -> bool:
    """Whether no two cells lie over one another."""
    taken: set[tuple[int, int]] = set()
    for element in elements:
        places = {
            (row, column)
            for row in range(element.row, element.row + element.rows)
            for column in range(element.column, element.column + element.columns)
        }
        if taken & places:
            return False
        taken |= places
    return True


class _Grid:
    """Where rows and columns are, as far as lines tell."""

    def __init__(self, shares: Sequence[tuple[Element, int, int]], lines: Sequence[Line], around: Box) -> None:
        self.rows = max(element.row + element.rows for element, _, _ in shares)
        self.columns = max(element.column + element.columns for element, _, _ in shares)
        lefts, tops = dict[int, float](), dict[int, float]()
        for element, first, count in shares:
            for line in lines[first : first + count]:
                left, top, _, _ = bounds(line.polygon)
                lefts[element.column] = min(left, lefts.get(element.column, left))
                tops[element.row] = min(top, tops.get(element.row, top))
        wide = sorted(b - a for a, b in pairwise(sorted(lefts.values())))
        right = max(around[2], max(lefts.values()) + wide[len(wide) // 2]) if wide else around[2]  # cells outreach text
        self._across = _edges(lefts, self.columns, around[0], right)
        self._down = _edges(tops, self.rows, around[1], around[3])

    def place(self, cell: Element) -> Polygon:
        """Of a cell."""
        left, right = self._across[cell.column], self._across[cell.column + cell.columns]
        return from_box(left, self._down[cell.row], right, self._down[cell.row + cell.rows])


def _edges(known: dict[int, float], count: int, low: float, high: float) -> list[float]:
    """Beginnings of so many rows or columns, and the end of the last; those nobody knows take no room."""
    edges = [high]
    for place in reversed(range(count)):
        edges.append(min(known.get(place, edges[-1]), edges[-1]))
    edges[-1] = low
    return edges[::-1]


def _around(lines: Sequence[Line]) -> Polygon:
    boxes = [bounds(line.polygon) for line in lines]
    low = [min(box[side] for box in boxes) for side in (0, 1)]
    high = [max(box[side] for box in boxes) for side in (2, 3)]
    return from_box(low[0], low[1], high[0], high[1])
