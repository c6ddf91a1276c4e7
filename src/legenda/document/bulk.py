"""Many value objects at once, by loops in C over their slots.

A frozen dataclass' `__init__` calls `object.__setattr__` for every field; this takes half as long (240 and 510 ns a
word, and a PDF page has 500 of them).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import repeat
from typing import Any, TypeVar

from legenda.document.model import Span

_T = TypeVar("_T")


def made(kind: type[_T], count: int, *columns: Iterable[Any]) -> list[_T]:
    """Objects of a dataclass with slots.

    Args:
        kind: the dataclass.
        count: how many.
        columns: the values of each field, in the fields' order; at least `count` each.
    """
    objects = list(map(object.__new__, repeat(kind, count)))
    slots: tuple[str, ...] = kind.__slots__  # type: ignore[attr-defined]
    for name, values in zip(slots, columns, strict=True):
        deque(map(vars(kind)[name].__set__, objects, values), 0)
    return objects


def spans(offsets: Iterable[int], lengths: Iterable[int]) -> list[Span]:
    """A span for each pair of offset and length."""
    pairs = zip(offsets, lengths, strict=False)
    return list(map(tuple.__new__, repeat(Span), pairs))
