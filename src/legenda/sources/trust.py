"""Whether a text layer can be what its page shows, judged by its characters alone.

A layer is distrusted only for faults no honest text has, in whatever language; numbers, code and names must pass.
What is distrusted is read from the picture, which costs time but loses nothing.
"""

from __future__ import annotations

import re
import unicodedata

_CID = re.compile(r"\(cid:\d+\)")
_LATIN_WORD = re.compile(r"(?<![^\W\d_])[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]{4,}(?![^\W_])")
_CYRILLIC_WORD = re.compile(r"(?<![^\W\d_])[Ѐ-ԯ]{4,}(?![^\W_])")
_LATIN_VOWELS = frozenset("aeiouyæœøıǝ")
_CYRILLIC_VOWELS = frozenset("аеёиоуыэюяіїєўүұөәӣӯѣѵ")
_ODD = frozenset('!"#$%&*+<=>?@[\\]^_`{|}~')

_MAX_MEANINGLESS = 0.1
_MAX_ODD = 0.4
_MAX_ONE_CHARACTER = 0.5
_MAX_ACCENTED = 0.6
_MAX_UNSPEAKABLE = 0.25
_FEW_CHARACTERS = 50
_FEW_WORDS = 25
_CONSONANT_RUN = 5


def distrust(text: str, meaningless: int) -> str:
    """Why a text cannot be right; empty when nothing speaks against it.

    Args:
        text: all words of the page, separated by spaces or line feeds.
        meaningless: characters that were dropped as controls or have no mapping to Unicode.
    """
    characters = sum(map(len, text.split()))
    if not characters:
        return "its characters stand for nothing"
    if len(_CID.findall(text)) * 7 > _MAX_MEANINGLESS * characters:
        return "its fonts name glyphs by number (cid)"
    private = 0 if text.isascii() else sum(_is_private(c) for c in text)
    if meaningless + private > _MAX_MEANINGLESS * (characters + meaningless):
        return "its fonts do not say which characters they draw"
    if characters < _FEW_CHARACTERS:
        return ""
    return _improbable(text, characters)


def _improbable(text: str, characters: int) -> str:
    letters = [c for c in text if c.isalpha()]
    if letters and len(letters) >= _FEW_CHARACTERS:
        common = max(map(letters.count, set(letters[:200])))
        if common > _MAX_ONE_CHARACTER * len(letters):
            return "most of it is one and the same letter"
    odd = sum(map(text.count, _ODD))
    if odd > _MAX_ODD * characters and len(set(text) & _ODD) > 5:
        return "it is mostly signs"
    if sum("\xc0" <= c <= "\xff" for c in letters) > _MAX_ACCENTED * max(len(letters), _FEW_CHARACTERS):
        return "it is text of another encoding"
    for pattern, vowels in ((_LATIN_WORD, _LATIN_VOWELS), (_CYRILLIC_WORD, _CYRILLIC_VOWELS)):
        if _unspeakable(pattern.findall(text), vowels):
            return "its letters form no words of any language (a wrong mapping of its fonts)"
    return ""


def _is_private(character: str) -> bool:
    code = ord(character)
    return 0xE000 <= code < 0xF900 or code >= 0xF0000 or code == 0xFFFD


def _unspeakable(words: list[str], vowels: frozenset[str]) -> bool:
    """Whether too many words have no vowel or too many consonants in a row.

    Words in capitals count only where there are hardly others: they are often abbreviations.
    """
    lower = [w for w in words if not w.isupper()]
    chosen = lower if 2 * len(lower) >= len(words) else words
    if len(chosen) < _FEW_WORDS:
        return False
    return sum(_hard_to_say(w, vowels) for w in chosen) > _MAX_UNSPEAKABLE * len(chosen)


def _hard_to_say(word: str, vowels: frozenset[str]) -> bool:
    word = word.lower()
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    run = longest = 0
    for letter in word:
        run = 0 if letter in vowels else run + 1
        longest = max(longest, run)
    return longest >= _CONSONANT_RUN or longest == len(word)
