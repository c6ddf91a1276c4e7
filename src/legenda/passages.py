"""What a document says about a question: the sentences that share most words with it. Meanings are not compared."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import log
from pathlib import Path

from legenda.document import Block, Page
from legenda.exports.paragraphs import is_table, paragraphs
from legenda.exports.rows import rows

_END = re.compile(r"(?<=[.!?؟।…])[\"'”’»)]*\s+|(?<=[。！？])[”’」』）]*")
_WORD = re.compile(r"[^\W_]+")
# Scripts that write no spaces between words are compared by pairs of characters.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]+")
# A word of a question that says nothing of what it is about; of the languages most asked in.
_EMPTY = frozenset((Path(__file__).parent / "data" / "empty_words.txt").read_text(encoding="utf-8").split())
_KEPT = 0.5  # a passage is given if it shares at least this part of what the best one does


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or a row of a table: the number of its page, its text, and how well it fits."""

    page: int
    text: str
    fit: float = 0.0


def best(pages: Iterable[Page], question: str, most: int = 3) -> list[Passage]:
    """The passages that share most of the question's words, rare ones counting more; none if none shares any.

    Args:
        pages: of a document.
        question: in words that stand in it.
        most: passages.
    """
    asked = _terms(question) - _EMPTY
    if not asked:
        return []
    found = [(passage, _terms(passage.text)) for page in pages for passage in _passages(page)]
    often = Counter(term for _, terms in found for term in terms & asked)
    weights = {term: log(1 + len(found) / count) for term, count in often.items()}
    fits = [
        Passage(passage.page, passage.text, sum(weights[term] for term in terms & asked)) for passage, terms in found
    ]
    fits = sorted((passage for passage in fits if passage.fit), key=lambda passage: (-passage.fit, len(passage.text)))
    unlike = {passage.text: passage for passage in reversed(fits)}  # running heads say the same on every page
    return [passage for passage in fits if unlike[passage.text] is passage and passage.fit >= _KEPT * fits[0].fit][
        :most
    ]


def _passages(page: Page) -> Iterator[Passage]:
    for block in page.blocks:
        for text in _texts(block, page.text):
            for sentence in _END.split(text):
                if sentence and sentence.strip():
                    yield Passage(page.number, " ".join(sentence.split()))


def _texts(block: Block, page_text: str) -> list[str]:
    lines = [line for line in block.lines if line.content.strip()]
    if is_table(block):
        return ["  ".join(line.content for line in row) for row in rows(lines)]
    return paragraphs(lines, page_text)


def _terms(text: str) -> set[str]:
    """What a text is compared by: words in lower case without accents and plural s; pairs of characters."""
    text = unicodedata.normalize("NFKC", text).casefold()
    pairs = {a + b for run in _UNSPACED.findall(text) for a, b in pairwise(run)}
    words = _WORD.findall(_UNSPACED.sub(" ", text))
    return pairs | {_stem(word) for word in words}


def _stem(word: str) -> str:
    if word in _EMPTY:
        return word
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return plain[:-1] if len(plain) > 3 and plain.endswith("s") and not plain.endswith("ss") else plain
