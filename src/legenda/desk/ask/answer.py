"""Answers made of what the document says: a value where one was asked for, the sentence it stands in, its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

from legenda.desk.ask.index import Hit, Index, answering
from legenda.desk.ask.wording import NOTHING, VALUES, Wanted, about_itself, subject, wanted
from legenda.desk.terms import alike, telling, terms
from legenda.desk.values import Value, ValueKind, values
from legenda.document.text import printable

if TYPE_CHECKING:
    from legenda.desk.passages import Passage
    from legenda.document import Page, Polygon

_LONGEST = 300  # characters of a snippet
_MOST = 3  # citations
_KEPT = 0.8  # a passage is cited, too, if it fits at least this part of what the best one does
_SHORT = 120  # characters of a passage that is quoted with the one after it
_PLAIN = 100  # characters of a snippet in which a value is seen without being put first
_BESIDE_DATE = 40  # characters that may stand beside the date of a letter
_NOUNS = 0.3  # part of all words with a capital from which on a language writes nouns so
# How well the best passage must fit; less where question and document are of different languages and share no words
_OWN, _FOREIGN, _BY_WORDS = 0.41, 0.3, 0.48
# ... and more where it has no value of the kind that is asked for, or the document never speaks of what is asked about
_VALUELESS, _UNHEARD = 0.75, 0.5
_LOOKED_AT = 4  # passages a value is looked for in


@dataclass(frozen=True, slots=True)
class Citation:
    """What an answer rests on.

    Attributes:
        page: its number, 1-based.
        snippet: as the document has it, cut to 300 characters around what matters.
        boxes: around its words, one a line, in page units.
        value_boxes: around the value that was asked for.
    """

    page: int
    snippet: str
    boxes: tuple[Polygon, ...] = ()
    value_boxes: tuple[Polygon, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer.

    Attributes:
        text: of it, with its pages.
        citations: best first; none where the document does not say.
        value: the amount, date or name that was asked for, as it is written; empty where none was found.
        how: `extractive`, or the name of the model that wrote it.
        meaning: meanings were compared, not words alone.
    """

    text: str
    citations: tuple[Citation, ...] = ()
    value: str = ""
    how: str = "extractive"
    meaning: bool = True


class Asker:
    """Answers questions about one document from its text alone. Thread safe.

    Args:
        pages: of the document.
        use_meaning: compare meanings where the model for it is installed; words alone otherwise.
    """

    def __init__(self, pages: Iterable[Page], *, use_meaning: bool = True) -> None:
        self.index = Index(pages, use_meaning=use_meaning)

    def answer(self, question: str) -> Answer:
        """What the document says to a question: quoted, never more than it says."""
        question = printable(question)
        kind = wanted(question)
        compared = self.index.use_meaning
        if kind == "date" and about_itself(telling(question)) and (dated := self._dated(question)):
            return dated
        hits = self.index.search(question, VALUES[kind])
        found = self._value(question, hits[:_LOOKED_AT], kind) if hits else None
        if not hits or hits[0].fit < self._bound(question, kind, found is not None):
            return Answer(NOTHING, meaning=compared)
        hit, value = found or (hits[0], None)
        others = [other for other in hits[:_MOST] if other is not hit and other.fit >= _KEPT * hits[0].fit]
        first = cited(hit.passage, value, None if value else self._rest(hit))
        citations = (first, *(cited(other.passage) for other in others if other.passage.text not in first.snippet))
        return Answer(_said(citations, value), citations, value.text if value else "", meaning=compared)

    def _bound(self, question: str, kind: Wanted, valued: bool) -> float:
        """How well a passage must fit to say something to the question at all (part `chat` of the benchmarks)."""
        if not telling(question):
            return inf
        foreign = self.index.foreign(question)
        bound = (_FOREIGN if foreign else _OWN) if self.index.use_meaning else _BY_WORDS
        if VALUES[kind] and "name" not in VALUES[kind] and not valued:
            bound = max(bound, _VALUELESS)
        about = subject(question, kind)
        if about and not foreign and not self.index.known(about):
            bound = max(bound, _UNHEARD)
        return bound

    def _dated(self, question: str) -> Answer | None:
        """The date a letter bears: in a line of its own or beside the place, at its head or else at its end."""
        named = [term for term in telling(question) if self.index.known(term)]
        found = []
        for place, passage in enumerate(self.index.passages):
            for value in values(passage.text, "date"):
                rest = len(passage.text) - len(value.text)
                if rest <= _BESIDE_DATE and any(c.isdigit() for c in value.text) and len(value.text) > 4:
                    also = sum(term in terms(passage.text) for term in named)
                    found.append((-also, rest > _BESIDE_DATE // 2, place, passage, value))
        if not found:
            return None
        _, _, _, passage, value = min(found, key=lambda one: one[:3])
        citation = cited(passage, value)
        return Answer(_said((citation,), value), (citation,), value.text, meaning=self.index.use_meaning)

    def _rest(self, hit: Hit) -> Passage | None:
        """The sentence after a short one, which often has what it leaves open."""
        return self.index.after(hit.place) if len(hit.passage.text) <= _SHORT and not hit.passage.row else None

    def _value(self, question: str, hits: Sequence[Hit], kind: Wanted) -> tuple[Hit, Value] | None:
        """The value of the kind that is asked for which stands nearest to the question's words."""
        kinds = VALUES[kind]
        if not kinds or ("name" in kinds and self._capitals):
            return None
        asked = telling(question)
        scored = [
            (score, -place, hit, value)
            for place, hit in enumerate(hits)
            if hit.fit >= _KEPT * hits[0].fit
            for score, value in _candidates(hit, asked, kinds)
        ]
        if not scored:
            return None
        _, _, hit, value = max(scored, key=lambda found: found[:2])
        return hit, value

    @cached_property
    def _capitals(self) -> bool:
        """Whether the document writes nouns with capitals, as German does, so that these tell no names."""
        words = [word for passage in self.index.passages for word in passage.text.split()[1:] if word.isalpha()]
        return sum(word.istitle() for word in words) > _NOUNS * len(words)


def _candidates(hit: Hit, asked: Sequence[str], kinds: Sequence[ValueKind]) -> Iterator[tuple[float, Value]]:
    text = hit.passage.text
    where = _matches(text, asked)
    for value in values(text):
        if answering(value, kinds) and not set(telling(value.text)) <= set(asked):
            apart = min((_apart(value, start, end) for start, end in where), default=99)
            preferred = 0.1 * (len(kinds) - kinds.index(value.kind) - 1)
            yield 4 * hit.fit + preferred - 0.002 * min(apart, 150), value


def _apart(value: Value, start: int, end: int) -> int:
    """Characters between a value and a stretch; one that stands before counts as if further away."""
    return value.start - end if end <= value.start else 2 * (start - value.end)


def _matches(text: str, asked: Sequence[str]) -> list[tuple[int, int]]:
    """Where the question's words stand in a text."""
    found, at = [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        if any(alike(term, terms(word)) for term in asked):
            found.append((start, at))
    return found


def cited(passage: Passage, value: Value | None = None, rest: Passage | None = None) -> Citation:
    """A passage as a citation: as much around the value as a snippet may have, or with the one after it."""
    start, end = _stretch(passage.text, value)
    snippet = ("…" if start else "") + passage.text[start:end].strip() + ("…" if end < len(passage.text) else "")
    boxes = passage.boxes(start, end)
    if rest and len(snippet) + len(rest.text) < _LONGEST:
        snippet, boxes = f"{snippet} {rest.text}", [*boxes, *rest.boxes()]
    marked = tuple(passage.boxes(value.start, value.end)) if value else ()
    return Citation(passage.page, printable(snippet), tuple(boxes), marked)


def _stretch(text: str, value: Value | None) -> tuple[int, int]:
    """What of a passage is shown: all, or as much around the value as may be."""
    if len(text) <= _LONGEST:
        return 0, len(text)
    start = max(0, min((value.start if value else 0) - _LONGEST // 2, len(text) - _LONGEST + 2))
    if start:
        start = text.find(" ", start) + 1 or start
    return start, min(len(text), start + _LONGEST - 2)


def _said(citations: Sequence[Citation], value: Value | None) -> str:
    first = citations[0]
    if value and len(first.snippet) > _PLAIN:
        return f"{printable(value.text)} — “{first.snippet}” (p. {first.page})"
    return " ".join(f"{citation.snippet} (p. {citation.page})" for citation in citations)
