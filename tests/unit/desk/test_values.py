from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legenda.desk.values import values


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("paid on 9th May, 1938 in full", "date", "9th May, 1938"),
        ("am 11. Jänner 1938.", "date", "11. Jänner 1938"),
        ("dernier délai : Ier mai I962", "date", "Ier mai I962"),
        ("19/03/2018 03:43:44 PM", "date", "19/03/2018"),
        ("at 03:43:44 PM today", "time", "03:43:44 PM"),
        ("a cost of $1.4 billion in 2023", "amount", "$1.4 billion"),
        ("RM 30.90", "amount", "RM 30.90"),
        ("sum of 50,000 Austrian shillings", "amount", "50,000 Austrian shillings"),
        ("close to 95% of them", "percent", "95%"),
        ("write to sales@lakeshore.com.", "email", "sales@lakeshore.com"),
        ("call (614) 891-1392", "phone", "(614) 891-1392"),
        ("GST ID 000181747712", "identifier", "000181747712"),
    ],
)
def test_values_are_found_as_they_are_written(text: str, kind: str, found: str) -> None:
    assert [(value.kind, value.text) for value in values(text, kind)] == [(kind, found)]  # type: ignore[arg-type]


@given(st.text(max_size=200))
def test_values_lie_where_they_say_and_do_not_overlap(text: str) -> None:
    found = values(text)
    assert all(text[value.start : value.end] == value.text for value in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
