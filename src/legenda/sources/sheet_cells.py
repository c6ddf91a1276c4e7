"""Which characters of a sheet's page belong to which cell: LibreOffice tags documents, but not sheets.

Columns are as wide as they were made (`office_sheets`), and within a column cells stand one below the other, in
whatever order they were drawn. So all text of a column, from top to bottom, is that of its cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from legenda.sources.page import Element
from legenda.sources.segmentation import Booleans, Codes, Floats, Owners

_POINTS = 72 / 2.54
_SLACK = 2.0
"""Points a letter may reach beyond its column."""
_MOST = 30_000
"""Elements of a page: their numbers are of 16 bits."""


class _Cell(NamedTuple):
    """A cell and its text as UTF-16 code units, without white space."""

    row: int
    column: int
    rows: int
    columns: int
    text: str


def sheet(
    told: dict[str, Any], codes: Codes, boxes: Floats, inked: Booleans, width: float
) -> tuple[tuple[Element, ...], Owners]:
    """Elements of a sheet, and the number of that each character belongs to, or -1.

    Args:
        told: what `office_sheets.unfold` says of it.
        codes: UTF-16 code units, [n].
        boxes: in page units, [n, 4].
        inked: which of the characters are letters, [n].
        width: of the page in points.

    Raises:
        KeyError, TypeError, ValueError: it is told something else.
    """
    cells = [_Cell(int(r), int(c), int(h), int(w), _units(str(t))) for r, c, h, w, t in told["cells"][:_MOST]]
    found = _Sheet(codes, boxes, np.flatnonzero(inked), _edges(told["widths"], width))
    elements: list[Element] = []
    if name := _units(str(told["name"])):
        found.take(name, len(elements), last=True)
        elements.append(Element("heading", 1))
    up, left = min((cell.row for cell in cells), default=0), min((cell.column for cell in cells), default=0)
    numbers = {cell: number for number, cell in enumerate(cells, len(elements))}
    for cell in cells:
        elements.append(Element("table", 0, 0, cell.row - up, cell.column - left, max(cell.rows, 1), cell.columns))
    for cell, number in numbers.items():
        if cell.columns > 1:
            found.take(cell.text, number, cell.column, cell.columns)
    for column in {cell.column for cell in cells}:
        own = [(cell.text, n) for cell, n in numbers.items() if cell.column == column and cell.columns == 1]
        found.fill(column, own)
    found.fill_rows({(cell.row, cell.column): number for cell, number in numbers.items()})
    return tuple(elements), found.owners


def _edges(widths: Sequence[float], width: float) -> list[float]:
    edges = [0.0, *accumulate(float(one) * _POINTS for one in widths)]
    scale = min(1.0, width / max(edges[-1], 1e-3))  # sheets too wide for a page are made smaller
    return [edge * scale for edge in edges]


def _units(text: str) -> str:
    units = np.frombuffer("".join(text.split()).encode("utf-16-le", "surrogatepass"), "<u2")
    return "".join(map(chr, units.tolist()))


class _Sheet:
    """The letters of a page, and whose they are."""

    def __init__(self, codes: Codes, boxes: Floats, index: NDArray[np.intp], edges: list[float]) -> None:
        self.owners: Owners = np.full(len(codes), -1, np.int16)
        self._index, self._edges, self._boxes = index, edges, boxes[index]
        self._text = "".join(map(chr, codes[index].tolist()))
        middles = (self._boxes[:, 0] + self._boxes[:, 2]) / 2
        self._columns = np.searchsorted(edges, middles, "right") - 1
        self._runs = self._split(middles)

    def take(self, text: str, number: int, column: int = 0, columns: int = 0, *, last: bool = False) -> None:
        """Give the first (or last) such text over these columns, that is nobody's, to an element."""
        low, high = self._edges[min(column, len(self._edges) - 1)] - _SLACK, float("inf")
        if columns:
            high = self._edges[min(column + columns, len(self._edges) - 1)] + _SLACK
        places, at = list[int](), self._text.find(text)
        while at >= 0 and text:
            part = slice(at, at + len(text))
            free = bool((self.owners[self._index[part]] < 0).all())
            if free and self._boxes[part, 0].min() >= low and self._boxes[part, 2].max() <= high:
                places.append(at)
                if not last:
                    break
            at = self._text.find(text, at + 1)
        if places:
            self.owners[self._index[places[-1] : places[-1] + len(text)]] = number

    def fill(self, column: int, cells: Sequence[tuple[str, int]]) -> None:
        """Give what stands in a column, from top to bottom, to its cells in their order."""
        runs = [run for run in self._runs.get(column, ()) if self.owners[self._index[run[0]]] < 0]
        order = np.array([at for run in sorted(runs, key=self._place) for at in run], np.intp)
        stream, at = "".join(self._text[place] for place in order), 0
        for text, number in cells:
            start = stream.find(text, at) if text else -1
            if start < 0:
                continue
            at = start + len(text)
            self.owners[self._index[order[start:at]]] = number

    def fill_rows(self, cells: dict[tuple[int, int], int]) -> None:
        """Give what is drawn otherwise than the file says to the cell it stands in, beside others of its row."""
        tops, bottoms = dict[int, float](), dict[int, float]()
        owners, held = self.owners[self._index], set[int]()
        rows = {number: row for (row, _), number in cells.items()}
        for place in np.flatnonzero(owners >= 0).tolist():
            held.add(number := int(owners[place]))
            if (row := rows.get(number)) is not None:
                _, top, _, bottom = self._boxes[place]
                tops[row] = min(float(top), tops.get(row, float(top)))
                bottoms[row] = max(float(bottom), bottoms.get(row, float(bottom)))
        for column, runs in self._runs.items():
            for run in (run for run in runs if owners[run[0]] < 0):
                middle = float(self._boxes[run[0], 1] + self._boxes[run[0], 3]) / 2
                row = next((row for row in tops if tops[row] <= middle <= bottoms[row]), -1)
                number = cells.get((row, column), -1)
                if number >= 0 and number not in held:
                    self.owners[self._index[run.start : run.stop]] = number

    def _place(self, run: range) -> tuple[float, float]:
        first = self._boxes[run[0]]
        return round(float(first[1] + first[3]) / 2, 0), float(first[0])

    def _split(self, middles: Floats) -> dict[int, list[range]]:
        """Letters that follow one another in a line of a column, by column."""
        runs: dict[int, list[range]] = {}
        if not len(middles):
            return runs
        heights = (self._boxes[:, 1] + self._boxes[:, 3]) / 2
        apart = np.abs(np.diff(heights)) > np.diff(self._boxes[:, 1::2]).ravel()[1:] / 2
        begins = [0, *(np.flatnonzero(apart | (np.diff(self._columns) != 0)) + 1).tolist(), len(middles)]
        for start, end in pairwise(begins):
            runs.setdefault(int(self._columns[start]), []).append(range(start, end))
        return runs
