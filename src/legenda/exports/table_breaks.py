"""Tables over page breaks: which go on with the one on the page before, and pages on which each is written whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import hypot
from statistics import median

from legenda.document import Block, Line, Page, Table

_ASIDE = frozenset({"header", "footer", "page_number", "footnote"})  # stand around a table without ending it
_APART = 0.06  # of a table's width: columns of the two may differ by so much


def continued(before: Page | None, page: Page) -> Page:
    """The page with its first table marked where it goes on with the last one of the page before.

    It does when nothing but running heads and feet stands between the two, and columns are as many and as wide.

    Args:
        before: the page before; `None` where there is none.
        page: upright or turned as the one before.
    """
    place = _first(page)
    if before is None or place is None or page.number != before.number + 1:
        return page
    last = _last(before)
    if last is None or not _alike(before.blocks[last].table, page.blocks[place].table):
        return page
    block = page.blocks[place]
    assert block.table  # noqa: S101  (both are, or they are not alike)
    marked = replace(block, table=replace(block.table, continued=True))
    return replace(page, blocks=(*page.blocks[:place], marked, *page.blocks[place + 1 :]))


class JoinedTables:
    """Holds a page back while its last table may go on with the next; each page comes out once, in order."""

    def __init__(self) -> None:
        self._held: list[Page] = []

    def add(self, page: Page) -> Iterator[Page]:
        """The pages that are done now that this one is known."""
        place = _first(page)
        goes_on = place is not None and (of := page.blocks[place].table) is not None and of.continued
        if not (goes_on and self._held):
            yield from self.rest()
        elif place is not None:
            begun = self._held[0]
            last = _last(begun)
            assert last is not None  # noqa: S101  (else it were not held)
            whole = _joined(begun.blocks[last], page.blocks[place])
            self._held[0] = replace(begun, blocks=(*begun.blocks[:last], whole, *begun.blocks[last + 1 :]))
            page = replace(page, blocks=(*page.blocks[:place], *page.blocks[place + 1 :]))
            if any(block.kind not in _ASIDE for block in page.blocks):
                yield from self.rest()
        if self._held or _last(page) is not None:
            self._held.append(page)
        else:
            yield page

    def rest(self) -> Iterator[Page]:
        """The pages that are held."""
        held, self._held = self._held, []
        yield from held


def _first(page: Page) -> int | None:
    """Place of a page's first block but for those around it, if it is a table with cells."""
    return _table(page, [k for k, block in enumerate(page.blocks) if block.kind not in _ASIDE][:1])


def _last(page: Page) -> int | None:
    """Place of a page's last block but for those around it, if it is a table with cells."""
    return _table(page, [k for k, block in enumerate(page.blocks) if block.kind not in _ASIDE][-1:])


def _table(page: Page, places: list[int]) -> int | None:
    return next((place for place in places if page.blocks[place].table), None)


def _alike(one: Table | None, other: Table | None) -> bool:
    if not one or not other or one.columns != other.columns:
        return False
    return all(abs(a - b) < _APART for a, b in zip(_widths(one), _widths(other), strict=True))


def _widths(table: Table) -> list[float]:
    """Of the columns, as parts of the whole; by the cells that take one."""
    seen: list[list[float]] = [[] for _ in range(table.columns)]
    for cell in table.cells:
        x1, y1, x2, y2 = cell.polygon[:4]
        if cell.columns == 1:
            seen[cell.column].append(hypot(x2 - x1, y2 - y1))
    widths = [median(column) if column else 0.0 for column in seen]
    whole = sum(widths) or 1.0
    return [width / whole for width in widths]


def _joined(begun: Block, after: Block) -> Block:
    """One table of two; headings the second one repeats stand there once."""
    one, other = begun.table, after.table
    assert one and other  # noqa: S101
    heads = _repeated(begun, one, after, other)
    cells, lines = list(one.cells), list(begun.lines)
    for cell in other.cells:
        if cell.row >= heads:
            row = one.rows + cell.row - heads
            cells.append(replace(cell, row=row, first=len(lines), header=False))
            lines += after.lines[cell.first : cell.first + cell.count]
    table = Table(one.rows + other.rows - heads, one.columns, tuple(cells), min(one.confidence, other.confidence))
    return replace(begun, lines=tuple(lines), table=table)


def _repeated(begun: Block, one: Table, after: Block, other: Table) -> int:
    """How many rows of the second table are headings of the first."""
    heads = max((cell.row + cell.rows for cell in one.cells if cell.header), default=0)
    return heads if 0 < heads < other.rows and _said(begun.lines, one, heads) == _said(after.lines, other, heads) else 0


def _said(lines: tuple[Line, ...], table: Table, rows: int) -> list[tuple[int, int, str]]:
    return [
        (
            cell.row,
            cell.column,
            "".join(line.content for line in lines[cell.first : cell.first + cell.count]).casefold(),
        )
        for cell in table.cells
        if cell.row < rows
    ]
