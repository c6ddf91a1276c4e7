"""What may be called text: nothing invented on blank paper, noise and photos; what cannot be read is said.

Thresholds were tuned on 108 pictures without text (blank and speckled paper, noise, fractals, line drawings, halftones,
photographs), of which the recognisers alone "read" 33, and on evaldata's pages, receipts and scenes (see RESULTS.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from legenda.document import Line, Style
from legenda.engines.ppocr.handwriting import LIKELY, NAME
from legenda.engines.ppocr.recognise import Reading
from legenda.engines.ppocr.strip import Strip
from legenda.engines.ppocr.words import to_line, unreadable_line

FLOOR = 0.5  # mean probability of a line's characters below which it is not read
SHORT_FLOOR = 0.65  # the same for one or two characters, which any speck may resemble
CROP_FLOOR = 0.55  # the same for a raster that is one line, in which the detector saw text
HAND_FLOOR = 0.4  # the same for handwriting; lines read at .5 have every second letter right, at .75 seven of ten
SOLID = 0.8  # mean probability of a line that proves there is text
VERY_SOLID = 0.9  # the same for a line of three characters
SURELY_TEXT = 0.65  # the detector's score from which a box that cannot be read is called unreadable


@dataclass(frozen=True, slots=True)
class Found:
    """A line that was read.

    Attributes:
        reading: what was read.
        strip: on what.
        score: how sure the detector was (0..1) that there is text.
        engine: what read it.
        script: of the line, if the recognisers lack its letters.
        hand: how likely (0..1) it is handwritten; `None` where nobody looked.
    """

    reading: Reading
    strip: Strip
    score: float
    engine: str
    script: str = ""
    hand: float | None = None

    @property
    def by_hand(self) -> bool:
        """The handwriting recogniser read it."""
        return self.engine == NAME

    def line(self) -> Line:
        """The line as it was read."""
        made = to_line(self.reading, self.strip.quad, self.engine, hand=self.by_hand)
        return made if self.hand is None else replace(made, style=_style(self.hand))

    def unreadable(self) -> Line:
        """The line as one that cannot be read."""
        made = unreadable_line(self.strip.quad, self.engine, self.script)
        return made if self.hand is None else replace(made, style=_style(self.hand))


def _style(hand: float) -> Style:
    return Style(handwritten=hand >= LIKELY, handwritten_confidence=hand if hand >= LIKELY else 1 - hand)


def kept_lines(lines: Sequence[Found]) -> Iterator[Line]:
    """Lines worth keeping.

    A circle reads as O and a scratch as 1, so single characters count only where at least one solid line stands. A box
    which is surely text but cannot be read gives an unreadable line; a box that may well be no text gives none. Lines
    in a script that cannot be read are text.
    """
    proven = any(is_solid(found.reading) for found in lines)
    for found in lines:
        if found.script:
            yield found.unreadable()
        elif proven and _is_legible(found.reading):
            yield found.line()
        elif found.score >= SURELY_TEXT and found.strip.width > 1.5 * found.strip.pixels.shape[0]:
            yield found.unreadable()


def kept_line(found: Found) -> Iterator[Line]:
    """The line of a raster that is one line, if it is worth keeping: somebody cut it out, so text is likely."""
    if found.script:
        yield found.unreadable()
    elif found.reading.text.strip() and found.reading.mean >= _crop_floor(found):
        yield found.line()
    elif found.score >= SURELY_TEXT:
        yield found.unreadable()


def _crop_floor(found: Found) -> float:
    if not found.score:
        return SOLID
    return HAND_FLOOR if found.by_hand else CROP_FLOOR


def is_solid(reading: Reading) -> bool:
    """Whether a reading is text beyond doubt: three different letters or digits, read with certainty.

    Textures read as repetitions ("mmm00", "1111"); three characters alone must be surer than four.
    """
    letters = [c for c in reading.characters if c.isalnum()]
    return len(set(letters)) >= 3 and reading.mean >= (SOLID if len(letters) > 3 else VERY_SOLID)


def _is_legible(reading: Reading) -> bool:
    shown = sum(c != " " for c in reading.characters)
    return shown > 0 and reading.mean >= (SHORT_FLOOR if shown < 3 else FLOOR)
