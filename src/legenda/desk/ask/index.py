"""Finds passages for a question: by its words (BM25) and, where the model is installed, by what it means."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import islice
from math import log
from typing import TYPE_CHECKING, Any

from legenda.desk import meaning
from legenda.desk.passages import Passage, cut
from legenda.desk.terms import alike, telling, terms
from legenda.desk.values import Value, ValueKind, values

if TYPE_CHECKING:
    from legenda.document import Page

# Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009); short passages
_K1, _B = 1.2, 0.4
_BESIDE = 0.5  # what a word in the passage before or after, or in the head of a column, is worth
_ON_PAGE = 0.5  # ... and one elsewhere on the page, such as the name on a receipt
_LABELLED = 0.3  # for being the value of a label that the question has
_LOOKED_AT = 60  # passages whose values are looked at
_FITTING = 0.08  # for having a value of the kind that is asked for
# Passages whose meaning is compared for one question: some 20 ms each on a core, and an answer may take 1.5 s
AT_ONCE = 30
_SMALL_WORDS = 0.25  # part of the words like `the` and `is` that two languages may share
_SURE = 0.75  # that two words are forms of one
_FOREIGN = 4  # times as many where question and document are of different languages, since words lead nowhere
_FAR, _NEAR = 0.78, 0.90  # cosines of what has nothing to do with a question, and of what answers it (part `chat`)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage, and how well it fits a question.

    Attributes:
        passage: that was found.
        place: its index among all.
        fit: what passages are ranked by.
        covered: part of the question's telling words it has, rare ones counting more (0..1).
        around: the same with the passages before and after it.
        near: how near its meaning is (0..1); `None` where that was not compared.
    """

    passage: Passage
    place: int
    fit: float
    covered: float
    around: float
    near: float | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """The telling words of a question: their forms in the document, and how much each says."""

    forms: Mapping[str, Mapping[str, float]]
    weights: Mapping[str, float]
    total: float


class Index:
    """The passages of a document, ready to be searched. Thread safe.

    Args:
        pages: of the document.
        use_meaning: compare meanings where the model is installed.
    """

    def __init__(self, pages: Iterable[Page], *, use_meaning: bool = True) -> None:
        self.passages: Sequence[Passage] = cut(pages)
        self.use_meaning = use_meaning and meaning.available()
        self._terms = [Counter(terms(passage.text)) for passage in self.passages]
        self._often = Counter(term for counted in self._terms for term in counted)
        self._of_page: dict[int, set[str]] = {}
        for passage, counted in zip(self.passages, self._terms, strict=True):
            self._of_page.setdefault(passage.page, set()).update(counted)
        self._length = sum(map(Counter.total, self._terms)) / max(len(self._terms), 1)
        self._vectors: dict[int, Any] = {}
        self._lock = threading.Lock()

    def search(self, question: str, kinds: Sequence[ValueKind] = ()) -> list[Hit]:
        """Passages that may answer a question, best first; those that say the same once.

        Args:
            question: in any language; that of the document finds more where meanings are not compared.
            kinds: of values that would answer it.
        """
        asked = self._asked(question)
        words = self._by_words(asked)
        nearness = self._nearness(question, [fit + around for fit, _, around in words])
        hits = sorted((self._hit(place, found, nearness.get(place)) for place, found in enumerate(words)), key=_order)
        hits[:_LOOKED_AT] = sorted((self._favoured(hit, kinds, asked) for hit in hits[:_LOOKED_AT]), key=_order)
        best: dict[str, Hit] = {}
        for hit in hits:
            best.setdefault(hit.passage.key, hit)
        return list(best.values())

    def known(self, term: str) -> bool:
        """Whether a word, or one like it, stands in the document."""
        return bool(alike(term, self._often))

    def foreign(self, question: str) -> bool:
        """Whether a question is of another language: hardly any of its small words stands in the document."""
        asked = telling(question)
        small = [term for term in terms(question) if term not in asked]
        return bool(small) and sum(term in self._often for term in small) <= _SMALL_WORDS * len(small)

    def after(self, place: int) -> Passage | None:
        """The passage that follows on the same page; rows of labels are not among them."""
        if place + 1 >= len(self.passages):
            return None
        following = self.passages[place + 1]
        return following if following.page == self.passages[place].page and not following.label else None

    def _asked(self, question: str) -> _Asked:
        forms = {term: alike(term, self._often) for term in telling(question)}
        weights = {term: self._rarity(found) for term, found in forms.items()}
        return _Asked(forms, weights, sum(weights.values()))

    def _rarity(self, forms: Mapping[str, float]) -> float:
        """Of a word by how many passages have it, in its commonest form; most of one that is nowhere."""
        count = max((self._often[form] for form in forms), default=0)
        return log(1 + (len(self.passages) - count + 0.5) / (count + 0.5))

    def _by_words(self, asked: _Asked) -> list[tuple[float, float, float]]:
        """Of each passage `_compared`, BM25 as a part of the best one's."""
        found = [self._compared(place, asked) for place in range(len(self.passages))]
        best = max((fit for fit, _, _ in found), default=0.0) or 1.0
        return [(fit / best, covered, around) for fit, covered, around in found]

    def _compared(self, place: int, asked: _Asked) -> tuple[float, float, float]:
        """BM25; the part of the question that is covered; the same with what stands around.

        What heads a row, and the passages before and after, count half; the rest of the page less.
        """
        counted, passage = self._terms[place], self.passages[place]
        around = self._beside(place)
        page = self._of_page[passage.page]
        long = 1 - _B + _B * counted.total() / max(self._length, 1e-9)
        fit = covered = with_context = 0.0
        for term, forms in asked.forms.items():
            often = max(
                (score * min(counted[form], 3) for form, score in forms.items() if form in counted), default=0.0
            )
            weight = asked.weights[term]
            fit += weight * often * (_K1 + 1) / (often + _K1 * long)
            covered += weight * min(often, 1.0)
            near = max((_BESIDE * score for form, score in forms.items() if form in around), default=0.0)
            there = max((_ON_PAGE * score for form, score in forms.items() if form in page), default=0.0)
            with_context += weight * max(min(often, 1.0), near, there)
        total = asked.total or 1.0
        return fit, covered / total, with_context / total

    def _beside(self, place: int) -> Set[str]:
        passage = self.passages[place]
        found = set(terms(f"{passage.caption} {' '.join(passage.heads)}"))
        for other in (place - 1, place + 1):
            if 0 <= other < len(self.passages) and self.passages[other].page == passage.page:
                found |= self._terms[other].keys()
        return found

    def _hit(self, place: int, words: tuple[float, float, float], near: float | None) -> Hit:
        by_words, covered, around = words

        ranked = 0.4 * by_words * min(1.0, 2 * around) + 0.6 * around
        if self.use_meaning:
            ranked = 0.55 * ranked + 0.45 * (near or 0.0)
        return Hit(self.passages[place], place, ranked, covered, around, near)

    def _favoured(self, hit: Hit, kinds: Sequence[ValueKind], asked: _Asked) -> Hit:
        """The hit with what it deserves for its form: a value of the right kind, a label that was asked for."""
        has = not kinds or _has(hit.passage.text, kinds, asked)
        more = _FITTING if kinds and has else 0.0
        more += _LABELLED if has and hit.passage.label and _asks_for(hit.passage.label, asked) else 0.0
        return replace(hit, fit=hit.fit + more) if more else hit

    def _nearness(self, question: str, fits: Sequence[float]) -> dict[int, float]:
        """How near the meanings of passages are; of those with the most words in common first, `AT_ONCE` new ones."""
        if not self.use_meaning or not self.passages:
            return {}
        asked = meaning.vectors([question], question=True)[0]
        order = sorted(range(len(fits)), key=lambda place: -fits[place])
        with self._lock:
            most = AT_ONCE * (_FOREIGN if self.foreign(question) else 1)
            new = list(islice((place for place in order if place not in self._vectors), most))
            if new:
                found = meaning.vectors([self._with_context(place) for place in new])
                self._vectors.update(zip(new, found, strict=True))
            known = dict(self._vectors)
        scale = _NEAR - _FAR
        return {place: min(max((float(v @ asked) - _FAR) / scale, 0.0), 1.2) for place, v in known.items()}

    def _with_context(self, place: int) -> str:
        """A short passage says little without what stands before it."""
        passage = self.passages[place]
        if len(passage.text) < 40 and place and self.passages[place - 1].page == passage.page:
            return f"{self.passages[place - 1].text[-60:]} {passage.text}"
        return passage.text


def _order(hit: Hit) -> tuple[float, int]:
    return -hit.fit, hit.place


def answering(value: Value, kinds: Sequence[ValueKind]) -> bool:
    """Whether a value may answer where these kinds are asked for: a bare 1 is no amount."""
    if kinds[:1] == ("amount",) and value.kind == "number":
        return len(value.text) > 2 and any(c.isdigit() for c in value.text)
    return value.kind in kinds


def _asks_for(label: str, asked: _Asked) -> bool:
    """Whether all telling words of a label are in the question."""
    said = telling(label)
    forms = {form for found in asked.forms.values() for form, score in found.items() if score > _SURE}
    return bool(said) and all(term in forms for term in said)


def _has(text: str, kinds: Sequence[ValueKind], asked: _Asked) -> bool:
    """Whether a text has a value of one of these kinds which the question does not have itself."""
    return any(answering(value, kinds) and not repeats(value, asked.forms) for value in values(text, *kinds))


def repeats(value: Value, asked: Iterable[str]) -> bool:
    """Whether a value says nothing that the question does not say itself."""
    asked = list(asked)
    return all(alike(term, asked) for term in telling(value.text))
