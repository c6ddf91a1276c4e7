"""Does a PP-OCR reading look as if the page were in a script its alphabet lacks?

PP-OCR leaves out the letters it does not know. What is left shows it: low confidence, or few letters for the width
of the line; for Vietnamese, whose double accents it drops at high confidence, letters no other language has.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from legenda.document import Line
from legenda.engines.scripts import scripts

# With these the `balanced` effort's reading of 80 pages in as many languages and 44 English and German scans, receipts
# and photographs is judged rightly, but for one blurred photograph: pages it cannot read have .5 to 1, others under .25
_SHARE = 0.3  # of the written width
_CONFIDENCE = 0.63
_DENSITY = 0.7  # letters and digits a square of the line's height
_LEAST = 20.0  # width of all lines over their heights: less is no page to judge a script by
# of Latin letters; .024 on a Vietnamese page, none on 79 pages in other languages
_VIETNAMESE = 0.01
_MARKS = frozenset("ơư")
_TONES, _YORUBA = ("àèìòù", "áéíóú"), 0.08


def lacking_language(lines: Sequence[Line]) -> str:
    """The language of a reading that PP-OCR lacks letters of: `vi` or `yo` (ẹ, ọ, ṣ); else empty.

    Only Vietnamese has ơ and ư; of 55 languages in Latin letters only Yoruba has both grave and acute accents on more
    than 4 % of its letters (18 %).
    """
    text = "".join(line.content for line in lines).lower()
    letters = max(1, scripts(text)["Latn"])
    if sum(c in _MARKS for c in text) > _VIETNAMESE * letters:
        return "vi"
    return "yo" if min(sum(map(text.count, tones)) for tones in _TONES) > _YORUBA * letters else ""


def suspicious(lines: Sequence[Line]) -> bool:
    """Whether a page read by PP-OCR may be in a script or language whose letters it lacks.

    Args:
        lines: its reading of a page, unreadable ones included.
    """
    found = scripts("".join(line.content for line in lines))
    if found["Grek"] > found.total() / 2 or lacking_language(lines):
        return True
    sides = [_sides(line) for line in lines]
    widths = [width for width, _ in sides]
    if sum(width / max(1.0, height) for width, height in sides) < _LEAST:
        return False
    doubtful = sum(width for line, width in zip(lines, widths, strict=True) if _is_doubtful(line))
    return doubtful > _SHARE * sum(widths)


def _is_doubtful(line: Line) -> bool:
    return line.unreadable or line.confidence < _CONFIDENCE or not _is_dense(line)


def _is_dense(line: Line) -> bool:
    width, height = _sides(line)
    return sum(c.isalnum() for c in line.content) >= _DENSITY * width / max(1.0, height)


def _sides(line: Line) -> tuple[float, float]:
    x1, y1, x2, y2, _, _, x4, y4 = line.polygon
    return math.hypot(x2 - x1, y2 - y1), math.hypot(x4 - x1, y4 - y1)
