"""What may be called text: nothing invented on blank paper, noise and photos; what cannot be read is said.

Thresholds were tuned on 108 pictures without text (blank and speckled paper, noise, fractals, line drawings, halftones,
photographs), of which the recognisers alone "read" 33, and on evaldata's pages, receipts and scenes (see RESULTS.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from legenda.document import Line
from legenda.engines.ppocr.recognise import Reading
from legenda.engines.ppocr.strip import Strip
from legenda.engines.ppocr.words import to_line, unreadable_line

FLOOR = 0.5  # mean probability of a line's characters below which it is not read
SHORT_FLOOR = 0.65  # the same for one or two characters, which any speck may resemble
CROP_FLOOR = 0.55  # the same for a raster that is one line, in which the detector saw text
SOLID = 0.8  # mean probability of a line that proves there is text
VERY_SOLID = 0.9  # the same for a line of three characters
SURELY_TEXT = 0.65  # the detector's score from which a box that cannot be read is called unreadable


def kept_lines(
    readings: Sequence[Reading],
    strips: Sequence[Strip],
    scores: NDArray[np.float32],
    scripts: Sequence[str],
    engine: str,
) -> Iterator[Line]:
    """Lines worth keeping.

    A circle reads as O and a scratch as 1, so single characters count only where at least one solid line stands. A box
    which is surely text but cannot be read gives an unreadable line; a box that may well be no text gives none. Lines
    in a script that cannot be read are text.
    """
    proven = any(map(is_solid, readings))
    for reading, strip, score, script in zip(readings, strips, scores, scripts, strict=True):
        if script:
            yield unreadable_line(strip.quad, engine, script)
        elif proven and _is_legible(reading):
            yield to_line(reading, strip.quad, engine)
        elif score >= SURELY_TEXT and strip.width > 1.5 * strip.pixels.shape[0]:
            yield unreadable_line(strip.quad, engine)


def kept_line(reading: Reading, strip: Strip, score: float, engine: str) -> Iterator[Line]:
    """The line of a raster that is one line, if it is worth keeping: somebody cut it out, so text is likely."""
    if reading.text.strip() and reading.mean >= (CROP_FLOOR if score else SOLID):
        yield to_line(reading, strip.quad, engine)
    elif score >= SURELY_TEXT:
        yield unreadable_line(strip.quad, engine)


def is_solid(reading: Reading) -> bool:
    """Whether a reading is text beyond doubt: three different letters or digits, read with certainty.

    Textures read as repetitions ("mmm00", "1111"); three characters alone must be surer than four.
    """
    letters = [c for c in reading.characters if c.isalnum()]
    return len(set(letters)) >= 3 and reading.mean >= (SOLID if len(letters) > 3 else VERY_SOLID)


def _is_legible(reading: Reading) -> bool:
    shown = sum(c != " " for c in reading.characters)
    return shown > 0 and reading.mean >= (SHORT_FLOOR if shown < 3 else FLOOR)
