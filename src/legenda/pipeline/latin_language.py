"""In which language a page in Latin letters is, by its commonest words: those without which nobody writes a sentence.

Asked only to tell languages whose letters PP-OCR confuses with others (`õ` and `ō`, `ı` and `i`, `þ` and `p`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from legenda.document import Line

_TABLE = Path(__file__).parent.parent / "data" / "function_words.tsv"
# Languages in which Tesseract's own pack reads letters right that PP-OCR confuses: CER .002 to .028 of PP-OCR, under
# .004 of the pack, on rendered pages (`pages_lang`). Others are read as well, or better, without it.
CONFUSED = frozenset(("cs", "cy", "da", "eo", "et", "ga", "hr", "hu", "is", "lt", "mt", "no", "pl", "sk", "sl", "tr"))
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|'n")
_LEAST = 25  # words of a page that tell
_SHARE, _LEAD, _NEAR_LEAD = 0.12, 1.25, 1.08  # of the words, times the next language's, and times a near relative's
_RELATIVES = (frozenset(("cs", "sk")), frozenset(("da", "no")), frozenset(("hr", "sl")))


def language_of(lines: Sequence[Line]) -> str:
    """The language of a page, if it is one of `CONFUSED`; else empty."""
    text = " ".join(line.content for line in lines)
    words = [_bare(word) for word in _WORD.findall(text.lower())]
    if len(words) < _LEAST:
        return ""
    counts = Counter(words)
    hits = sorted(((sum(counts[w] for w in known), code) for code, known in _known().items()), reverse=True)
    (most, code), (next_most, other) = hits[0], hits[1]
    lead = _NEAR_LEAD if {code, other} in _RELATIVES else _LEAD
    sure = most >= _SHARE * len(words) and most >= lead * next_most
    return code if sure and code in CONFUSED else ""


def _bare(word: str) -> str:
    """Without marks, which are what may have been misread."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


@cache
def _known() -> dict[str, frozenset[str]]:
    rows = (row.split("\t") for row in _TABLE.read_text("utf-8").splitlines()[1:])
    return {code: frozenset(map(_bare, words.split(" "))) for code, words in rows}
