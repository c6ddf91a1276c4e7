"""Characters with boxes to lines of words. Vectorised: a page of 3,000 characters costs well under a millisecond."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, repeat

import numpy as np
from numpy.typing import NDArray

from legenda.document.bulk import made
from legenda.document.geometry import Polygon
from legenda.document.structure import Mark, MarkKind
from legenda.sources.page import TextLine

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Codes = NDArray[np.uint32]
Owners = NDArray[np.int16]

_LINE_ENDS = (0x0A, 0x0D, 0x0B, 0x0C, 0x85, 0x2028, 0x2029)
_HYPHENS = (0x02, 0xFFFE)
"""What PDFium gives for a hyphen at the end of a line."""
_SPACES = (0x09, 0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
_INVISIBLE = (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xFFFF)
_WITHOUT_SPACES = ((0x2E80, 0x2FFF), (0x3001, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
"""Scripts written without spaces between words: radicals, kana and CJK ideographs."""
_FULL_WIDTH = (0xFF00, 0xFFEF)
_PRESENTATION_FORMS = ((0xFB00, 0xFDFF), (0xFE70, 0xFEFE))
_SAME_LINE_OVERLAP = 0.25
"""Least vertical overlap of neighbours on a line, of the lower one; indices still overlap by more."""
_COLUMN_GAP = 2.5
"""A gap of so many line heights separates columns; justified text stays below 1.5."""

_TABLE = np.zeros(0x10000, np.uint8)
_SPACE, _END, _DROP, _HYPHEN = 1, 2, 3, 4
_TABLE[:0x20] = _TABLE[0x7F:0xA0] = _DROP
for _codes, _kind in ((_LINE_ENDS, _END), (_SPACES, _SPACE), (_INVISIBLE, _DROP), (_HYPHENS, _HYPHEN)):
    _TABLE[list(_codes)] = _kind


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Characters of a page.

    Attributes:
        codes: UTF-16 code units or code points, [n].
        boxes: left, top, right, bottom in page units (y down), [n, 4].
        angles: radians clockwise by which each stands on the page as shown, [n].
        owners: number of the element each belongs to, -1 for none, [n]; `None` where there are no elements.
        styles: how each looks, [n], as bits of `pdf_tags.BOLD` and `ITALIC`; `None` where nobody asked.
    """

    codes: Codes
    boxes: Floats
    angles: Floats
    owners: Owners | None = None
    styles: NDArray[np.uint8] | None = None


def dropped(codes: Codes) -> Booleans:
    """Which characters are controls or non-characters that stand for nothing."""
    return np.equal(_kinds(codes), _DROP)


def blank(codes: Codes) -> Booleans:
    """Which characters are white space."""
    kinds = _kinds(codes)
    return np.equal(kinds, _SPACE) | np.equal(kinds, _END)


def lines_of(glyphs: Glyphs, visible: Booleans) -> tuple[TextLine, ...]:
    """Group characters into words and lines, in their order; no line has characters of two elements.

    Args:
        glyphs: all characters, spaces and line ends among them.
        visible: which of them may be words' characters; the others are left out.
    """
    kinds = _kinds(glyphs.codes)
    inked = visible & ((kinds == 0) | (kinds == _HYPHEN))
    index = np.flatnonzero(inked)
    if not index.size:
        return ()
    frame = _Frame(glyphs.boxes.T[:, index], glyphs.angles[index])
    codes = glyphs.codes[index].copy()
    hyphen = kinds[index] == _HYPHEN
    codes[hyphen] = 0x2D
    spaced = _between(kinds == _SPACE, index)
    ended = _between(kinds == _END, index)
    ended[1:] |= hyphen[:-1] | frame.breaks()
    owners = None if glyphs.owners is None else glyphs.owners[index]
    if owners is not None:
        ended[1:] |= owners[1:] != owners[:-1]
    starts_line = ended
    starts_word = starts_line | spaced | _alone(codes)
    lines = _assemble(codes, frame, starts_word, starts_line, spaced, owners)
    if glyphs.styles is None or not glyphs.styles.any():
        return lines
    return _marked(lines, glyphs.styles[index[starts_word]].tolist())


_STYLES: tuple[tuple[int, MarkKind], ...] = ((1, "bold"), (2, "italic"))


def _marked(lines: tuple[TextLine, ...], styles: list[int]) -> tuple[TextLine, ...]:
    """The lines with marks for words, of which the styles are given in order."""
    done, at = [], 0
    for line in lines:
        own = styles[at : at + len(line.words)]
        at += len(own)
        done.append(replace(line, marks=tuple(_marks(line, own))) if any(own) else line)
    return tuple(done)


def _marks(line: TextLine, styles: list[int]) -> Iterator[Mark]:
    ends, at = [], 0
    for word in line.words:
        at = line.content.index(word, at) + len(word)
        ends.append(at)
    for bit, kind in _STYLES:
        first = 0
        for has, group in groupby(style & bit for style in styles):
            last = first + len(list(group)) - 1
            if has:
                start = ends[first] - len(line.words[first])
                yield Mark(kind, start, ends[last] - start)
            first = last + 1


def _kinds(codes: Codes) -> NDArray[np.uint8]:
    return _TABLE[np.minimum(codes, 0xE000)] if codes.size and codes.max() > 0xFFFF else _TABLE[codes]


def _between(mask: Booleans, index: NDArray[np.intp]) -> Booleans:
    """For each kept character, whether one of `mask` stands between it and the kept one before; the first: yes."""
    counts = np.cumsum(mask)[index]
    result = np.ones(len(index), np.bool_)
    result[1:] = counts[1:] > counts[:-1]
    return result


def _alone(codes: Codes) -> Booleans:
    """Where a word starts because this character or the one before is a word by itself."""
    single = np.zeros(len(codes), np.bool_)
    if codes.max() >= _WITHOUT_SPACES[0][0]:
        for first, last in _WITHOUT_SPACES:
            single |= (codes >= first) & (codes <= last)
        # the low half of a surrogate pair never starts a word
        single |= (codes >= 0xD840) & (codes < 0xD8C0)
        starts = single.copy()
        starts[1:] |= single[:-1]
        return starts & ~((codes >= 0xDC00) & (codes < 0xE000))
    return single


class _Frame:
    """Character boxes along and across their own direction of writing."""

    def __init__(self, sides: Floats, angles: Floats) -> None:
        self.angles = angles
        self.turned = bool(angles.any())
        if not self.turned:
            self.u0, self.v0, self.u1, self.v1 = sides
            return
        left, top, right, bottom = sides
        cos, sin = np.cos(angles), np.sin(angles)
        x, y = (left + right) / 2, (top + bottom) / 2
        across, down = _unturned(right - left, bottom - top, np.abs(cos), np.abs(sin))
        u, v = x * cos + y * sin, y * cos - x * sin
        self.u0, self.u1, self.v0, self.v1 = u - across / 2, u + across / 2, v - down / 2, v + down / 2

    def breaks(self) -> Booleans:
        """Whether a new line starts at each character but the first."""
        top, bottom = np.maximum(self.v0[1:], self.v0[:-1]), np.minimum(self.v1[1:], self.v1[:-1])
        heights = self.v1 - self.v0
        lower = np.minimum(heights[1:], heights[:-1])
        gap = np.maximum(self.u0[1:] - self.u1[:-1], self.u0[:-1] - self.u1[1:])
        result = (bottom - top < _SAME_LINE_OVERLAP * lower) | (gap > _COLUMN_GAP * np.maximum(heights[1:], 1e-3))
        if self.turned:
            result |= np.abs(np.diff(self.angles)) > 0.02
        return np.asarray(result, np.bool_)


def _unturned(wide: Floats, high: Floats, cos: Floats, sin: Floats) -> tuple[Floats, Floats]:
    """Width and height of rectangles, turned by an angle, whose upright bounds are `wide` x `high`."""
    determinant = cos * cos - sin * sin
    safe = np.where(np.abs(determinant) > 0.25, determinant, 1.0)
    across, down = (wide * cos - high * sin) / safe, (high * cos - wide * sin) / safe
    # near 45 degrees the bounds do not tell; characters are about twice as high as wide
    guess = (wide + high) / (3 * (cos + sin))
    vague = (np.abs(determinant) <= 0.25) | (across <= 0) | (down <= 0)
    return np.where(vague, guess, across), np.where(vague, 2 * guess, down)


def _assemble(
    codes: Codes,
    frame: _Frame,
    starts_word: Booleans,
    starts_line: Booleans,
    spaced: Booleans,
    owners: Owners | None,
) -> tuple[TextLine, ...]:
    begins = np.flatnonzero(starts_word)
    low, high = np.minimum.reduceat, np.maximum.reduceat
    bounds = [low(frame.u0, begins), low(frame.v0, begins), high(frame.u1, begins), high(frame.v1, begins)]
    line_begins = np.flatnonzero(starts_line[begins])
    left, top, right, bottom = bounds
    around = [low(left, line_begins), low(top, line_begins), high(right, line_begins), high(bottom, line_begins)]
    angles = frame.angles[begins]
    words, polygons = _words(codes, begins.tolist()), _polygons(bounds, angles)
    outlines = _polygons(around, angles[line_begins])
    stretches = list(pairwise([*line_begins.tolist(), len(words)]))
    contents = _joined(words, spaced[begins] | starts_line[begins], stretches)
    words_of, polygons_of = [tuple(words[a:b]) for a, b in stretches], [tuple(polygons[a:b]) for a, b in stretches]
    whose = repeat(-1) if owners is None else owners[np.flatnonzero(starts_line)].tolist()
    return tuple(made(TextLine, len(stretches), contents, outlines, words_of, polygons_of, whose, repeat(())))


def _joined(words: list[str], spaced: Booleans, stretches: list[tuple[int, int]]) -> list[str]:
    """Texts of lines, `stretches` of words, with spaces where they are."""
    if spaced.all():
        return [" ".join(words[a:b]) for a, b in stretches]
    parts = [" " + word if space else word for word, space in zip(words, spaced.tolist(), strict=True)]
    return ["".join(parts[a:b])[1:] for a, b in stretches]


def _words(codes: Codes, begins: list[int]) -> list[str]:
    text = codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    words = [text[a:b] for a, b in zip(begins, [*begins[1:], len(text)], strict=True)]
    if text.isascii():
        return words
    if ((codes >= 0xD800) & (codes < 0xE000)).any():
        words = [w.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") for w in words]
    if any(((codes >= first) & (codes <= last)).any() for first, last in _PRESENTATION_FORMS):
        words = [_plain(w) for w in words]
    return words if unicodedata.is_normalized("NFC", text) else [unicodedata.normalize("NFC", w) for w in words]


def _plain(word: str) -> str:
    """Ligatures and presentation forms as the letters they stand for."""
    forms = _PRESENTATION_FORMS
    return "".join(unicodedata.normalize("NFKC", c) if any(a <= ord(c) <= b for a, b in forms) else c for c in word)


def _polygons(bounds: Sequence[Floats], angles: Floats) -> list[Polygon]:
    """Polygons of boxes along their own directions of writing (left, top, right and bottom of each)."""
    if not angles.any():
        a, b, c, d = np.round(bounds, 3).tolist()
        return list(zip(a, b, c, b, c, d, a, d, strict=True))
    result: list[Polygon] = []
    for a, b, c, d, angle in np.stack([*bounds, angles], axis=1).tolist():
        cos, sin = math.cos(angle), math.sin(angle)
        corners = [
            (round(u * cos - v * sin, 3), round(u * sin + v * cos, 3)) for u, v in ((a, b), (c, b), (c, d), (a, d))
        ]
        (x1, y1), (x2, y2), (x3, y3), (x4, y4) = corners
        result.append((x1, y1, x2, y2, x3, y3, x4, y4))
    return result
