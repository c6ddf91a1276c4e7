from __future__ import annotations

import pytest

from legenda.exports.names import plain_name, sheet_name


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("a\x00b\n c\u2066d\u2069\ufeff", "a_b cd"),
        ("חשבון.pdf", "חשבון.pdf"),
        ("می‌خواهم", "می‌خواهم"),  # the joiner is part of the word
    ],
)
def test_names_lose_what_turns_them(given: str, plain: str) -> None:
    assert plain_name(given) == plain


def test_sheets_have_names_excel_takes() -> None:
    assert sheet_name("a/b\\c[d]:*?e", ()) == "a b c d e"
    assert sheet_name("'quoted'", ()) == "quoted"
    assert sheet_name("History", ()) == "History_"
    assert sheet_name("\u202e[]", ()) == "Sheet"
    long = sheet_name("x" * 50, ())
    assert long == "x" * 31 and sheet_name("X" * 50, {long}) == "X" * 27 + " (2)"
    assert len(sheet_name("😀" * 40, ()).encode("utf-16-le")) <= 62
