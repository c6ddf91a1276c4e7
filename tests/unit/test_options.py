"""Options refuse what cannot be used; page ranges say which pages they mean."""

from __future__ import annotations

from typing import Any

import pytest

from legenda.errors import ExitCode, InvalidOptionError
from legenda.options import ReadOptions, check_order, page_numbers


@pytest.mark.parametrize(
    ("ranges", "count", "pages"),
    [
        ("", 3, [1, 2, 3]),
        ("  ", 2, [1, 2]),
        ("1-3,7,-1", 10, [1, 2, 3, 7, 10]),
        ("-1", 1, [1]),
        ("5-", 7, [5, 6, 7]),
        ("-3-", 7, [5, 6, 7]),
        ("-3--2", 7, [5, 6]),
        ("3,1,3,2-3", 5, [1, 2, 3]),
        ("2 - 4", 5, [2, 3, 4]),
        ("4-900", 5, [4, 5]),
        ("1-999999999", 2, [1, 2]),
        ("-900-2", 5, [1, 2]),
    ],
)
def test_ranges(ranges: str, count: int, pages: list[int]) -> None:
    assert page_numbers(ranges, count) == pages


@pytest.mark.parametrize(
    "ranges", ["0", "x", "1,,2", "1-0", "3-2", "9", "-9", "1;2", "--1", "1--", "1-2-3", "²", "9" * 5000, "1.5", ","]
)
def test_what_is_no_range_of_these_pages_is_refused(ranges: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        page_numbers(ranges, 5)
    assert caught.value.exit_code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"effort": "heroic"}, "balanced"),
        ({"text_layer": "maybe"}, "ignore"),
        ({"dpi": 10}, "36"),
        ({"dpi": 9999}, "1200"),
    ],
)
def test_wrong_choices_name_the_right_ones(given: dict[str, object], why: str) -> None:
    with pytest.raises(InvalidOptionError, match=why):
        ReadOptions(**given)  # type: ignore[arg-type]


def test_a_password_is_not_shown() -> None:
    assert "s3cret" not in repr(ReadOptions(password="s3cret"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"box": (1, 2, 3)},
        {"box": (5, 0, 5, 9)},
        {"box": (0, 9, 5, 1)},
        {"box": (-1, 0, 5, 5)},
        {"box": (0, 0, float("inf"), 5)},
        {"box": (0, 0, float("nan"), 5)},
        {"color": "pink"},
        {"box": (0, 0, 5, 5), "color": "red"},
        {"effort": "gpu"},
    ],
)
def test_regions_and_tiers_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError):
        ReadOptions(**wrong)


def test_the_tier_vlm_reads_with_structure() -> None:
    assert ReadOptions(effort="vlm").structure and not ReadOptions(effort="accurate").structure
    assert not ReadOptions(effort="vlm", content="text").structure


@pytest.mark.parametrize("ranges", ["3-1", "1,4-2", "-1--3"])
def test_ranges_that_are_backwards_in_any_document(ranges):
    with pytest.raises(InvalidOptionError):
        check_order(ranges)


@pytest.mark.parametrize("ranges", ["", "1-3,7,-1", "5-", "-3-", "-1-3", "2--1"])
def test_ranges_that_some_document_has(ranges):
    check_order(ranges)
