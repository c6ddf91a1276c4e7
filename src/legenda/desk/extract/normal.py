"""Values as a schema wants them: numbers as numbers, dates as ISO 8601."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from legenda.desk.values import values
from legenda.exports.numbers import decimal_marks, number

# how the names of the months begin
_MONTHS = tuple(
    tuple(names.split("|"))
    for names in (
        "jan|jän|led|янв",
        "feb|fév|fev|úno|uno|фев",
        "mar|mär|mae|bře|bre|мар",
        "apr|avr|abr|dub|апр",
        "may|mai|maj|mag|kvě|kve|мая",
        "jun|juin|jún|giu|červn|июн",
        "jul|juil|júl|lug|červenec|июл",
        "aug|aoû|aou|ago|srp|авг",
        "sep|set|zář|zar|сен",
        "oct|okt|ott|out|říj|rij|окт",
        "nov|lis|ноя",
        "dec|dez|déc|dic|pro|дек",
    )
)
_NUMBERS = re.compile(r"\d+")


def marks(texts: Iterable[str]) -> str:
    """The decimal mark of a document; the point where nothing shows it."""
    found = decimal_marks(texts)
    return "," if found[","] > found["."] else "."


def amount(text: str, mark: str) -> float | None:
    """The number in an amount; `None` where it can be read in two ways."""
    found = values(text, "amount", "number", "percent")
    for value in found:
        digits = "".join(re.findall(r"[\d.,'’ \u00a0\u202f]+", value.text)).strip(" .,'")
        sign = "-" if re.match(r"\s*(?:[A-Z$€£]{0,3}\s?)?[-−(]", text[max(0, value.start - 2) : value.end]) else ""
        if (parsed := number(digits, mark)) is not None:
            return float(sign + parsed.value)
    return None


def iso(text: str, *, day_first: bool = True) -> str | None:
    """A date as `YYYY-MM-DD`; `None` where it is none.

    Args:
        text: as it is written.
        day_first: 3/4/2018 is in April; what can be read in one way only is read so.
    """
    plain = text.replace("I", "1").replace("l", "1") if _NUMBERS.search(text) else text
    numbers = [int(n) for n in _NUMBERS.findall(plain)]
    month = _month(text)
    if month and len(numbers) >= 2:
        numbers = (
            [int(n) for n in _NUMBERS.findall(text.replace("I9", "19"))]
            if len(_NUMBERS.findall(text)) >= 2
            else numbers
        )
        day, year = (numbers[0], numbers[1]) if numbers[0] <= 31 else (numbers[1], numbers[0])
        return _valid(year, month, day)
    if len(numbers) < 3:
        return None
    first, second, third = numbers[:3]
    if first > 31:
        return _valid(first, second, third)
    if second > 12 or (first <= 12 and not day_first):
        first, second = second, first
    return _valid(third, second, first)


def months_first(texts: Iterable[str]) -> bool:
    """Whether dates show that the month stands before the day, as in 03/25/2018."""
    for text in texts:
        numbers = [int(n) for n in _NUMBERS.findall(text)[:2]]
        if len(numbers) == 2 and "/" in text and numbers[0] <= 12 < numbers[1] <= 31:
            return True
    return False


def _month(text: str) -> int:
    plain = unicodedata.normalize("NFC", text.casefold())
    for place, names in enumerate(_MONTHS, 1):
        if any(re.search(rf"(?<![^\W\d_]){name}", plain) for name in names):
            return place
    return 0


def _valid(year: int, month: int, day: int) -> str | None:
    year += 2000 if year < 70 else 1900 if year < 100 else 0
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
