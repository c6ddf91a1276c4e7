"""Items of lists: lines that begin with a bullet or a number, and what goes on below them."""

from __future__ import annotations

import re
from itertools import pairwise

from legenda.document import Line, bounds
from legenda.layout.pieces import Piece, Sheet, is_beside

# Bullets are enough by themselves; dashes and numbers are items only beside others, or a year would be one.
_BULLET = re.compile(r"[•●○◦▪▫■□◆◇‣⁃➢➤✓✔❖·]\s*(?=\S)")
_DASH = re.compile(r"[-–—*+]\s+(?=\S)")
_NUMBER = re.compile(r"\(?(\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]\s+(?=\S)")
_BOX = re.compile(r"[☐☑☒]\s*(?=\S)")
_LARGER = 1.15  # times the running text
_INDENT = 0.6  # of a line's height: an item that begins so much further in is one level deeper
_NEAR, _SET_IN = 0.8, 0.4  # the same, for lines that go on with an item: how far below it, how far in from its mark
_HANG = 0.3  # and a line that begins so much further left than its item's mark is none of its lines


def itemised(pieces: list[Piece], sheet: Sheet) -> list[Piece]:
    """Pieces with each item of a list as one of its own, with its level."""
    found: list[Piece] = []
    for piece in pieces:
        parts = _items(piece) if piece.kind == "text" and not _is_heading(piece, sheet) else [piece]
        for part in parts:
            if found and _hangs(found[-1], part):
                found[-1].lines += part.lines
            else:
                found.append(part)
    _settle(found)
    return found


def _hangs(item: Piece, after: Piece) -> bool:
    """Whether lines go on with an item: right below it, set in from its mark."""
    if item.kind != "list" or after.kind != "text" or after.region is not item.region:
        return False
    unit = item.height
    left, _, _, bottom = bounds(item.lines[-1].polygon)
    left = min(left, bounds(item.lines[0].polygon)[0])
    near = -0.5 * unit < bounds(after.lines[0].polygon)[1] - bottom < _NEAR * unit
    alike = 0.85 * unit < after.height < 1.15 * unit
    return near and alike and all(bounds(x.polygon)[0] > left + _SET_IN * unit for x in after.lines)


def _is_heading(piece: Piece, sheet: Sheet) -> bool:
    """Whether what begins with a number is a heading: short, and bold or larger than the text."""
    bold = all(line.style is not None and bool(line.style.bold) for line in piece.lines) and not sheet.bold
    title = piece.region is not None and piece.region.kind == "title"
    return len(piece.lines) < 3 and (bold or title or piece.height > _LARGER * sheet.large)


def is_marked(line: Line) -> bool:
    """Whether a line begins as an item of a list does."""
    text = line.content
    return any(pattern.match(text) for pattern in (_BULLET, _DASH, _NUMBER, _BOX))


def _items(piece: Piece) -> list[Piece]:
    """A piece parted before each line that begins with a mark; what stands before the first stays text."""
    starts = [k for k, line in enumerate(piece.lines) if is_marked(line) and not _is_answer(piece.lines[:k], line)]
    if not starts:
        return [piece]
    ends = [*starts[1:], len(piece.lines)]
    parts = [Piece(piece.lines[: starts[0]], piece.kind, region=piece.region, fonts=piece.fonts)] if starts[0] else []
    for start, end in zip(starts, ends, strict=True):
        lines = piece.lines[start:end]
        reach = _reach(lines)
        parts.append(Piece(lines[:reach], "list", region=piece.region, fonts=piece.fonts))
        if reach < len(lines):
            parts.append(Piece(lines[reach:], piece.kind, region=piece.region, fonts=piece.fonts))
    return parts


def _is_answer(before: list[Line], line: Line) -> bool:
    """Whether a box stands on the row of what it answers: `Married ☐ yes ☐ no`."""
    return bool(before) and bool(_BOX.match(line.content)) and is_beside(before[-1], line)


def _reach(lines: list[Line]) -> int:
    """How many lines an item has: those that begin left of its mark, or below its box, are text after the list."""
    left, top, _, bottom = bounds(lines[0].polygon)
    least = left + (_SET_IN if _BOX.match(lines[0].content) else -_HANG) * (bottom - top)
    for k, line in enumerate(lines[1:], 1):
        if bounds(line.polygon)[0] < least and not is_beside(lines[k - 1], line):
            return k
    return len(lines)


def _settle(pieces: list[Piece]) -> None:
    """Items that stand alone and have no bullet are text again; the others get their levels."""
    run: list[Piece] = []
    for piece in [*pieces, None]:
        if piece and piece.kind == "list":
            run.append(piece)
            continue
        if run and not _is_list(run):
            for one in run:
                one.kind = "text"
        elif run:
            _level(run)
        run = []


def _is_list(run: list[Piece]) -> bool:
    first = run[0].lines[0].content
    if _BULLET.match(first) or _BOX.match(first):
        return True
    if len(run) < 2:
        return False
    names = [match[1] for piece in run if (match := _NUMBER.match(piece.lines[0].content))]
    return len(names) < 2 or _follow(names)


def _follow(names: list[str]) -> bool:
    """Whether numbers or letters go up, as those of a list do; levels may lie between."""
    order = [int(name) if name.isdigit() else 0 for name in names]
    if all(order):
        steps = [b - a for a, b in pairwise(order)]
        return 2 * sum(step == 1 for step in steps) >= len(steps)
    return True


def _level(run: list[Piece]) -> None:
    """By how far in their marks stand: steps of the run, the outermost is 1."""
    lefts = [(bounds(piece.lines[0].polygon)[0], piece) for piece in run]
    steps: list[float] = []
    for left, piece in sorted(lefts, key=lambda one: one[0]):
        if not steps or left > steps[-1] + _INDENT * piece.height:
            steps.append(left)
    for left, piece in lefts:
        # two columns of one list are no two levels of it
        piece.level = 1 + max((k for k, step in enumerate(steps) if step <= left), default=0) if len(steps) < 5 else 1
