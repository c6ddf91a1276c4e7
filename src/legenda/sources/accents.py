"""Accents that a PDF draws by themselves over their letters, as TeX's old fonts have it, become one with them."""

from __future__ import annotations

import unicodedata

import numpy as np

from legenda.sources.segmentation import Codes, Floats

_COMBINING = {
    **{0xB4: 0x301, 0x60: 0x300, 0xA8: 0x308, 0x2C6: 0x302, 0x5E: 0x302, 0x2DC: 0x303, 0x7E: 0x303, 0x2C7: 0x30C},
    **{0x2D8: 0x306, 0x2D9: 0x307, 0x2DA: 0x30A, 0xB8: 0x327, 0x2DB: 0x328, 0x2DD: 0x30B, 0xAF: 0x304},
}
"""Spacing accents and the combining ones that they stand for."""
_KEYS = np.array(sorted(_COMBINING), np.uint32)
_WINDOW = 300  # characters before and after an accent among which its letter is: PDFium sorts what stands higher
_MOST = 1000
_SPACE = 0x20
_WORD_GAP = 0.2  # of the letters' height: what stands nearer is one word
_DOTLESS = {0x131: 0x69, 0x237: 0x6A}


def composed(codes: Codes, boxes: Floats) -> Codes:
    """The characters with accented letters as one, and nothing (0) where the accents were.

    Args:
        codes: code units of a page, [n].
        boxes: left, top, right, bottom; page units, y down; [n, 4].
    """
    accents = np.flatnonzero(np.isin(codes, _KEYS))[:_MOST]
    if not len(accents):
        return codes
    made = codes.copy()
    for accent in accents.tolist():
        letter = _letter_under(accent, made, boxes)
        if letter < 0:
            continue
        base = _DOTLESS.get(int(made[letter]), int(made[letter]))
        whole = unicodedata.normalize("NFC", chr(base) + chr(_COMBINING[int(codes[accent])]))
        if len(whole) == 1:
            made[letter], made[accent] = ord(whole), 0
            _close(accent, made, boxes)
    return made


def _letter_under(accent: int, codes: Codes, boxes: Floats) -> int:
    """The letter in whose width the middle of an accent lies, and whose box holds or touches it; -1 for none."""
    left, top, right, bottom = boxes[accent]
    first = max(0, accent - _WINDOW)
    a, b, c, d = boxes[first : accent + _WINDOW].T
    middle, slack = (left + right) / 2, 0.1 * (c - a)
    over = (a - slack <= middle) & (middle <= c + slack) & (np.minimum(bottom, d) - np.maximum(top, b) > 0.5 * (b - d))
    places = [first + place for place in np.flatnonzero(over).tolist()]
    letters = [place for place in places if place != accent and _is_letter(int(codes[place]))]
    return min(letters, key=lambda place: abs(middle - (boxes[place, 0] + boxes[place, 2]) / 2), default=-1)


def _is_letter(code: int) -> bool:
    return code < 0xD800 and chr(code).isalpha() and code not in _COMBINING


def _close(accent: int, codes: Codes, boxes: Floats) -> None:
    """Take out the spaces that stand around an accent only because it was drawn out of turn."""
    before, after = accent - 1, accent + 1
    while before >= 0 and codes[before] in (0, _SPACE):
        before -= 1
    while after < len(codes) and codes[after] in (0, _SPACE):
        after += 1
    if before < 0 or after >= len(codes):
        return
    gap, height = boxes[after, 0] - boxes[before, 2], boxes[after, 3] - boxes[after, 1]
    if gap < _WORD_GAP * height:
        spaces = codes[before + 1 : after]
        spaces[spaces == _SPACE] = 0
