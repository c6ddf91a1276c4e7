"""Equations that an office file has as such: their LaTeX for the text that was drawn of them.

One within a line of text becomes a part of that line, with a mark; one that stands alone stays a block of its own.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from legenda.document.geometry import Box, bounds, from_box
from legenda.document.structure import Mark
from legenda.sources.page import Element, TextLine

_ALIKE = 0.7
"""Share of an equation's letters and digits that are drawn, so that its LaTeX is believed to be that of the drawing."""
_ON_ROW, _NEAR = 0.4, 2.0
"""Of the text's height: least common height, and widest gap, of an equation and the text beside it."""


def with_formulas(
    lines: Sequence[TextLine], elements: Sequence[Element], places: Sequence[int], told: Sequence[Sequence[str]]
) -> tuple[tuple[TextLine, ...], tuple[Element, ...]]:
    """Lines and elements with what the file says of its equations.

    Args:
        lines: of the page, in the file's order.
        elements: of the page.
        places: the element of each equation on the page, -1 where it has none of its own.
        told: LaTeX and letters of each.
    """
    done = list(elements)
    if len(places) == len(told):
        for place, (latex, letters) in zip(places, told, strict=True):
            drawn = "".join(line.content for line in lines if line.owner == place)
            if 0 <= place < len(done) and latex and _alike(drawn, letters):
                done[place] = replace(done[place], latex=latex)
    return tuple(_inlined(lines, done)), tuple(done)


def letters_of(text: str) -> str:
    """Letters and digits alone, however they are styled: equations have fonts of their own in Unicode."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


def _alike(drawn: str, letters: str) -> bool:
    one, other = Counter(letters_of(drawn)), Counter(letters_of(letters))
    return (one & other).total() >= _ALIKE * max(one.total(), other.total())


def _inlined(lines: Sequence[TextLine], elements: Sequence[Element]) -> list[TextLine]:
    """Equations put into the lines of text they stand in."""
    done: list[TextLine] = []
    at = 0
    while at < len(lines):
        line, end = lines[at], at + 1
        latex = elements[line.owner].latex if line.owner >= 0 else ""
        if not latex:
            done.append(line)
            at = end
            continue
        while end < len(lines) and lines[end].owner == line.owner:
            end += 1
        drawn, after = _drawn(lines[at:end], latex), lines[end] if end < len(lines) else None
        before = done[-1] if done and _is_beside(done[-1], drawn, elements) else None
        after = after if after and _is_beside(drawn, after, elements) else None
        if before or after:
            pieces = [line for line in (before, drawn, after) if line]
            done[len(done) - bool(before) :] = [_together(pieces, [line for line in (before, after) if line])]
            end += after is not None
        else:
            done += lines[at:end]
        at = end
    return done


def _drawn(pieces: Sequence[TextLine], latex: str) -> TextLine:
    """An equation as one line."""
    whole = _together(pieces, pieces)
    return replace(whole, marks=(Mark("formula", 0, len(whole.content), latex),))


def _together(pieces: Sequence[TextLine], texts: Sequence[TextLine]) -> TextLine:
    """Lines beside one another as one, which is as high as its text: a fraction says nothing of its letters."""
    content, marks = "", list[Mark]()
    for piece in pieces:
        content += " " * bool(content)
        marks += [replace(mark, start=mark.start + len(content)) for mark in piece.marks]
        content += piece.content
    words = tuple(word for piece in pieces for word in piece.words)
    polygons = tuple(polygon for piece in pieces for polygon in piece.polygons)
    (left, _, right, _), (_, top, _, bottom) = _around(pieces), _around(texts)
    return TextLine(content, from_box(left, top, right, bottom), words, polygons, texts[0].owner, tuple(marks))


def _around(pieces: Sequence[TextLine]) -> Box:
    lefts, tops, rights, bottoms = zip(*(bounds(piece.polygon) for piece in pieces), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _is_beside(one: TextLine, other: TextLine, elements: Sequence[Element]) -> bool:
    """Whether a line goes on with the next on its right: text with an equation, or the other way round."""
    texts = [line for line in (one, other) if not _is_alone(line, elements)]
    if not texts:
        return False
    (_, top, end, bottom), (begin, high, _, low) = bounds(one.polygon), bounds(other.polygon)
    height = min(bounds(line.polygon)[3] - bounds(line.polygon)[1] for line in texts)
    common = min(bottom, low) - max(top, high)
    return common > _ON_ROW * height and -height < begin - end < _NEAR * height


def _is_alone(line: TextLine, elements: Sequence[Element]) -> bool:
    """Whether it is an equation, or belongs to nothing."""
    return line.owner < 0 or elements[line.owner].kind == "formula"
