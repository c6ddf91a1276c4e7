from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legenda.pipeline.guards import loops


@pytest.mark.parametrize(
    ("text", "said_again"),
    [
        ("the cat sat on the mat and went home", ""),
        ("total 5.00 total 6.00 total 7.00", ""),  # three times is no loop
        ("so sea sea sea sea sea end", "sea sea sea sea"),
        ("a b c " * 5, ("a b c " * 4).strip()),
        ("1. item\n2. item\n3. item\n4. item\n5. item", "2. item\n3. item\n4. item\n5. item"),
        ("well " + "ha" * 20, "ha" * 19),
        ("......................................", "." * 37),
    ],
)
def test_phrases_that_follow_themselves(text: str, said_again: str) -> None:
    assert "".join(text[a:b] for a, b in loops(text)) == said_again


@given(st.text("ab 1\n", max_size=300))
def test_stretches_are_in_order_and_inside(text: str) -> None:
    found = loops(text)
    assert all(0 <= a < b <= len(text) for a, b in found)
    assert all(first[1] <= second[0] for first, second in pairwise(found))


@given(st.lists(st.sampled_from(["sea", "weed", "of", "the", "7"]), min_size=1, max_size=8), st.integers(4, 30))
def test_any_phrase_said_four_times_and_more_is_found(phrase: list[str], times: int) -> None:
    text = " ".join(phrase * times)
    assert sum(b - a for a, b in loops(text)) >= len(text) * (times - 1) / times - len(" ".join(phrase)) - 1
