"""A crop of a formula to a `Notation`: at the scale its signs ask for, at others where that left doubts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from legenda.document import Line, Notation
from legenda.notation.base import Raster
from legenda.notation.formula.decoder import Decoded, decode
from legenda.notation.formula.grammar import Parsed, parse
from legenda.notation.formula.ink import ink_of, picture, scale_for
from legenda.notation.formula.tokens import tokens, written

ENGINE = "pix2tex"
# mean logarithm a token: above it another scale seldom reads better (`training/formula/scales.py`)
_SURE = -0.035
_SCALES = (1.0, 0.87, 1.12)
_PATIENCE = 250  # tokens: after so many no other scale is tried; long formulas would take a second


@dataclass(frozen=True, slots=True)
class _Attempt:
    decoded: Decoded
    parsed: Parsed

    @property
    def worth(self) -> float:
        """Mean certainty a token, less what had to be mended."""
        return self.decoded.mean - 0.05 * len(self.parsed.mendings) - 0.5 * self.decoded.looped


def read(crop: Raster, lines: Sequence[Line] = ()) -> Notation:
    """One formula, inline or displayed, of one or several lines, dark on light or light on dark.

    Args:
        crop: see `legenda.notation.read`.
        lines: not used.

    Raises:
        MissingComponentError: the weights are not there.
    """
    ink = ink_of(crop)
    if not ink.size:
        return Notation("formula", {}, 0.0, ENGINE, "Nothing is written on the crop.")
    base, best, written_so_far = scale_for(ink), None, 0
    for factor in _SCALES:
        decoded = decode(picture(ink, base * factor))
        attempt = _Attempt(decoded, parse(tokens(decoded.latex)))
        best = attempt if best is None or attempt.worth > best.worth else best
        written_so_far += len(decoded.certainties)
        if best.worth > _SURE or written_so_far > _PATIENCE:
            break
    assert best is not None  # noqa: S101  # there is a first scale
    return _notation(best)


def _notation(attempt: _Attempt) -> Notation:
    latex = written(attempt.parsed.tokens)
    # every token must be right, and every mending may be wrong
    confidence = math.exp(sum(attempt.decoded.certainties)) * 0.5 ** len(attempt.parsed.mendings)
    forms = {"latex": latex} if latex else {}
    return Notation("formula", forms, round(confidence, 4), ENGINE, _problem(attempt, latex))


def _problem(attempt: _Attempt, latex: str) -> str:
    if not latex:
        return "No formula was found on the crop."
    if attempt.decoded.looped:
        return "The reading repeated itself; what followed is left out."
    if not attempt.decoded.ended:
        return "The formula is longer than can be read; its end is missing."
    # what was mended parses; that it was is said by the confidence, unless hardly anything was right
    if len(attempt.parsed.mendings) > 3:
        return f"The LaTeX did not parse and was mended: {'; '.join(attempt.parsed.mendings[:4])}."
    return ""
