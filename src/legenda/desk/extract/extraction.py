"""Fills a schema from a document: by labels and their values, by the form of values, by where things stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from legenda.desk.extract import places
from legenda.desk.extract.items import rows_of
from legenda.desk.extract.normal import amount, iso, marks, months_first
from legenda.desk.extract.places import Spot
from legenda.desk.extract.schema import Leaf, leaves
from legenda.desk.labels import Pair, pairs
from legenda.desk.patterns import Pattern
from legenda.desk.terms import terms
from legenda.desk.values import ValueKind, values

if TYPE_CHECKING:
    from legenda.document import Document, Polygon

_KINDS: Mapping[str, tuple[ValueKind, ...]] = {
    "date": ("date",),
    "time": ("time",),
    "amount": ("amount", "number"),
    "number": ("number", "amount", "percent"),
    "email": ("email",),
    "url": ("url",),
    "phone": ("phone", "identifier"),
    "identifier": ("identifier", "phone", "number"),
}
_CURRENCY = re.compile(r"RM\b|US\$|EUR|USD|GBP|CHF|JPY|CNY|MYR|SGD|SEK|NOK|DKK|CZK|PLN|[$€£¥₹₽]")
_CODES = {"RM": "MYR", "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB"}
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b")
_TOTAL = "grand total"
_TO_PAY = re.compile(r"payable|due|rounded|grand|a pagar|zu zahlen|net a payer")
_WHOLE = re.compile(r"\binc|after|gross|ttc")
# What was handed over and what was given back; their difference, where it is printed too, is the total
_GIVEN = re.compile(r"\b(?:cash|tendered|received|paid|bar|gegeben|espèces|efectivo|contanti)\b")
_BACK = re.compile(r"\b(?:change|rückgeld|wechselgeld|rendu|cambio|vuelto|resto)\b")
_NO_TOTAL = re.compile(r"qty|quantity|item|saving|discount|point|tax|gst|vat|excl|sub|before|change|cash|paid")
_FINDERS: Mapping[str, Callable[..., Iterator[Spot]]] = {
    "company": places.companies,
    "address": places.addresses,
    "name": places.people,
}
_NAMED = ("company", "name", "title")  # kinds of values that are words
_GUESSED = 0.6  # what a value found by its form alone is worth, of one with a label
_PLACED = 0.8  # ... and one found by where it stands


@dataclass(frozen=True, slots=True)
class Found:
    """A value that was found.

    Attributes:
        path: names of the members that lead to it; rows of tables have their number, from 0.
        value: as the schema wants it.
        text: as it is written.
        page: where it stands, 1-based.
        boxes: around it, in page units.
        confidence: 0..1: how sure its words were read, less where it has no label.
    """

    path: tuple[str, ...]
    value: Any
    text: str
    page: int
    boxes: tuple[Polygon, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was found.

    Attributes:
        value: the object, without what was not found.
        found: each value with its place, in the order of the schema.
        missing: paths of what was not found.
        how: `rules`, or the name of the language model.
    """

    value: dict[str, Any]
    found: tuple[Found, ...]
    missing: tuple[tuple[str, ...], ...]
    how: str = "rules"

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        found = [
            {
                "path": list(one.path),
                "value": one.value,
                "text": one.text,
                "page": one.page,
                "boxes": [[round(x, 2) for x in box] for box in one.boxes],
                "confidence": one.confidence,
            }
            for one in self.found
        ]
        missing = [list(path) for path in self.missing]
        return {"value": self.value, "found": found, "missing": missing, "how": self.how}


@dataclass
class _Filling:
    """A document being looked through."""

    document: Document
    pairs: list[Pair] = field(init=False)
    mark: str = field(init=False)
    day_first: bool = field(init=False)
    paid: set[float] = field(init=False)

    def __post_init__(self) -> None:
        self.pairs = [pair for page in self.document.pages for pair in pairs(page)]
        texts = [line.content for page in self.document.pages for line in page.lines]
        self.mark = marks(word for text in texts for word in text.split())
        given, back = (self._amounts(label) for label in (_GIVEN, _BACK))
        self.paid = {round(one - other, 2) for one in given for other in back if one > other}
        self.day_first = not months_first(value.text for text in texts for value in values(text, "date"))

    def _amounts(self, label: re.Pattern[str]) -> set[float]:
        found = (amount(pair.value, self.mark) for pair in self.pairs if label.search(pair.label.casefold()))
        return {one for one in found if one is not None}


def extract(document: Document, schema: Mapping[str, Any]) -> Extraction:
    """The values of a document that a JSON Schema asks for.

    Args:
        document: that was read.
        schema: of an object: strings, numbers, booleans, formats `date`, `time`, `email`, `uri`, `pattern`, `enum`,
            objects in it, and arrays of objects, which are rows of tables.

    Raises:
        InvalidOptionError: nobody could fill the schema.
    """
    single, many = leaves(schema)
    filling = _Filling(document)
    found = [one for leaf in single if (one := _fill(leaf, filling))]
    missing = [leaf.path for leaf in single if not any(one.path == leaf.path for one in found)]
    for rows in many:
        cells = list(_rows(rows.path, rows.columns, filling))
        found += cells
        if not cells:
            missing.append(rows.path)
    return Extraction(tree(found), tuple(found), tuple(missing))


def tree(found: Sequence[Found]) -> dict[str, Any]:
    """The object of found values; numbered members are lists."""
    root: dict[str, Any] = {}
    for one in found:
        here = root
        for name in one.path[:-1]:
            here = here.setdefault(name, {})
        here[one.path[-1]] = one.value
    return {name: _listed(value) for name, value in root.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(member) for name, member in value.items()}
    return list(inner.values()) if inner and all(name.isdigit() for name in inner) else inner


def _fill(leaf: Leaf, filling: _Filling) -> Found | None:
    for share, spots in ((1.0, _labelled), (_PLACED, _standing), (_GUESSED, _formed)):
        for spot in spots(leaf, filling):
            value = _value(leaf, spot.text, filling)
            if value is not None:
                confidence = round(share * spot.confidence, 4)
                return Found(leaf.path, value, spot.text, spot.page, tuple(spot.boxes), confidence)
    return None


def _labelled(leaf: Leaf, filling: _Filling) -> Iterator[Spot]:
    """Values beside a label of the leaf, the best label first; of totals what was paid, else the largest."""
    total = _TOTAL in leaf.labels
    scored = []
    for place, pair in enumerate(filling.pairs):
        rank = _rank(" ".join(terms(pair.label)), leaf)
        size = (amount(pair.value, filling.mark) or 0.0) if total else 0.0
        if rank is None and size in filling.paid:
            rank = len(leaf.labels) + 1
        if rank is not None:
            scored.append((_step(pair.label.casefold(), size, filling) if total else 0, -size, rank, place, pair))
    for *_, pair in sorted(scored, key=lambda one: one[:4]):
        yield places.of_pair(pair)


def _step(label: str, size: float, filling: _Filling) -> int:
    """Which of several totals is the last one: 0 is what was paid, then what its label says is to be paid."""
    steps = (size in filling.paid, _TO_PAY.search(label), _WHOLE.search(label), True)
    return next(step for step, holds in enumerate(steps) if holds)


def _rank(label: str, leaf: Leaf) -> int | None:
    """How well a label fits; `None`: not at all."""
    if label in leaf.labels:
        return leaf.labels.index(label)
    if _TOTAL in leaf.labels and "total" in label:
        whole = _WHOLE.search(label) or _TO_PAY.search(label)
        return None if _NO_TOTAL.search(label) and not whole else len(leaf.labels)
    near = any(label.startswith(f"{known} ") or label.endswith(f" {known}") for known in leaf.labels[:4] if known)
    return len(leaf.labels) if near else None


def _standing(leaf: Leaf, filling: _Filling) -> Iterator[Spot]:
    if leaf.kind in _FINDERS:
        yield from _FINDERS[leaf.kind](filling.document.pages)


def _formed(leaf: Leaf, filling: _Filling) -> Iterator[Spot]:
    """Values that are told by their form alone; amounts, numbers and identifiers are not: there are too many."""
    spans = _spans(leaf)
    if spans:
        for page in filling.document.pages:
            for line in page.lines:
                yield from (places.of_line(page.number, line, start, end) for start, end in spans(line.content))


def _spans(leaf: Leaf) -> Callable[[str], list[tuple[int, int]]] | None:
    """What finds values of a leaf's form."""
    if leaf.pattern:
        return Pattern(leaf.pattern).spans
    if own := {"iban": _IBAN, "currency": _CURRENCY}.get(leaf.kind):
        return lambda text: [match.span() for match in own.finditer(text)]
    if leaf.kind in ("date", "time", "email", "url", "phone"):
        return lambda text: [(value.start, value.end) for value in values(text, *_KINDS[leaf.kind][:1])]
    return None


def _value(leaf: Leaf, text: str, filling: _Filling) -> Any:
    """The text as the leaf wants it; `None` where it cannot be that."""
    if leaf.pattern and not Pattern(leaf.pattern).spans(text):
        return None
    if leaf.choices:
        return next((choice for choice in leaf.choices if terms(choice) == terms(text)), None)
    if leaf.kind == "date":
        found = values(text, "date")
        written = iso(found[0].text, day_first=filling.day_first) if found else None
        return written
    if leaf.type in ("number", "integer"):
        parsed = amount(text, filling.mark)
        return None if parsed is None else int(parsed) if leaf.type == "integer" and parsed.is_integer() else parsed
    if leaf.type == "boolean":
        return {"yes": True, "no": False, "true": True, "false": False, "x": True}.get(text.strip().casefold())
    if leaf.kind == "currency":
        code = _CURRENCY.search(text)
        return _CODES.get(code[0], code[0]) if code else None
    return _string(leaf, text)


def _string(leaf: Leaf, text: str) -> str | None:
    if leaf.kind in _NAMED and not _is_wording(text):
        return None
    kinds = _KINDS.get(leaf.kind)
    if not kinds:
        return text.strip() or None
    found = sorted(values(text, *kinds), key=lambda value: kinds.index(value.kind))
    if leaf.kind == "identifier":
        first = text.strip().split("  ")[0].split(" ")
        return next((part for part in first if any(c.isdigit() for c in part)), None)
    return found[0].text if found else None


def _is_wording(text: str) -> bool:
    """Whether a text may name somebody: a number with a letter or two does not."""
    return 2 <= sum(map(str.isalpha, text)) >= 2 * sum(map(str.isdigit, text))


def _rows(path: tuple[str, ...], columns: Sequence[Leaf], filling: _Filling) -> Iterator[Found]:
    for number, row in enumerate(rows_of(filling.document.pages, columns)):
        for leaf, spot in row:
            value = _value(leaf, spot.text, filling)
            if value is not None:
                where = (*path, str(number), *leaf.path)
                yield Found(where, value, spot.text, spot.page, tuple(spot.boxes), spot.confidence)
