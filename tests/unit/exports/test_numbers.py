from __future__ import annotations

import pytest

from legenda.exports.numbers import decimal_marks, mark_of, number


@pytest.mark.parametrize(
    ("text", "mark", "value", "format"),
    [
        ("215.00", "", "215.00", "0.00"),
        ("1,234.50", "", "1234.50", "#,##0.00"),
        ("1.234,50", "", "1234.50", "#,##0.00"),
        ("1.234", ",", "1234", "#,##0"),
        ("1.234", ".", "1.234", "0.000"),
        ("1 234,5", "", "1234.5", "#,##0.0"),
        ("1'234.50", "", "1234.50", "#,##0.00"),
        ("1,00,000.5", "", "100000.5", "#,##0.0"),
        ("$1,234.50", "", "1234.50", '"$"#,##0.00'),
        ("12,50 €", ",", "12.50", '0.00" €"'),
        ("12.5 %", "", "0.125", "0.0\\ %"),
        ("−5", "", "-5", "0"),
        ("(1,234.00)", "", "-1234.00", "#,##0.00;(#,##0.00)"),
        ("+5.2%", "", "0.052", "+0.0%;-0.0%"),
        ("0", "", "0", "0"),
    ],
)
def test_numbers(text: str, mark: str, value: str, format: str) -> None:
    assert number(text, mark) == (value, format)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        *(("1.234", ""), ("1,234", ""), ("12.30", ","), ("0049", "."), ("12.05.2024", ","), ("2024-05-12", ".")),
        *(("+49 170 123", "."), ("1.2.3.4", "."), ("12345678901234567", "."), ("(1)", "."), ("5-", "."), ("", ".")),
        *(("=1+1", "."), ("1,23,4", "."), ("(5", "."), ("$5 €", "."), ("٣", "."), ("1e5", ".")),
    ],
)
def test_what_may_be_something_else_stays_text(text: str, mark: str) -> None:
    assert number(text, mark) is None


def test_the_decimal_mark_is_what_most_numbers_show_else_the_languages() -> None:
    assert mark_of(decimal_marks(["1,5", "2.50", "3,10", "1.234", "x"])) == ","
    assert mark_of(decimal_marks(["1.000", "7"]), "de-AT") == ","
    assert mark_of(decimal_marks([]), "en") == "."
    assert mark_of(decimal_marks(["1.234.567"])) == ","
    assert mark_of(decimal_marks(["1.000"])) == ""
