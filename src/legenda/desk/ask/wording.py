"""What kind of answer a question wants, told by its words; in the languages most asked in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, cast

from legenda.desk.terms import telling, terms
from legenda.desk.values import ValueKind

NOTHING = "This is not in the document."

Wanted = Literal[
    "date", "time", "amount", "count", "percent", "person", "place", "phone", "email", "url", "identifier", "any"
]

VALUES: dict[Wanted, tuple[ValueKind, ...]] = {
    "date": ("date",),
    "time": ("time",),
    "amount": ("amount", "number"),
    "count": ("number", "amount", "percent"),
    "percent": ("percent",),
    "person": ("name",),
    "place": ("name",),
    "phone": ("phone",),
    "email": ("email",),
    "url": ("url",),
    "identifier": ("identifier", "phone", "number"),
    "any": (),
}
"""Which values answer which kind, best first."""


def wanted(question: str) -> Wanted:
    """The kind of answer a question asks for; `any` where its words do not say."""
    return next((kind for kind, pattern in _patterns() if pattern.search(question)), "any")


def about_itself(asked: Sequence[str]) -> bool:
    """Whether telling words of a question name nothing but the document (`When was the letter written?`)."""
    named = [term for term in asked if term in _itself()]
    return bool(named) and len(asked) - len(named) <= 1


def subject(question: str, kind: Wanted) -> str:
    """The first word that says what is asked about: the lifeboats of `How many lifeboats were there?`; may be empty."""
    pattern = dict(_patterns()).get(kind)
    asking = {term for match in pattern.finditer(question) for term in terms(match[0])} if pattern else set()
    return next((term for term in telling(question) if term not in asking and term not in _itself()), "")


def _rows() -> Iterator[list[str]]:
    with (Path(__file__).parents[2] / "data" / "questions.tsv").open(encoding="utf-8") as file:
        yield from (line.rstrip("\n").split("\t") for line in file if not line.startswith("#"))


@cache
def _patterns() -> list[tuple[Wanted, re.Pattern[str]]]:
    kinds: dict[str, list[str]] = {}
    for kind, pattern in _rows():
        kinds.setdefault(kind, []).append(pattern)
    del kinds["itself"]
    return [(cast(Wanted, kind), re.compile("|".join(found), re.IGNORECASE)) for kind, found in kinds.items()]


@cache
def _itself() -> frozenset[str]:
    return frozenset(terms(" ".join(words.replace("|", " ") for kind, words in _rows() if kind == "itself")))
