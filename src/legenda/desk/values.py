"""Values in running text: dates, times, amounts, numbers, addresses of the net, identifiers, names. Any language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

ValueKind = Literal["date", "time", "amount", "percent", "number", "email", "url", "phone", "identifier", "name"]

_MONTH = (
    r"(?:jan|feb|f[eé]v|m[aä]r[czs]|mar|apr|avr|mai|may|maj|mag|ju[nl]|jui[nl]|jui|giu|lug|ag[ou]|aug|ao[uû]|o[uû]t|sep|set"
    r"|o[ckt]t|out|nov|de[cz]|d[eé]c|dic|gen|ene|j[aä]n|leden|[uú]nor|b[rř]ez|dub|kv[eě]t|[cč]erv|srp|z[aá][rř]|[rř][ií]j|listop"
    r"|pros|stycz|lut|kwie|czer|lip|sier|wrze|pa[zź]dz|grud|м?ая|янв|фев|мар|апр|июн|июл|авг|сен|окт|ноя|дек)"
)
_NUMERAL = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|hundred|ein|zwei"
    r"|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|deux|trois|quatre|cinq|sept|huit|neuf|dix|douze|cent)"
)
_CURRENCY = (
    r"(?:US\$|C\$|A\$|R\$|RM|CHF|EUR|USD|GBP|JPY|CNY|RMB|INR|MYR|SGD|SEK|NOK|DKK|CZK|PLN|HUF|NF|BRL|AUD|CAD"
    r"|[$€£¥₹₽₩₺₴₪฿])"
)
_COINS = (
    r"(?:dollars?|euros?|pounds?|pfund|francs?|franken|kronen|kroner|kronor|crowns?|shillings?|schillings?|pengö|mark"
    r"|reichsmark|rupees?|yen|yuan|rubles?|lei|zloty|złotych|Kč|korun|fr\.|S\.?|Sch\.?|NF|RM|EUR|USD|円|元|원)"
)
_LONGEST = 2000  # characters that are looked at: patterns take the square of a word's length
_FIGURE = r"\d{1,3}(?:[ ,.'’\u00a0\u202f]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
# Letters that recognisers take for digits: only beside digits, so that no word becomes a number
_DAY = r"[IlO\d]?[IlO\d]"
_PATTERNS: tuple[tuple[ValueKind, str], ...] = (
    ("email", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    ("url", r"(?:https?://|www\.)[^\s<>\"')]+"),
    (
        "date",
        rf"\b\d{{4}}[-/.年]\s?\d{{1,2}}[-/.月]\s?\d{{1,2}}日?\b|\b\d{{1,2}}(?:\s?/\s?\d{{1,2}}\s?/\s?|-\d{{1,2}}-|\.\s?\d{{1,2}}\.\s?)(?:\d{{4}}|\d{{2}})\b"
        rf"|\b{_DAY}(?:st|nd|rd|th|er|º|\.)?\s?(?:of |de |d[’'])?\s?{_MONTH}\w*\.?(?:,? (?:de |del )?[1I]\d{{3}})?"
        rf"|\b{_MONTH}\w*\.? {_DAY}(?:st|nd|rd|th)?(?:,? [1I]?\d{{3,4}})?\b|\b{_MONTH}\w*\.? (?:de )?[12I]\d{{3}}\b"
        r"|\b\d{1,2}\.\s?(?:d?\.\s?M\.|ds\.(?:\s?Mts?\.)?)|\b\d{1,2}(?:st|nd|rd|th) (?:inst|ult|prox)\b",
    ),
    ("time", r"\b[0-2]?\d[:.][0-5]\d(?::[0-5]\d)?\s?(?:[ap]\.?m\.?|uhr|hod|h\b)|\b[0-2]?\d:[0-5]\d(?::[0-5]\d)?\b"),
    ("percent", rf"(?:{_FIGURE})\s?(?:%|percent|per cent|prozent|pour cent|por ciento|procent\w*)"),
    (
        "amount",
        rf"{_CURRENCY}\s?(?:{_FIGURE})(?:\s?(?:million|billion|thousand|millionen|milliarden|m|bn|k)\b)?(?![\w-])"
        rf"|(?<![\w-])(?:{_FIGURE})\s?(?:(?:million|billion|thousand)\s)?{_CURRENCY}(?!\w)"
        rf"|(?<![\w-])(?:{_FIGURE})(?:\s\w{{2,12}}\.?(?:\s/USA/)?)?\s{_COINS}(?!\w)",
    ),
    ("phone", r"(?<![\w/-])(?:\+\d[\d ()/-]{6,16}\d|\(?\d{2,5}\)?[ /-]\d{2,8}(?:[ -]\d{2,5}){0,3})(?![\w-])"),
    (
        "identifier",
        r"(?<![\w-])(?=[\w/.-]*\d[\w/.-]*\d)(?:[A-Z]{1,6}[-/]?\d[\w/-]*\d|\d+(?:[-/]\w+){1,4}|\d{7,})(?![\w-])",
    ),
    ("date", r"(?<![\w.,-])(?:1[4-9]|20)\d\d(?![\w%-]|[.,]\d)"),
    ("number", rf"(?<![\w.,-])(?:{_FIGURE})(?![\w-])|\b\d+(?=\w)|(?i:\b{_NUMERAL}\b)"),
    (
        "name",
        r"(?:(?:Mr|Mrs|Ms|Dr|Prof|Hr|Frau|Herr|M|Mme|Melle|Gen|General|Professor|Major|Rabbi)\.?\s)?"
        r"\b[A-ZÀ-ÞČŘŠŽĚÚŮÝÁÍÉÓŁŚŻ][\w’'-]+(?:\s(?:(?:de|du|von|van|of|der|la|le|da|di)\s)?[A-ZÀ-ÞČŘŠŽ][\w’'.-]*)*",
    ),
)
_COMPILED = tuple(
    (kind, re.compile(pattern, 0 if kind in ("name", "identifier", "number") else re.IGNORECASE))
    for kind, pattern in _PATTERNS
)


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it is written.

    Attributes:
        kind: of it.
        text: as it is written.
        start, end: where it stands in the text it was found in (code points).
    """

    kind: ValueKind
    text: str
    start: int
    end: int


def values(text: str, *kinds: ValueKind) -> list[Value]:
    """Values in a text, in order; of some kinds, all by default. What is a date is no number besides."""
    text = text[:_LONGEST]
    taken: list[tuple[int, int]] = []
    found: list[Value] = []
    for kind, pattern in _COMPILED:
        if kind == "name" and kinds and "name" not in kinds:
            continue
        for start, end in _free(pattern, text, taken):
            taken.append((start, end))
            if not kinds or kind in kinds:
                found.append(Value(kind, text[start:end], start, end))
    return sorted(found, key=lambda value: value.start)


def _free(pattern: re.Pattern[str], text: str, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(text):
        start, end = match.start(), match.start() + len(match[0].rstrip(" .,;:"))
        if end > start and all(end <= first or start >= last for first, last in taken):
            yield start, end
