"""One line of two readings of it: the first says which letters there are, the second which marks they carry.

A word of the second counts only where both have the same letters, marks and spaces aside.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from legenda.document import Line, Word

# letters that no accent tells from what they are taken for; b and p for thorn, i for l
_LIKE = str.maketrans("þbðøđħłlıæœǆŋ", "ppdodhiiieedn")
_QUOTES = frozenset("'’‘`´ʼ")
_ANY = "\ufffc"


def agreeing(first: Sequence[Line], second: Sequence[Line]) -> tuple[Line, ...]:
    """Each line of the first reading with the marks of the second's, where it has any."""
    known = {c for line in second for c in line.content.lower()}
    strange = {c for line in first for c in line.content.lower() if c.isalpha() and not c.isascii()} - known
    return tuple(
        one if other.unreadable else merged(one, other, frozenset(strange))
        for one, other in zip(first, second, strict=True)
    )


def merged(first: Line, second: Line, strange: frozenset[str] = frozenset()) -> Line:
    """The first reading of a line with the second's words where these differ in nothing but marks and spaces.

    Args:
        first: says the letters.
        second: says their marks.
        strange: letters of the first reading of the page that the second has nowhere on it: they may be any letter.
    """
    if not first.words or not second.words:
        return first
    a = [_bare(word.content, strange) for word in first.words]
    b = [_bare(word.content) for word in second.words]
    words: list[Word] = []
    for _, i, j, k, n in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        words += second.words[k:n] if _is_same("".join(a[i:j]), "".join(b[k:n])) else first.words[i:j]
    if [word.content for word in words] == [word.content for word in first.words]:
        return first
    content = " ".join(word.content for word in words)
    confidence = sum(word.confidence for word in words) / len(words)
    return replace(
        first, content=content, words=tuple(words), confidence=confidence, language=second.language, marks=()
    )


def _bare(word: str, strange: frozenset[str] = frozenset()) -> str:
    """What is left without marks, case and the quotes inside: carons stand beside their letters as these."""
    word = "".join(_ANY if c in strange else c for c in word.lower().replace("':", "'"))
    plain = unicodedata.normalize("NFD", word).translate(_LIKE)
    return "".join(c for c in plain if not unicodedata.combining(c) and c not in _QUOTES)


def _is_same(one: str, other: str) -> bool:
    letters = any(c.isalpha() for c in one)
    return letters and len(one) == len(other) and all(x in (y, _ANY) for x, y in zip(one, other, strict=True))
