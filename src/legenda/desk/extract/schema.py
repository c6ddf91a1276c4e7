"""What a JSON Schema (draft 2020-12) asks for: its leaves, and the kind of value each wants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from legenda.desk.patterns import Pattern
from legenda.desk.terms import terms
from legenda.errors import InvalidOptionError

_TYPES = ("string", "number", "integer", "boolean")
_FORMATS = {"date": "date", "date-time": "date", "time": "time", "email": "email", "uri": "url", "iban": "iban"}
_MOST = 200  # leaves
_DEPTH = 8

Json = Mapping[str, Any]
Path_ = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that is asked for.

    Attributes:
        path: names of the members that lead to it.
        type: `string`, `number`, `integer` or `boolean`.
        kind: of value: one of `legenda.desk.values`, or `company`, `address`, `iban`, `currency`, `title`, or empty.
        labels: what may stand beside it on paper, in comparable form; those of its own name first.
        words: its name, title and description.
        pattern: regular expression the value must match; empty for any.
        choices: values it may have; empty for any.
    """

    path: Path_
    type: str
    kind: str
    labels: tuple[str, ...]
    words: str
    pattern: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """An array of objects that is asked for: the rows of a table."""

    path: Path_
    columns: tuple[Leaf, ...]


def leaves(schema: Json) -> tuple[list[Leaf], list[Rows]]:
    """The single values and the rows a schema asks for.

    Raises:
        InvalidOptionError: it is no schema of an object, or one that nobody can fill.
    """
    if not isinstance(schema, Mapping) or not isinstance(schema.get("properties"), Mapping):
        raise InvalidOptionError(
            "The schema has no properties", "it must be a JSON Schema of an object", "see docs/tools.md"
        )
    found = list(_leaves(schema, (), 0))
    if len(found) > _MOST:
        raise InvalidOptionError(f"The schema asks for more than {_MOST} values", "", "ask in several schemas")
    return [x for x in found if isinstance(x, Leaf)], [x for x in found if isinstance(x, Rows)]


def _leaves(schema: Json, path: Path_, depth: int) -> Iterator[Leaf | Rows]:
    if depth > _DEPTH:
        raise InvalidOptionError(f"The schema is nested more than {_DEPTH} deep", "", "make it flatter")
    for name, member in schema["properties"].items():
        here = (*path, str(name))
        if not isinstance(member, Mapping):
            raise InvalidOptionError(f"The schema's member {name} is no object")
        type_ = _type(member)
        if type_ == "object" and isinstance(member.get("properties"), Mapping):
            yield from _leaves(member, here, depth + 1)
        elif type_ == "array":
            items = member.get("items")
            if isinstance(items, Mapping) and isinstance(items.get("properties"), Mapping):
                columns = [leaf for leaf in _leaves(items, (), depth + 1) if isinstance(leaf, Leaf)]
                yield Rows(here, tuple(columns))
        elif type_ in _TYPES:
            yield _leaf(here, type_, member)


def _type(member: Json) -> str:
    named = member.get("type", "object" if "properties" in member else "string")
    if isinstance(named, list):  # ["number", "null"]
        named = next((one for one in named if one != "null"), "string")
    return str(named)


def _leaf(path: Path_, type_: str, member: Json) -> Leaf:
    pattern = str(member.get("pattern", ""))
    if pattern:
        Pattern(pattern)
    known = _known(path[-1])
    kind = _FORMATS.get(str(member.get("format", "")), "") or (known[0] if known else "")
    if not kind and type_ in ("number", "integer"):
        kind = "number"
    own = _comparable(re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", path[-1]))
    titles = [_comparable(str(member[key])) for key in ("title",) if member.get(key)]
    labels = tuple(dict.fromkeys([own, *titles, *(known[1] if known else ())]))
    words = " ".join([own, *(str(member.get(key, "")) for key in ("title", "description"))]).strip()
    choices = tuple(str(value) for value in member.get("enum", ()) if isinstance(value, str))
    return Leaf(path, type_, kind, labels, words, pattern, choices)


def _comparable(text: str) -> str:
    return " ".join(terms(text))


def _known(name: str) -> tuple[str, tuple[str, ...]] | None:
    """Kind and labels of a field many ask for."""
    plain = "".join(terms(re.sub(r"[_-]", " ", name)))
    return _table().get(plain)


@cache
def _table() -> dict[str, tuple[str, tuple[str, ...]]]:
    found = {}
    file = Path(__file__).parents[2] / "data" / "fields.tsv"
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, kind, others, labels = line.split("\t")
        for each in (name, *others.split("|")):
            found["".join(terms(each.replace("_", " ")))] = kind, tuple(map(_comparable, labels.split("|")))
    return found
