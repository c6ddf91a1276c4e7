"""Spaces the recognisers leave out, found again in the picture.

After punctuation and between digits and letters the networks often miss a space ("No:2018", "19/03/201803:43"),
although its gap is plainly there: over 3,500 gaps of receipts, read with the small recogniser, gaps it called spaces
are 18 pixels of a strip at the median (5 % below 10), all others 4 (1 % above 13).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legenda.engines.ppocr.recognise import Reading
from legenda.engines.ppocr.strip import Strip
from legenda.engines.ppocr.words import is_single, middle

NARROWEST = 13  # pixels at strip height: no gap below this is taken for a space
LIKE_SPACE = 0.72  # ... nor one narrower than this share of the usual space
BEYOND = 1.9  # ... nor one not this much wider than the usual gap between letters
FAINT = 32  # twice the grey levels by which ink must differ from paper
USUAL = 18.0  # usual space where the page shows none


@dataclass(frozen=True, slots=True)
class _Gaps:
    """Paper around the characters of a line, as shares of its strip's width.

    Attributes:
        before: index of the character before each gap; `after`: of the one after it.
        left: where the widest stretch of paper between the two begins; `right`: where it ends.
        is_space: whether a space was read there.
        ink: where the first ink of the line begins, and the last ends.
    """

    before: NDArray[np.intp]
    after: NDArray[np.intp]
    left: NDArray[np.float32]
    right: NDArray[np.float32]
    ink: tuple[float, float]

    @property
    def is_space(self) -> NDArray[np.bool_]:
        return self.after > self.before + 1


def with_spaces(strips: Sequence[Strip], readings: Sequence[Reading]) -> list[Reading]:
    """The readings with spaces inserted where the picture has a gap as wide as the page's other spaces.

    Every space, read or inserted, and one before and after the line get the extent of the paper they stand for, so
    that words end where their ink ends.
    """
    gaps = [_gaps(s, r) for s, r in zip(strips, readings, strict=True)]
    widths = [(g.right - g.left) * s.width for g, s in zip(gaps, strips, strict=True)]
    spaces = np.concatenate([w[g.is_space] for g, w in zip(gaps, widths, strict=True)]) if gaps else np.zeros(0)
    usual = middle(spaces) if len(spaces) > 4 else USUAL
    return [_spaced(r, g, _missing(r, g, w, usual)) for r, g, w in zip(readings, gaps, widths, strict=True)]


def _missing(reading: Reading, gaps: _Gaps, widths: NDArray[np.float32], usual: float) -> NDArray[np.bool_]:
    """Which gaps are spaces that were not read."""
    spaces, letters = widths[gaps.is_space], widths[~gaps.is_space]
    usual = middle(spaces) if len(spaces) else usual
    loose = middle(letters, 0.75) if len(letters) else 0.0
    missing: NDArray[np.bool_] = ~gaps.is_space & (widths >= max(NARROWEST, LIKE_SPACE * usual, BEYOND * loose))
    for index in np.flatnonzero(missing):
        missing[index] = not _joined(reading.characters, int(gaps.before[index]))
    return missing


def _spaced(reading: Reading, gaps: _Gaps, missing: NDArray[np.bool_]) -> Reading:
    if not reading.characters:
        return reading
    starts, ends = reading.starts.copy(), reading.ends.copy()
    for index in np.flatnonzero(gaps.is_space & (gaps.right > gaps.left)):
        between = slice(gaps.before[index] + 1, gaps.after[index])
        starts[between], ends[between] = gaps.left[index], gaps.right[index]
    added = np.array([0, *gaps.after[missing], len(starts)], np.intp)  # each before this character
    new = added + np.arange(len(added))
    old = np.delete(np.arange(len(starts) + len(added)), new)
    values = np.empty((3, len(starts) + len(added)), np.float32)
    values[:, old] = reading.probabilities, starts, ends
    values[0, new] = 1.0
    values[1, new] = [0.0, *gaps.left[missing], gaps.ink[1]]
    values[2, new] = [gaps.ink[0], *gaps.right[missing], 1.0]
    characters = list(reading.characters)
    for index in reversed(added.tolist()):
        characters.insert(index, " ")
    return Reading(tuple(characters), *values)


def _joined(characters: Sequence[str], index: int) -> bool:
    """Whether no space belongs between a character and the next, whatever the gap."""
    return is_single(characters[index]) or is_single(characters[index + 1])


def _gaps(strip: Strip, reading: Reading) -> _Gaps:
    """The widest run of columns without ink between the middles of each two neighbouring characters."""
    shown = np.array([i for i, c in enumerate(reading.characters) if c != " "], np.intp)
    middles = (reading.starts[shown] + reading.ends[shown]) / 2 * strip.width
    ink = np.ones(strip.width + 2, np.int8)  # as if ink stood on both sides
    ink[1:-1] = _inked(strip)
    changes = ink[1:] - ink[:-1]
    starts, ends = (changes == -1).nonzero()[0], (changes == 1).nonzero()[0]
    left, right = np.zeros((2, max(0, len(shown) - 1)), np.float32)
    owner = np.searchsorted(middles, (starts + ends) / 2) - 1
    for index in np.argsort(ends - starts, kind="stable"):  # the widest is written last
        if 0 <= owner[index] < len(left):
            left[owner[index]], right[owner[index]] = starts[index], ends[index]
    first, last = 0, strip.width
    if len(shown) and len(starts):
        first = ends[0] if starts[0] == 0 and ends[0] <= middles[0] else first
        last = starts[-1] if ends[-1] == strip.width and starts[-1] >= middles[-1] else last
    width = np.float32(strip.width)
    return _Gaps(shown[:-1], shown[1:], left / width, right / width, (first / strip.width, last / strip.width))


def _inked(strip: Strip) -> NDArray[np.bool_]:
    """Which columns hold ink: half as far from the paper as the strip's inked columns usually are.

    The usual one, not the darkest: a pen stroke or a rule across faint print must not make the print disappear.
    """
    grey = strip.pixels if strip.pixels.ndim == 2 else strip.pixels[:, :, 1]
    core = grey[4:44].astype(np.int16)
    core = core[:-1] + core[1:]  # two rows together: a single pixel is noise
    paper = middle(core[::3, ::3].ravel())
    darker, lighter = paper - core.min(0), core.max(0) - paper
    contrast = lighter if lighter.sum() > darker.sum() else darker
    marked = contrast[contrast > FAINT]
    found: NDArray[np.bool_] = contrast > max(FAINT, 0.5 * middle(marked) if len(marked) else 0.0)
    return found
