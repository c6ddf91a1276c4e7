"""Which columns of a recogniser's head are in play."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Latin with all its diacritics, the ɓ, ɗ and ə of Hausa and Azerbaijani, general punctuation, currency, letter-like
# signs, and a few arrows, signs and marks
LATIN = (
    *(
        (0x20, 0x24F),
        (0x253, 0x253),
        (0x257, 0x257),
        (0x259, 0x259),
        (0x1E00, 0x1EFF),
        (0x2010, 0x2044),
        (0x2070, 0x20BF),
        (0x2100, 0x2126),
        (0x2190, 0x2193),
    ),
    *((0x2212, 0x2212), (0x221A, 0x221A), (0x221E, 0x221E), (0x2248, 0x2248), (0x2260, 0x2265), (0x25A0, 0x25CF)),
    *((0x2605, 0x2606), (0x2610, 0x2612), (0x2713, 0x2717)),
)
EAST_ASIAN = ((0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF))
GREEK = ((0x370, 0x3FF), (0x1F00, 0x1FFF))


def _inside(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return len(character) == 1 and any(a <= ord(character) <= b for a, b in ranges)


def latin_classes(alphabet: Sequence[str]) -> NDArray[np.bool_]:
    """Which classes are Latin letters, digits, punctuation or symbols."""
    return np.array([_inside(c, LATIN) for c in alphabet])


def is_beyond_tiny(text: str) -> bool:
    """Whether a text is in a language some of whose letters only the small recogniser has: Romanian, Azerbaijani.

    What is left of them shows it: of 55 languages in Latin letters only Romanian has ă (3 % of its letters), and only
    Azerbaijani both ğ, ı or ş (2 %) and q or x (4 %).
    """
    text = text.lower()
    letters = sum(map(str.isalpha, text))

    def often(characters: str, share: float) -> bool:
        return sum(map(text.count, characters)) > share * letters

    return often("ă", 0.01) or (often("ğış", 0.01) and often("qx", 0.02))


def is_foreign(character: str) -> bool:
    """Whether a character is outside the Latin cut but a letter of another script the models know."""
    return _inside(character, EAST_ASIAN) or _inside(character, GREEK)
