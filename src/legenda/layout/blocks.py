"""Blocks: the rows of a region, parted where spacing or letter size changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from legenda.document import Block, BlockKind, Line
from legenda.layout.flow import Place, Region
from legenda.layout.frame import Floats, Frame, quantile
from legenda.layout.joining import join, outline

# Fragments nearer than this many line heights are one printed line; wider gaps part cells.
_ONE_LINE = 1.5
# A step to the next row this much larger than the region's usual one begins a block, as does a change of height.
_STEP = 1.4
_GROWTH = 1.35
# A heading is this much taller than the page's usual line, runs over few rows, and stands on a page with a body.
_TALL = 1.4
_HEADING_ROWS = 3
_ENOUGH = 8
# From so many characters a line is long, and from this share of long ones a page is running text.
_LONG, _PROSE = 30, 0.3
_PAGE_NUMBER = re.compile(
    r"(?i)[-–—[(\s]*(page\s+|p\.\s*|seite\s+)?(\d{1,4}|[ivxlc]{1,7})(\s*(/|of|von|de|sur)\s*\d{1,4})?[-–—\])\s.]*"
)


def blocks(frame: Frame, lines: Sequence[Line], region: Region) -> Iterator[Block]:
    """The blocks of one region, in reading order."""
    for part in _parts(frame, region.rows):
        found = tuple(line for row in part for line in _joined(frame, lines, row))
        yield Block(_kind(frame, region.place, part, found), outline(found), found)


def _kind(frame: Frame, place: Place, part: list[list[int]], found: tuple[Line, ...]) -> BlockKind:
    """What position and letter size alone can tell: most blocks are just text."""
    tall = min(float(frame.height[i]) for row in part for i in row) >= _TALL * frame.unit
    short = len(part) <= _HEADING_ROWS and len(frame.left) >= _ENOUGH and sum(len(line.content) for line in found) > 2
    if tall and short and place in ("head", "body"):
        return "heading"
    if place not in ("head", "foot") or not is_prose(frame.chars):
        return "text"
    numbered = all(_PAGE_NUMBER.fullmatch(line.content.strip()) for line in found)
    return "page_number" if numbered else "header" if place == "head" else "footer"


def is_prose(lengths: Floats) -> bool:
    """Whether lines of so many characters are running text: a receipt has no running head."""
    return float(np.mean(lengths >= _LONG)) >= _PROSE if len(lengths) else False


def _parts(frame: Frame, region: list[list[int]]) -> Iterator[list[list[int]]]:
    middle = [float(np.mean(frame.middle[row])) for row in region]
    height = [quantile(frame.height[row], 0.5) for row in region]
    steps = np.diff(middle)
    usual = quantile(steps, 0.5) if len(steps) else 0.0
    start = 0
    for k, step in enumerate(steps):
        taller = max(height[k], height[k + 1]) / min(height[k], height[k + 1])
        if step > max(_STEP * usual, 1.2 * frame.unit) or taller > _GROWTH:
            yield region[start : k + 1]
            start = k + 1
    yield region[start:]


def _joined(frame: Frame, lines: Sequence[Line], row: list[int]) -> Iterator[Line]:
    run = [row[0]]
    for i in row[1:]:
        if _one_line(frame, lines, run[-1], i):
            run.append(i)
            continue
        yield join([lines[k] for k in run])
        run = [i]
    yield join([lines[k] for k in run])


def _one_line(frame: Frame, lines: Sequence[Line], a: int, b: int) -> bool:
    if not (lines[a].content and lines[b].content):
        return False
    gap = frame.left[b] - frame.right[a]
    small, large = sorted((frame.height[a], frame.height[b]))
    return bool(abs(gap) < _ONE_LINE * small and large < 1.6 * small)
