"""How a file's own text looks, line by line: bold, italic, sizes of fonts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import numpy as np

from legenda.document import Block, Line, Mark, MarkKind, Style, bounds
from legenda.layout.pieces import Font, middle
from legenda.sources import Looks
from legenda.sources.page import FIXED, ITALIC, MATHS, STRONG

_REACH = 0.5  # points around an object's ink within which the middle of a word is in it
_SMALLER, _SHIFTED = (
    0.85,
    0.12,
)  # of a line's size: a raised or lowered word is smaller, and stands so much higher or lower


@dataclass
class Looked:
    """Blocks whose lines say how they look.

    Attributes:
        blocks: as they were, with marks and styles.
        fonts: by the identity of lines.
        maths: identities of lines most of whose words are set in fonts for formulas.
    """

    blocks: list[Block]
    fonts: dict[int, Font] = field(default_factory=dict)
    maths: set[int] = field(default_factory=set)


def looked(blocks: Sequence[Block], looks: Looks) -> Looked:
    """The blocks with what the file says of their letters; only lines of its own text change."""
    done = Looked([])
    for block in blocks:
        lines = tuple(_looked(line, looks, done) for line in block.lines)
        done.blocks.append(replace(block, lines=lines))
    return done


def _looked(line: Line, looks: Looks, done: Looked) -> Line:
    found = [_object_at(word.polygon, looks) for word in line.words] if line.engine == "text-layer" else []
    known = [(word, place) for word, place in zip(line.words, found, strict=False) if place >= 0]
    if not known:
        return line
    kinds = [int(looks.kinds[place]) if place >= 0 else 0 for place in found]
    marks = (*_marks(line, kinds), *_shifts(line, found, looks))
    style = Style(bold=_all(kinds, STRONG), italic=_all(kinds, ITALIC))
    made = replace(line, marks=(*line.marks, *marks), style=style)
    size = middle((float(looks.sizes[place]), len(word.content)) for word, place in known)
    done.fonts[id(made)] = Font(size, _all(kinds, FIXED))
    if 2 * sum(bool(kind & MATHS) for kind in kinds) > len(kinds):
        done.maths.add(id(made))
    return made


def _object_at(polygon: Sequence[float], looks: Looks) -> int:
    """The text object in whose ink the middle of a word lies; the smallest one; -1 for none."""
    x0, y0, x1, y1 = bounds(tuple(polygon))  # type: ignore[arg-type]
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    left, top, right, bottom = looks.boxes.T
    inside = (left - _REACH <= x) & (x <= right + _REACH) & (top - _REACH <= y) & (y <= bottom + _REACH)
    places = np.flatnonzero(inside)
    if not len(places):
        return -1
    return int(places[np.argmin((right - left)[places] * (bottom - top)[places])])


def _all(kinds: Sequence[int], kind: int) -> bool:
    return all(one & kind for one in kinds)


def _marks(line: Line, kinds: Sequence[int]) -> Iterator[Mark]:
    """Bold and italic stretches of a line that is not all so."""
    names: tuple[tuple[int, MarkKind], ...] = ((STRONG, "bold"), (ITALIC, "italic"))
    spans = _spans(line)
    for kind, name in names:
        if _all(kinds, kind):
            continue
        for on, run in groupby(zip(spans, kinds, strict=True), lambda one: bool(one[1] & kind)):  # noqa: B023
            if on:
                places = [span for span, _ in run]
                yield Mark(name, places[0][0], places[-1][1] - places[0][0])


def _shifts(line: Line, found: Sequence[int], looks: Looks) -> Iterator[Mark]:
    """Words that are raised, as numbers of notes are."""
    sizes = [float(looks.sizes[place]) if place >= 0 else 0.0 for place in found]
    usual = max(sizes, default=0.0)
    base = middle(
        (bounds(w.polygon)[3], len(w.content)) for w, size in zip(line.words, sizes, strict=True) if size == usual
    )
    for word, size, (start, end) in zip(line.words, sizes, _spans(line), strict=True):
        if 0 < size < _SMALLER * usual and word.content.isdigit():
            raised = base - bounds(word.polygon)[3] > _SHIFTED * usual
            if raised:
                yield Mark("superscript", start, end - start)


def _spans(line: Line) -> list[tuple[int, int]]:
    """Where the words stand in the line's content."""
    spans, at = [], 0
    for word in line.words:
        at = line.content.index(word.content, at)
        spans.append((at, at + len(word.content)))
        at += len(word.content)
    return spans
