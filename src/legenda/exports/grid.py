"""Text laid out as on the page: lines cut at wide gaps, gathered into rows, placed on a grid of character cells.

The text's own direction gives the frame, so turned and tilted pages come out upright. A character of East Asian width
takes two cells, a combining mark none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, pi, sin
from statistics import median

from legenda.document import Line, Polygon

_GAP = 1.2  # in line heights: words further apart stand in different columns; a word space is 0.2 to 0.5
_MOST_BLANK_LINES = 2
_LEAST_PITCH, _MOST_PITCH = 1.1, 2.5  # in line heights
# in cells: left edges of lines scatter by about one; inside a row that much may be a digit more in a column of numbers
_SAME_MARGIN, _SAME_COLUMN = 1.5, 0.75


@dataclass(slots=True)
class _Piece:
    """A stretch of a line without wide gaps, in the text's own frame."""

    text: str
    left: float
    right: float
    middle: float
    height: float
    column: int = 0


def cells(text: str) -> int:
    """Width of a text in character cells of a terminal."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    return 0 if unicodedata.category(character) in ("Mn", "Me", "Cf") else 1


def layout(lines: Sequence[Line]) -> str:
    """Lay lines out on a grid of characters; rows are joined by line feeds, without trailing spaces."""
    lines = [line for line in lines if line.content]
    if not lines:
        return ""
    angle = direction(lines)
    rows = _rows([piece for line in lines for piece in _pieces(line, angle)])
    _set_columns(rows)
    return "\n".join("\n" * blank + _typeset(row) for blank, row in zip(_blank_lines(rows), rows, strict=True))


def direction(lines: Sequence[Line]) -> float:
    """Direction of most text, radians clockwise from rightwards: the median within the commonest quarter turn."""
    found = [(atan2(y2 - y1, x2 - x1), len(line.content)) for line in lines for x1, y1, x2, y2 in [line.polygon[:4]]]
    votes = [0] * 4
    for angle, weight in found:
        votes[round(angle / (pi / 2)) % 4] += weight
    turn = votes.index(max(votes)) * pi / 2
    tilts = sorted(((angle - turn + pi) % (2 * pi) - pi, weight) for angle, weight in found)
    tilts = [(tilt, weight) for tilt, weight in tilts if abs(tilt) <= pi / 4]
    half, seen = sum(weight for _, weight in tilts) / 2, 0.0
    for tilt, weight in tilts:
        seen += weight
        if seen >= half:
            return turn + tilt
    return turn


def _pieces(line: Line, angle: float) -> list[_Piece]:
    words = [(word, _extent(word.polygon, angle)) for word in line.words]
    if not words:
        return [_piece(line.content, [_extent(line.polygon, angle)])]
    height = median(bottom - top for _, (_, _, top, bottom) in words)
    starts = [0]
    for index, ((_, (left, right, *_)), (_, (after, beyond, *_))) in enumerate(pairwise(words), 1):
        if max(after - right, left - beyond) > _GAP * height:  # the second is for scripts from right to left
            starts.append(index)
    pieces = []
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        last = words[end - 1][0].span
        begin = words[start][0].span.offset - line.span.offset if start else 0
        stop = last.offset + last.length - line.span.offset if end < len(words) else len(line.content)
        pieces.append(_piece(line.content[begin:stop].strip(), [extent for _, extent in words[start:end]]))
    return [piece for piece in pieces if piece.text]


def _piece(text: str, extents: list[tuple[float, float, float, float]]) -> _Piece:
    lefts, rights, tops, bottoms = zip(*extents, strict=True)
    height = max(median(b - t for t, b in zip(tops, bottoms, strict=True)), 1e-6)
    return _Piece(text, min(lefts), max(rights), median(tops) / 2 + median(bottoms) / 2, height)


def _extent(polygon: Polygon, angle: float) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of a polygon after turning it back by `angle`."""
    c, s = cos(angle), sin(angle)
    xs = [x * c + y * s for x, y in zip(polygon[0::2], polygon[1::2], strict=True)]
    ys = [y * c - x * s for x, y in zip(polygon[0::2], polygon[1::2], strict=True)]
    return min(xs), max(xs), min(ys), max(ys)


def _rows(pieces: list[_Piece]) -> list[list[_Piece]]:
    """Gather pieces at the same height; each is compared with its nearest neighbour, so a curved row holds together."""
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.middle):
        best, least = None, 0.5
        for row in rows[-8:]:  # pieces come from top to bottom, so only the last rows can be near
            apart, near = min((max(p.left - piece.right, piece.left - p.right), p.middle) for p in row)
            offset = abs(near - piece.middle)
            height = min(piece.height, min(p.height for p in row))
            if apart > -0.3 * height and offset < least * height:
                best, least = row, offset / height
        if best is None:
            rows.append([piece])
        else:
            best.append(piece)
    for row in rows:
        row.sort(key=lambda p: p.left)
    return sorted(rows, key=lambda row: median(p.middle for p in row))


def _set_columns(rows: list[list[_Piece]]) -> None:
    """Give each piece its column: equal left edges get equal columns, and no piece runs into the next of its row."""
    pieces = sorted((piece for row in rows for piece in row), key=lambda p: p.left)
    weighted = [(p.right - p.left) / n for p in pieces for n in [cells(p.text)] if n for _ in range(min(n, 100))]
    cell = max(median(weighted or [1.0]), 1e-6)
    before = {id(b): a for row in rows for a, b in pairwise(row)}
    origin = edge = pieces[0].left
    column = 0
    members: list[_Piece] = []
    for piece in pieces:
        if piece.left - edge > (_SAME_COLUMN if id(piece) in before else _SAME_MARGIN) * cell:
            column, edge, members = max(column, round((piece.left - origin) / cell)), piece.left, []
        members.append(piece)
        if left := before.get(id(piece)):
            column = max(column, left.column + cells(left.text) + 1 + (piece.left - left.right > 2 * cell))
        for member in members:
            member.column = column


def _blank_lines(rows: list[list[_Piece]]) -> list[int]:
    """How many lines to leave empty above each row, judged by the pitch most rows have."""
    middles = [median(p.middle for p in row) for row in rows]
    gaps = [below - above for above, below in pairwise(middles)]
    # rows of columns that are not in step lie closer together than lines can
    height = median(p.height for row in rows for p in row)
    pitch = min(max(median(gaps or [1.0]), _LEAST_PITCH * height), _MOST_PITCH * height)
    return [0, *(max(0, min(_MOST_BLANK_LINES, round(gap / pitch) - 1)) for gap in gaps)]


def _typeset(row: list[_Piece]) -> str:
    text, width = "", 0
    for piece in row:
        pad = max(piece.column - width, 1 if text else 0)
        text += " " * pad + piece.text
        width += pad + cells(piece.text)
    return text.rstrip()
