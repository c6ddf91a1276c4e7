"""Numbers as they are written in different places: 1,234.56 and 1.234,56 and 1 234,56 and 1'234.56.

What could be read in two ways stays text, as does what only looks like a number: 0049, 12.05.2024, +49 170 12345.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

_CURRENCY = (
    r"(?:US|HK|NT|[RACS])?\$|[€£¥₹₽₩₺₴₪฿₫₦]|EUR|USD|GBP|CHF|JPY|CNY|INR|PLN|SEK|NOK|DKK|CZK|SGD|MYR|AUD|CAD|HKD|BRL"
    r"|zł|kr\.?|Kč|RM|Rs\.?|Fr\.?"
)
_NUMBER = re.compile(
    rf"(?P<open>\()?(?P<sign>[-+−]?)(?P<before>(?:{_CURRENCY})\s?)?(?P<inner>[-−]?)"
    rf"(?P<digits>[0-9](?:[0-9.,'’ \u00a0\u202f]*[0-9])?)(?P<after>\s?(?:%|{_CURRENCY}))?(?P<close>\))?"
)
_SPACES = re.compile("[ \u00a0\u202f]")
_POINT = re.compile(r"0|[1-9]\d*|[1-9]\d{0,2}([,' ])\d{3}(\1\d{3})*|[1-9]\d?(,\d{2})+,\d{3}")
_COMMA = re.compile(r"0|[1-9]\d*|[1-9]\d{0,2}([.' ])\d{3}(\1\d{3})*")
_MOST_DIGITS = 15  # that a spreadsheet keeps
# languages whose numbers have a decimal comma (CLDR 46), by their first two letters; the rest has a point
_COMMA_LANGUAGES = frozenset(
    (
        *("af", "az", "be", "bg", "bs", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi", "fo", "fr", "gl", "hr"),
        *("hu", "hy", "id", "is", "it", "ka", "kk", "ky", "lt", "lv", "mk", "nb", "nl", "nn", "no", "pl", "pt", "ro"),
        *("ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk", "uz", "vi"),
    )
)


class Number(NamedTuple):
    """A number, and the format (ECMA-376-1, 18.8.31) that shows it as it was written."""

    value: str
    format: str


def decimal_marks(texts: Iterable[str]) -> Counter[str]:
    """How many texts show that `.`, or `,`, is what stands before decimals."""
    found = (_telling(match["digits"]) for text in texts if (match := _NUMBER.fullmatch(text.strip())))
    return Counter(mark for mark in found if mark)


def mark_of(marks: Counter[str], language: str = "") -> str:
    """The decimal mark most texts show, else that of the language; empty where neither is known."""
    if marks["."] != marks[","]:
        return max(".", ",", key=marks.__getitem__)
    return "" if not language else "," if language[:2].lower() in _COMMA_LANGUAGES else "."


def number(text: str, mark: str) -> Number | None:
    """What a text says as a number, or `None`.

    Args:
        text: of a cell.
        mark: what stands before decimals here; empty where that is not known.
    """
    match = _NUMBER.fullmatch(text.strip())
    if not match or bool(match["open"]) != bool(match["close"]) or (match["before"] and match["after"]):
        return None
    digits = _SPACES.sub(" ", match["digits"]).replace("’", "'")
    telling = _telling(digits)
    if telling and mark and telling != mark:
        return None  # 12.30 among numbers with decimal commas is a time, or a day
    whole, _, decimals = _parted(digits, telling or mark)
    if whole is None or (match["sign"] == "+" and " " in digits):
        return None
    plain = re.sub(r"\D", "", whole)
    if len(plain + decimals) > _MOST_DIGITS:
        return None
    sign = (match["sign"] + match["inner"]).replace("−", "-")
    negative = bool(match["open"]) or "-" in sign
    if match["open"] and (sign or not (decimals or len(whole) > 3)):
        return None  # (1) is a mark of a list more often than a loss
    value = Decimal(f"{'-' if negative else ''}{plain}{'.' if decimals else ''}{decimals}")
    percent = (match["after"] or "").endswith("%")
    return Number(str(value.scaleb(-2) if percent else value), _format(match, len(whole) > len(plain), len(decimals)))


def _telling(digits: str) -> str:
    """The decimal mark if the digits can be read in one way only, else empty."""
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return "." if digits.rindex(".") > digits.rindex(",") else ","
    if points + commas != 1:
        return "," if points > 1 else "." if commas > 1 else ""
    mark = "." if points else ","
    before, _, after = digits.partition(mark)
    return mark if len(after) != 3 or len(before) > 3 or before == "0" or " " in before or "'" in before else ""


def _parted(digits: str, mark: str) -> tuple[str | None, str, str]:
    """What stands before and behind the decimal mark; `None` if it is grouped as no number is."""
    if not mark and ("." in digits or "," in digits):
        return None, "", ""
    whole, point, decimals = digits.partition(mark) if mark else (digits, "", "")
    pattern = _COMMA if mark == "," else _POINT
    fits = pattern.fullmatch(whole) and (decimals.isdigit() or not point)
    return (whole if fits else None), point, decimals


def _format(match: re.Match[str], grouped: bool, decimals: int) -> str:
    shown = ("#,##0" if grouped else "0") + ("." + "0" * decimals if decimals else "")
    before, after = match["before"] or "", match["after"] or ""
    if after.endswith("%"):
        shown += after.replace("%", "").replace(" ", "\\ ") + "%"
    elif before or after:
        shown = f'"{before}"' * bool(before) + shown + f'"{after}"' * bool(after)
    if match["open"]:
        return f"{shown};({shown})"
    return f"+{shown};-{shown}" if match["sign"] == "+" else shown
