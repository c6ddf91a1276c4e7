"""Pieces: lines that stand together and are of one kind; what the rules about structure pass from one to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from legenda.document import Block, BlockKind, Line, Polygon, bounds
from legenda.document.geometry import Box
from legenda.layout.blocks import is_prose
from legenda.layout.regions import Region

# In heights of a line. A paragraph's first line begins so much further in than its others, and no further.
_INDENT = (0.6, 6.0)
_FLUSH = 0.45  # lines whose beginnings differ by less begin together
# Lines of one paragraph differ by less than these factors in size and in the step from one to the next.
_SAME_SIZE, _SAME_STEP = 1.12, 1.15
_OWN_STEP = 1.55  # of the size of a font: leading is less, and a gap between paragraphs more
_LARGE = 0.8  # share of the text that is no larger than running text, where a page has that in several sizes
_WIDE_GAP = 1.2  # heights of a line between cells
_COVERED = 0.5  # share of a line inside a region, or of a region inside a line, from which it belongs to it


@dataclass(frozen=True, slots=True)
class Font:
    """What a file says of the letters of a line: their size in page units, and whether all have one width."""

    size: float
    fixed: bool


Fonts = Mapping[int, Font]
"""By the identity of lines, which stay as they are while rules look at them."""


@dataclass(slots=True)
class Piece:
    """Lines of one kind.

    Attributes:
        lines: in reading order.
        kind: as far as it is known.
        level: of a heading or an item, 0 for none.
        region: what the model takes it for, if anything.
        sure: probability (0..1) that `kind` is right.
        fonts: of lines, as far as they are known.
    """

    lines: list[Line]
    kind: BlockKind = "text"
    level: int = 0
    region: Region | None = None
    sure: float = 1.0
    fonts: Fonts = field(default_factory=dict)

    @property
    def box(self) -> Box:
        """Around the lines."""
        return around(bounds(line.polygon) for line in self.lines)

    @property
    def height(self) -> float:
        """Of a line, the middle one of all."""
        return middle((size_of(line, self.fonts), len(line.content)) for line in self.lines)

    @property
    def content(self) -> str:
        """All text, in one line."""
        return " ".join(line.content for line in self.lines).strip()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the rules know about a page, upright, in its own units.

    Attributes:
        width: of the page.
        height: of the page.
        body: height of a line of its running text.
        large: the largest height that enough of its text has to be running text, too.
        bold: whether most of its text is bold.
        prose: much of it is running text.
        own: its text is the file's own, so that the lines' heights are those of fonts.
    """

    width: float
    height: float
    body: float
    large: float
    bold: bool = False
    prose: bool = True
    own: bool = False


@dataclass(slots=True)
class _Open:
    block: int
    region: Region | None
    look: tuple[bool, bool]
    kind: BlockKind
    lines: list[Line] = field(default_factory=list)


def sheet_of(blocks: Sequence[Block], width: float, height: float, fonts: Fonts) -> Sheet:
    """Measures of a page of these blocks."""
    lines = [line for block in blocks for line in block.lines]
    sized = [(size_of(line, fonts), len(line.content)) for line in lines if line.content]
    body, large = middle(sized) or 1.0, middle(sized, _LARGE) or 1.0
    bold = sum(len(line.content) for line in lines if line.style and line.style.bold)
    bolder = 2 * bold > sum(len(line.content) for line in lines)
    prose = is_prose(np.array([len(line.content) for line in lines], np.float64))
    own = 2 * sum(line.engine == "text-layer" for line in lines) > len(lines)
    return Sheet(width, height, max(body, 1e-6), max(large, 1e-6), bolder, prose, own)


def pieces_of(blocks: Sequence[Block], regions: Sequence[Region], fonts: Fonts) -> list[Piece]:
    """Blocks parted where the model sees another region, where the look changes, and where paragraphs begin."""
    opened: list[_Open] = []
    usual = _usual_step(blocks)
    number = 0
    for block in blocks:
        number += not _goes_on(opened, block, usual, fonts)
        for line in block.lines:
            region = region_of(line, regions)
            look = _look(line, fonts)
            same = opened and (opened[-1].block, opened[-1].look) == (number, look) and opened[-1].region is region
            if not same or ((look[0] or (region and region.kind == "title")) and is_beside(opened[-1].lines[-1], line)):
                opened.append(_Open(number, region, look, block.kind))
            opened[-1].lines.append(line)
    found = []
    for one in opened:
        kind = one.kind
        found += [Piece(lines, kind, region=one.region, fonts=fonts) for lines in _paragraphs(one.lines)]
    return found


def _usual_step(blocks: Sequence[Block]) -> float:
    """From a line to the next of its block, in the middle of all."""
    steps = []
    for block in blocks:
        middles = [(box[1] + box[3]) / 2 for box in (bounds(line.polygon) for line in block.lines)]
        steps += [(b - a, 1) for a, b in pairwise(middles) if b > a]
    return middle(steps)


def _goes_on(opened: Sequence[_Open], block: Block, usual: float, fonts: Fonts) -> bool:
    """Whether a block is the next line of the one before it, parted from it for a high sign in one of the two."""
    if not opened or not usual or {block.kind, opened[-1].kind} - {"text", "heading"}:
        return False
    last, first = opened[-1].lines[-1], block.lines[0]
    own = id(last) in fonts and id(first) in fonts
    if not own and "heading" in (block.kind, opened[-1].kind):
        return False  # boxes of a detector are as high as their lines, those of a file's fonts are not
    if not last.content or not first.content:
        return False
    a, b = bounds(last.polygon), bounds(first.polygon)
    step = (b[1] + b[3] - a[1] - a[3]) / 2
    sizes = sorted((size_of(last, fonts), size_of(first, fonts)))
    alike = sizes[1] < _SAME_SIZE * sizes[0] and min(a[2], b[2]) - max(a[0], b[0]) > 0
    most = max(_SAME_STEP * usual, _OWN_STEP * sizes[0]) if own else _SAME_STEP * usual
    return alike and 0.5 * sizes[0] < step < most


def region_of(line: Line, regions: Iterable[Region]) -> Region | None:
    """The smallest region that holds most of a line, or lies mostly in it."""
    box = bounds(line.polygon)
    holding = [r for r in regions if common(box, r.box) > _COVERED * max(1e-9, min(area(box), area(r.box)))]
    return min(holding, key=lambda region: area(region.box), default=None)


def size_of(line: Line, fonts: Fonts) -> float:
    """Size of a line's font where the file says it, else the line's height."""
    font = fonts.get(id(line))
    return font.size if font else height_of(line)


def height_of(line: Line) -> float:
    """Of a line across its direction; high signs among its words do not count."""
    return middle((_height(word.polygon), len(word.content)) for word in line.words) or _height(line.polygon)


def middle(weighted: Iterable[tuple[float, int]], share: float = 0.5) -> float:
    """The weighted median, or another quantile; 0 of nothing."""
    ordered = sorted(weighted)
    enough, so_far = share * sum(weight for _, weight in ordered), 0
    for value, weight in ordered:
        so_far += weight
        if so_far >= enough:
            return value
    return 0.0


def _height(polygon: Polygon) -> float:
    x1, y1, _, _, _, _, x4, y4 = polygon
    return float(((x4 - x1) ** 2 + (y4 - y1) ** 2) ** 0.5)


def _look(line: Line, fonts: Fonts) -> tuple[bool, bool]:
    """Whether all of a line is bold, and all in letters of one width."""
    font = fonts.get(id(line))
    return bool(line.style and line.style.bold), bool(font and font.fixed)


def is_beside(line: Line, after: Line) -> bool:
    """Whether two lines stand on one row with a gap between them, as cells do."""
    a, b = bounds(line.polygon), bounds(after.polygon)
    shared = min(a[3], b[3]) - max(a[1], b[1])
    gap = max(b[0] - a[2], a[0] - b[2])
    return shared > 0.5 * min(a[3] - a[1], b[3] - b[1]) and gap > _WIDE_GAP * min(height_of(line), height_of(after))


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds others."""
    sides = list(zip(*boxes, strict=True))
    return min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3])


def common(one: Box, other: Box) -> float:
    """Area that two boxes share."""
    across, down = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, across) * max(0.0, down)


def area(box: Box) -> float:
    """Of a box."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _paragraphs(lines: list[Line]) -> list[list[Line]]:
    """Parted where a line begins further in than the others and than the one below it."""
    if len(lines) < 3:
        return [lines]
    boxes = [bounds(line.polygon) for line in lines]
    height = sorted(box[3] - box[1] for box in boxes)[len(boxes) // 2]
    usual = sorted(box[0] for box in boxes)[len(boxes) // 4]
    parts: list[list[Line]] = [[]]
    for k, line in enumerate(lines):
        inset = (boxes[k][0] - usual) / height
        flush = k + 1 < len(lines) and boxes[k + 1][0] - usual < _FLUSH * height
        lower = k > 0 and boxes[k][1] > boxes[k - 1][1] + 0.5 * height
        before = k > 0 and boxes[k - 1][0] - usual < _FLUSH * height
        if lower and flush and before and _INDENT[0] < inset < _INDENT[1]:
            parts.append([])
        parts[-1].append(line)
    return parts
