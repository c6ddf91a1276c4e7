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
from legenda.engines.ppocr.words import is_single

NARROWEST = 13  # pixels at strip height: no gap below this is taken for a space
LIKE_SPACE = 0.72  # ... nor one narrower than this share of the usual space
BEYOND = 1.9  # ... nor one not this much wider than the usual gap between letters
FAINT = 32  # twice the grey levels by which ink must differ from paper
USUAL = 18.0  # usual space where the page shows none


@dataclass(frozen=True, slots=True)
class _Gaps:
    """Paper between neighbouring characters of a line: `after[i]` characters, widths in pixels, and what was read."""

    after: NDArray[np.intp]
    widths: NDArray[np.int32]
    is_space: NDArray[np.bool_]


def with_spaces(strips: Sequence[Strip], readings: Sequence[Reading]) -> list[Reading]:
    """The readings with spaces inserted where the picture has a gap as wide as the page's other spaces."""
    gaps = [_gaps(s, r) for s, r in zip(strips, readings, strict=True)]
    spaces = np.concatenate([g.widths[g.is_space] for g in gaps]) if gaps else np.zeros(0)
    usual = float(np.median(spaces)) if len(spaces) > 4 else USUAL
    return [_inserted(r, g, usual) for r, g in zip(readings, gaps, strict=True)]


def _inserted(reading: Reading, gaps: _Gaps, usual: float) -> Reading:
    if not len(gaps.after):
        return reading
    spaces, letters = gaps.widths[gaps.is_space], gaps.widths[~gaps.is_space]
    usual = float(np.median(spaces)) if len(spaces) else usual
    loose = float(np.sort(letters)[int(0.75 * len(letters))]) if len(letters) else 0.0
    missing = ~gaps.is_space & (gaps.widths >= max(NARROWEST, LIKE_SPACE * usual, BEYOND * loose))
    if not missing.any():
        return reading
    at = [int(i) + 1 for i in gaps.after[missing] if not _joined(reading.characters, int(i))]
    edges = np.array([(reading.ends[i - 1] + reading.starts[i]) / 2 for i in at], np.float32)
    characters = list(reading.characters)
    for index in reversed(at):
        characters.insert(index, " ")
    return Reading(
        tuple(characters),
        np.insert(reading.probabilities, at, 1.0),
        np.insert(reading.starts, at, edges),
        np.insert(reading.ends, at, edges),
    )


def _joined(characters: Sequence[str], index: int) -> bool:
    """Whether no space belongs between a character and the next, whatever the gap."""
    return is_single(characters[index]) or is_single(characters[index + 1])


def _gaps(strip: Strip, reading: Reading) -> _Gaps:
    """Widths of the widest run of columns without ink between the middles of neighbouring characters."""
    shown = np.array([i for i, c in enumerate(reading.characters) if c != " "], np.intp)
    if len(shown) < 2:
        return _Gaps(np.zeros(0, np.intp), np.zeros(0, np.int32), np.zeros(0, np.bool_))
    middles = ((reading.starts[shown] + reading.ends[shown]) / 2 * strip.width).astype(int)
    widths = np.zeros(len(shown) - 1, np.int32)
    changes = np.diff(_inked(strip).astype(np.int8), prepend=1, append=1)  # as if ink stood on both sides
    starts, ends = np.flatnonzero(changes == -1), np.flatnonzero(changes == 1)
    owner = np.searchsorted(middles, (starts + ends) / 2) - 1
    inside = (owner >= 0) & (owner < len(widths))
    np.maximum.at(widths, owner[inside], (ends - starts)[inside].astype(np.int32))
    return _Gaps(shown[:-1], widths, np.diff(shown) > 1)


def _inked(strip: Strip) -> NDArray[np.bool_]:
    """Which columns hold ink: half as far from the paper as the strip's inked columns usually are.

    The usual one, not the darkest: a pen stroke or a rule across faint print must not make the print disappear.
    """
    grey = strip.pixels if strip.pixels.ndim == 2 else strip.pixels[:, :, 1]
    core = grey[4:44].astype(np.int16)
    core = core[:-1] + core[1:]  # two rows together: a single pixel is noise
    paper = np.median(core[::3, ::3])
    darker, lighter = paper - core.min(0), core.max(0) - paper
    contrast = lighter if lighter.sum() > darker.sum() else darker
    marked = contrast[contrast > FAINT]
    found: NDArray[np.bool_] = contrast > max(FAINT, 0.5 * float(np.median(marked)) if len(marked) else 0.0)
    return found
