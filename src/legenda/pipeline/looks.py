"""How a file's own text looks, line by line: bold, italic, sizes of fonts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import numpy as np

from legenda.document import Block, Line, Mark, MarkKind, Style, Word, bounds
from legenda.document.geometry import Box
from legenda.layout.formulas import WORD
from legenda.layout.glyphs import Sign, latex_of
from legenda.layout.pieces import Font, middle
from legenda.sources import Looks
from legenda.sources.page import BOARD, FIXED, ITALIC, MATHS, SCRIPT, STRONG

_STRONG, _SURE = 2, 0.9
_LONG = 3
_MATHS_ONLY = frozenset("=<>≤≥≠≈≡∼→⇒↦∈∉⊂⊆⊃∪∩×⋅±∗∘⊕⊗∧∨∀∃∞∂∇√∑∏∫′−") | {chr(c) for c in range(0x391, 0x3CA)}
_ENDS = re.compile(r"[,.;:()]+")
_CALL = re.compile(r"[A-Za-z]{1,3}\([^()]{0,12}\)?\)?[,.;:]?")  # `f(x)`
_COMMON = frozenset("a i of is in if we as to be by or at on an it so no do us up my me he and for the".split())  # noqa: SIM905
_HIGH = 4.0  # points that the middles of raised and lowered signs may stand outside of a line's box
_REACH = 0.5  # points around an object's ink within which the middle of a word is in it
_BLANK = " \t\n\u200b\ufeff"  # of no width, some of it
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
    formulas = list(_formulas(line, found, looks)) if looks.texts else []
    marks = (*formulas, *_outside((*_marks(line, kinds), *_shifts(line, found, looks)), formulas))
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


def _outside(marks: Sequence[Mark], formulas: Sequence[Mark]) -> Iterator[Mark]:
    """Marks that touch no formula: how its letters look is part of what it says."""
    for mark in marks:
        if all(mark.start + mark.length <= f.start or f.start + f.length <= mark.start for f in formulas):
            yield mark


def _formulas(line: Line, found: Sequence[int], looks: Looks) -> Iterator[Mark]:
    """Stretches of a line that are formulas: words that only formulas have, and what belongs to them on either side."""
    spans = _spans(line)
    kinds = [_kind(word, place, looks) for word, place in zip(line.words, found, strict=True)]
    for in_formula, run in groupby(range(len(kinds)), lambda k: kinds[k] > 0):
        places = list(run)
        while in_formula and places and _ENDS.fullmatch(line.words[places[-1]].content):
            places.pop()
        if not in_formula or not places or max(kinds[k] for k in places) < _STRONG:
            continue
        if len(places) == len(kinds) and len(kinds) > _LONG:  # all of a line is a displayed formula, or none
            continue
        words = [line.words[k] for k in places]
        said = "".join(word.content for word in words)
        trailing = len(said) - len(said.rstrip(",.;:"))
        own = [_of_word(line.words[k], found[k], looks, _box(words)) for k in places]
        if latex := latex_of(_without(signs_in(_box(words), looks, own), trailing)):
            start, end = spans[places[0]][0], spans[places[-1]][1] - trailing
            yield Mark("formula", start, end - start, latex, _SURE)


def _kind(word: Word, place: int, looks: Looks) -> int:
    """0 for words of the text, 2 for what only formulas have, 1 for what may belong to one."""
    content, kind = word.content, int(looks.kinds[place]) if place >= 0 else 0
    composed = place >= 0 and len({round(sign.size) for sign in signs_in(bounds(word.polygon), looks)}) > 1
    letters = [c for c in content if c.isalpha()]
    if (kind & MATHS and len(letters) < 4) or any(c in _MATHS_ONLY for c in content):
        return _STRONG
    if composed and any(c in "()/|" for c in content):
        return _STRONG
    if content.lower() in _COMMON or (WORD.search(content) and not composed):
        return 0
    slanted = bool(kind & ITALIC) and (len(letters) < 3 or (len(letters) < 6 and composed))
    return int(slanted or not letters or bool(_CALL.fullmatch(content)))


def _of_word(word: Word, place: int, looks: Looks, box: Box) -> Sign | None:
    """A word that is only part of what its text object says, as a sign of its own."""
    if place < 0 or (looks.boxes[place, 0] > box[0] - _REACH and looks.boxes[place, 2] < box[2] + _REACH):
        return None
    text = word.content
    for sign in signs_in(bounds(word.polygon), looks):  # which stand for themselves
        text = text.replace(sign.text.strip(), "", 1)
    return replace(_sign(place, looks), text=text, box=bounds(word.polygon)) if text else None


def _without(signs: list[Sign], trailing: int) -> list[Sign]:
    """The signs without the comma or point behind them."""
    if not trailing or not signs:
        return signs
    last = max(signs, key=lambda sign: sign.box[2])
    cut = [replace(sign, text=sign.text.rstrip(",.;: ")) if sign is last else sign for sign in signs]
    return [sign for sign in cut if sign.text]


def signs_in(box: Box, looks: Looks, parts: Sequence[Sign | None] = ()) -> list[Sign]:
    """The text objects that lie in a box, and parts of others."""
    left, top, right, bottom = looks.boxes.T
    x, y = (left + right) / 2, (top + bottom) / 2
    high = min(0.35 * (box[3] - box[1]), _HIGH)
    inside = (left > box[0] - 1.5) & (right < box[2] + 1.5) & (y > box[1] - high) & (y < box[3] + high) & (x > 0)
    signs = [_sign(place, looks) for place in np.flatnonzero(inside).tolist() if looks.texts[place].strip(_BLANK)]
    return [*signs, *(part for part in parts if part)]


def _sign(place: int, looks: Looks) -> Sign:
    kind = int(looks.kinds[place])
    x0, y0, x1, y1 = looks.boxes[place].tolist()
    letters = "mathcal" if kind & SCRIPT else "mathbb" if kind & BOARD else ""
    upright = not kind & (ITALIC | MATHS)
    return Sign(looks.texts[place], (x0, y0, x1, y1), float(looks.sizes[place]), upright, bool(kind & STRONG), letters)


def _box(words: Sequence[Word]) -> Box:
    boxes = [bounds(word.polygon) for word in words]
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def _spans(line: Line) -> list[tuple[int, int]]:
    """Where the words stand in the line's content."""
    spans, at = [], 0
    for word in line.words:
        at = line.content.index(word.content, at)
        spans.append((at, at + len(word.content)))
        at += len(word.content)
    return spans
