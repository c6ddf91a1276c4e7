"""A document in few sentences: its own, those most others have words in common with; or a language model's, checked."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import TYPE_CHECKING

from legenda.desk.ask import Answer
from legenda.desk.ask.answer import cited
from legenda.desk.ask.wording import NOTHING
from legenda.desk.passages import Passage, cut
from legenda.desk.terms import telling

if TYPE_CHECKING:
    from legenda.document import Document

SENTENCES = 5
_SHORTEST, _LONGEST = 30, 400  # characters of a sentence that may stand for others
_MOST = 400  # sentences that are compared
_DAMPING, _ROUNDS = 0.85, 30  # Mihalcea and Tarau, "TextRank" (2004)


def summarised(document: Document, sentences: int = SENTENCES) -> Answer:
    """The most central sentences of a document, in their order.

    Args:
        document: that was read.
        sentences: how many.
    """
    found = [p for p in cut(document.pages) if not p.row and _SHORTEST <= len(p.text) <= _LONGEST][:_MOST]
    found = list({passage.key: passage for passage in found}.values())
    if not found:
        return Answer(NOTHING)
    ranks = _ranks(found)
    best = sorted(sorted(range(len(found)), key=lambda place: -ranks[place])[:sentences])
    citations = tuple(cited(found[place]) for place in best)
    return Answer(" ".join(f"{citation.snippet} (p. {citation.page})" for citation in citations), citations)


def _ranks(passages: Sequence[Passage]) -> list[float]:
    import numpy as np

    words = [set(telling(passage.text)) for passage in passages]
    count = len(words)
    likeness = np.zeros((count, count))
    for one in range(count):
        for other in range(one):
            shared = len(words[one] & words[other])
            if shared:
                size = log(len(words[one]) + 1) + log(len(words[other]) + 1)
                likeness[one, other] = likeness[other, one] = shared / max(size, 1e-9)
    weights = likeness / np.maximum(likeness.sum(0), 1e-9)
    ranks = np.full(count, 1.0)
    for _ in range(_ROUNDS):
        ranks = (1 - _DAMPING) + _DAMPING * weights @ ranks
    return [float(rank) for rank in ranks]
