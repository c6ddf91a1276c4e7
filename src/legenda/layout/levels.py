"""Levels of headings that are the same on all pages of a document; pages are read each for itself.

Page by page, in order: what has the size of earlier headings has their level. Nothing is held back, so an earlier page
never changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import hypot, log
from statistics import median

from legenda.document import Block, Line, Page
from legenda.layout.headings import numbered_level

_OWN = "text-layer"
# of their size, by which headings of one level differ: boxes of a detector end with the ink of letters, fonts do not
_READ, _SET = 0.12, 0.04
_LOWEST = 6


@dataclass(slots=True)
class _Seen:
    """Headings of one size.

    Attributes:
        size: of their letters, in page units; of the first one.
        level: 0 for titles.
        own: the file's own text.
        bold: all of them are, as far as is known.
    """

    size: float
    level: int
    own: bool
    bold: bool


class Levels:
    """What is known of the headings of a document so far."""

    def __init__(self) -> None:
        self._seen: list[_Seen] = []

    def settled(self, page: Page) -> Page:
        """The page with its headings' levels as on the pages before it; the same object where none changes.

        Headings the file itself speaks of (whose confidence is 1) stay as they are, and numbers say the level best.
        """
        blocks = tuple(self._settled(block) for block in page.blocks)
        same = all(one is other for one, other in zip(blocks, page.blocks, strict=True))
        return page if same else replace(page, blocks=blocks)

    def _settled(self, block: Block) -> Block:
        lines = [line for line in block.lines if line.content]
        if block.kind not in ("title", "heading") or block.confidence == 1 or not lines:
            return block
        seen = _looks(block, lines)
        numbered = numbered_level(" ".join(line.content for line in lines))
        before = self._like(seen)
        if before is None:
            seen.level = numbered or self._between(seen)
            self._seen.append(seen)
        elif numbered:
            seen.level = numbered
        else:
            seen.level = before.level
        if seen.level == block.level and (block.kind == "title") == (not seen.level):
            return block
        return replace(block, kind="heading" if seen.level else "title", level=seen.level)

    def _like(self, one: _Seen) -> _Seen | None:
        """Earlier headings of the same size; of several the nearest."""
        reach = _SET if one.own else _READ
        like = [x for x in self._seen if x.own == one.own and x.bold == one.bold]
        near = [(abs(log(one.size / x.size)), k) for k, x in enumerate(like)]
        distance, k = min(near, default=(reach, -1))
        return like[k] if distance < reach else None

    def _between(self, one: _Seen) -> int:
        """The level its page gave it, no higher than that of larger headings and no lower than that of smaller ones."""
        like = [x for x in self._seen if x.own == one.own]
        above = [x.level for x in like if x.size > one.size]
        below = [x.level for x in like if x.size < one.size]
        level = max([one.level, *(level + 1 for level in above if not level), *above])
        return max(min([level, *below, _LOWEST]), min(one.level, 1))  # a heading is no title, however large


def _looks(block: Block, lines: list[Line]) -> _Seen:
    own = all(line.engine == _OWN for line in lines)
    bold = all(line.style is not None and bool(line.style.bold) for line in lines)
    return _Seen(median(_height(line) for line in lines), block.level, own, bold)


def _height(line: Line) -> float:
    x1, y1, _, _, _, _, x4, y4 = line.polygon
    return max(1e-3, hypot(x4 - x1, y4 - y1))
