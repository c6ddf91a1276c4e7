"""Words as they are compared: without case, accents and endings; scripts without spaces by pairs of characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

_WORD = re.compile(r"[^\W_]+")
# Scripts that write no spaces between words are compared by pairs of characters.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]+")
# A word of a question that says nothing of what it is about; of the languages most asked in.
EMPTY = frozenset((Path(__file__).parents[1] / "data" / "empty_words.txt").read_text(encoding="utf-8").split())
_ALIKE = 0.6  # words that share a beginning of this part of the longer one may be forms of one word
_INSIDE = 6  # letters from which on a word inside another (Gartenarbeit, Bezirksgericht) counts


def terms(text: str) -> list[str]:
    """What a text is compared by, in order; with words that say nothing."""
    text = unicodedata.normalize("NFKC", text).casefold()
    pairs = [a + b for run in _UNSPACED.findall(text) for a, b in pairwise(run)]
    return pairs + [_plain(word) for word in _WORD.findall(_UNSPACED.sub(" ", text))]


def telling(text: str) -> list[str]:
    """The terms of a question that say what it is about, each once, in order."""
    return [term for term in dict.fromkeys(terms(text)) if term not in _EMPTY_PLAIN]


@lru_cache(20_000)
def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


_EMPTY_PLAIN = frozenset(map(_plain, EMPTY))


def alike(term: str, vocabulary: Iterable[str]) -> Mapping[str, float]:
    """Terms that may be the same word in another form, and how sure that is (0..1); itself is 1."""
    found = {}
    for other in vocabulary:
        if other == term:
            found[other] = 1.0
        elif (score := _alike(term, other)) >= _ALIKE:
            found[other] = 0.95 * score
    return found


def _alike(a: str, b: str) -> float:
    shorter, longer = (a, b) if len(a) <= len(b) else (b, a)
    if len(shorter) < 3 or any(c.isdigit() for c in shorter):
        return 0.0
    shared = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(shorter))
    if longer == shorter + "s" or (shared >= 4 and shared >= len(longer) - 2):
        return 0.95
    if len(shorter) >= _INSIDE and shorter in longer:
        return 0.75
    score = shared / len(longer) if shared >= 4 else 0.0
    # one letter read wrongly, or changed by an ending before it
    if len(shorter) >= 6 and len(longer) - len(shorter) <= 1 and _near(shorter, longer):
        score = max(score, 0.8)
    return max(score, 0.65 if shared >= 5 and shared >= 0.75 * len(shorter) else 0.0)


def _near(a: str, b: str) -> bool:
    """Whether one letter is another, or one is too many."""
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) <= 1
    return any(b[:n] + b[n + 1 :] == a for n in range(len(b)))
