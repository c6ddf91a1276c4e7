"""Values that have no label but a place: whose paper it is, and where they live."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from legenda.desk.labels import Pair
from legenda.desk.values import values
from legenda.document import Line, Page, Polygon, bounds

_FIRM = re.compile(
    r"\b(?:sdn\.?\s?bhd|bhd|s/b|sb|ltd|limited|inc|llc|llp|corp|corporation|company|co\.|gmbh|ag|kg|ug|ohg|e\.k"
    r"|s\.?a\.?r\.?l|s\.?a\.?s|s\.?a|s\.?l|s\.?p\.?a|s\.?r\.?l|b\.?v|n\.?v|a/s|aps|ab|oy|as|s\.r\.o|a\.s|pte"
    r"|sp\. z o\.o|plc|enterprise|restaurants?|restoran|trading|mart|store|market|cafe|hotel|bakeries"
    r"|hardware|farmasi|kedai|pharmacy|supermarket)\b",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"\b(?:jalan|jln|jin|lorong|lot|street|st\.|road|rd\.?|avenue|ave\.?|lane|drive|blvd|boulevard|highway|square"
    r"|floor|flr|level|suite|rue|allée|chemin|place|calle|avenida|plaza|via|viale|piazza|strasse|straße|str\.|weg|allee"
    r"|platz|gasse|ulice|ul\.|straat|laan|gade|vej|gatan|taman|tmn|kawasan|no\s?[.:]?\s?[a-z]?\d|p\.?o\.? box"
    r"|\w+(?:straße|strasse|gasse|weg|platz))(?=\W|\d|$)",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"(?<![\d-])\d{2}\s?\d{3}(?![\d-])|\b\d{4}\s?[A-Z]{2}\b|\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b")
_NO_ADDRESS = re.compile(
    r"\b(?:tel|phone|fax|gst|tax|reg|email|www|invoice|receipt|cashier|date|time|site|company no)\b", re.IGNORECASE
)
_REGISTERED = re.compile(r"\s*\(?(?:co\.?\s?(?:reg|rfg).*|[A-Z]{0,3}\d{4,}\s?-?\s?[A-Z]{0,2})\)?\s*$", re.IGNORECASE)
# Whom a letter greets; and what heads the address of whom a paper is for
_GREETED = re.compile(
    r"^\s*(?:dear|sehr geehrte[rs]?|liebe[rs]?|ch[eè]re?|estimad[oa]|prezad[oa]|querid[oa]|gentile|egregi[oa]|car[oa]"
    r"|kære|bäst[ae]|geachte|beste|vážen[ýáíé]|szanown[yai])\s+(?P<name>[^,:!]{2,60}?)\s*[,:!]?\s*$",
    re.IGNORECASE,
)
_PARTY = re.compile(
    r"^\s*(?:bill(?:ed)? to|sold to|invoiced? to|invoice for|customer|client|buyer|kunde|rechnung an|rechnungsempfänger"
    r"|käufer|facturé à|client|acheteur|cliente|facturar a|destinatario|klant|odběratel)\s*:?\s*$",
    re.IGNORECASE,
)
_ANYBODY = re.compile(
    r"\b(?:sirs?|madam|all|customers?|colleagues?|friends?|team|reader|damen|herren|kund(?:e|in)|kollegen|freunde"
    r"|monsieur|madame|messieurs|mesdames|clients?|collègues|señor(?:a|es)?|clientes?|amigos)\s*$",
    re.IGNORECASE,
)
_TOP = 12  # lines in which whose paper it is stands
_ADDRESS_LINES = 6


@dataclass(frozen=True, slots=True)
class Spot:
    """A text and where it stands, with the least confidence of its words."""

    text: str
    page: int
    boxes: Sequence[Polygon]
    confidence: float


def of_pair(pair: Pair) -> Spot:
    """The value of a label."""
    return Spot(pair.value, pair.page, pair.boxes, pair.confidence)


def of_line(page: int, line: Line, start: int = 0, end: int | None = None) -> Spot:
    """A stretch of a line."""
    end = len(line.content) if end is None else end
    at = [(word.span.offset - line.span.offset, word) for word in line.words]
    words = [word for offset, word in at if offset < end and offset + len(word.content) > start]
    boxes = [word.polygon for word in words] or [line.polygon]
    confidence = min([word.confidence for word in words] or [line.confidence])
    return Spot(line.content[start:end].strip(), page, boxes, confidence)


def companies(pages: Iterable[Page]) -> Iterator[Spot]:
    """Names that may be whose paper it is: in the first lines, those that say they are a firm, then the largest."""
    for page in islice(pages, 1):
        lines = [line for line in islice(page.lines, _TOP) if _is_name(_REGISTERED.sub("", line.content))]
        firms = [line for line in lines if _FIRM.search(line.content) and not _STREET.search(line.content)]
        tallest = sorted(
            (line for line in lines[:5] if not _STREET.search(line.content)), key=lambda line: -_height(line)
        )
        for line in dict.fromkeys([*firms, *tallest]):
            registered = _REGISTERED.search(line.content)
            yield of_line(page.number, line, 0, registered.start() if registered else None)


def people(pages: Iterable[Page]) -> Iterator[Spot]:
    """Whom a paper is for: under a head such as `Bill to`, else whom it greets by name."""
    found = [(page.number, [line for line in page.lines if line.content.strip()]) for page in islice(pages, 2)]
    for number, lines in found:
        for line, after in pairwise(lines):
            if _PARTY.match(line.content) and _is_name(after.content):
                yield of_line(number, after)
    for number, lines in found:
        for line in lines:
            match = _GREETED.match(line.content)
            if match and match["name"][0].isupper() and not _ANYBODY.search(match["name"]):
                yield of_line(number, line, *match.span("name"))


def addresses(pages: Iterable[Page]) -> Iterator[Spot]:
    """Lines that follow each other, from a street or the like to a postcode and what stands beside it."""
    for page in islice(pages, 1):
        lines = [line for line in page.lines if line.content.strip()]
        for start, line in enumerate(lines[: 2 * _TOP]):
            if not _STREET.search(line.content) or _NO_ADDRESS.search(line.content):
                continue
            taken = list(_address(lines[start : start + _ADDRESS_LINES]))
            if any(_POSTCODE.search(one.content) for one in taken):
                text = " ".join(one.content.strip() for one in taken)
                boxes = [one.polygon for one in taken]
                yield Spot(text, page.number, boxes, min(one.confidence for one in taken))
                return


def _address(lines: Sequence[Line]) -> Iterator[Line]:
    coded = False
    for line in lines:
        text = line.content
        if _NO_ADDRESS.search(text) or values(text, "date", "time", "email", "url"):
            return
        if coded and not (_is_place(text) or _STREET.search(text)):
            return
        coded = coded or bool(_POSTCODE.search(text))
        yield line


def _is_place(text: str) -> bool:
    """Whether a line goes on with a town or a country."""
    return (
        len(text) < 40 and text.replace(" ", "").replace(",", "").replace(".", "").isalpha() and not _FIRM.search(text)
    )


def _is_name(text: str) -> bool:
    letters = sum(c.isalpha() for c in text)
    return letters >= 4 and not values(text, "time") and letters >= 0.5 * len(text.replace(" ", ""))


def _height(line: Line) -> float:
    _, top, _, bottom = bounds(line.polygon)
    return bottom - top
