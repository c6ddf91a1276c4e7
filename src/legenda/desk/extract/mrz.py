"""Machine-readable zones of passports and identity cards (ICAO Doc 9303, parts 3 to 6), with their check digits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from legenda.document import Line, Page

_LENGTHS = {(3, 30): "TD1", (2, 36): "TD2", (2, 44): "TD3"}
_CHARACTERS = re.compile(r"[A-Z0-9<]{28,46}")
_WEIGHTS = (7, 3, 1)
# Letters that stand where only digits may, and the other way round
_DIGITS = str.maketrans("OQDILZSGB", "000112568")
_MOST_SPARE = 2  # fillers too many or too few at the end of a line

# field: line, first, last, whether it is of digits; then its check digit's place
_Place = tuple[int, int, int]
_FIELDS: Mapping[str, Mapping[str, _Place]] = {
    "TD1": {"document_number": (0, 5, 14), "birth_date": (1, 0, 6), "expiry_date": (1, 8, 14)},
    "TD2": {"document_number": (1, 0, 9), "birth_date": (1, 13, 19), "expiry_date": (1, 21, 27)},
    "TD3": {"document_number": (1, 0, 9), "birth_date": (1, 13, 19), "expiry_date": (1, 21, 27)},
}
_PLAIN: Mapping[str, Mapping[str, _Place]] = {
    "TD1": {"nationality": (1, 15, 18), "sex": (1, 7, 8)},
    "TD2": {"nationality": (1, 10, 13), "sex": (1, 20, 21)},
    "TD3": {"nationality": (1, 10, 13), "sex": (1, 20, 21)},
}


@dataclass(frozen=True, slots=True)
class MRZ:
    """A machine-readable zone.

    Attributes:
        format: `TD1`, `TD2` or `TD3`.
        page: its number.
        lines: as they were read, without spaces.
        fields: `document_type`, `issuer`, `surname`, `given_names`, `document_number`, `nationality`, `birth_date`,
            `sex`, `expiry_date`; dates are ISO 8601, their century told by `read_in`.
        wrong: fields whose check digit says that something was read wrongly.
        source: the lines of the page.
    """

    format: str
    page: int
    lines: tuple[str, ...]
    fields: Mapping[str, str]
    wrong: tuple[str, ...]
    source: tuple[Line, ...]


def machine_readable(pages: Iterable[Page], read_in: int) -> list[MRZ]:
    """The zones on pages.

    Args:
        pages: of a document.
        read_in: the year, four digits: a zone has two.
    """
    return [zone for page in pages if (zone := _of(page, read_in))]


def check_digit(text: str) -> str:
    """The check digit of a field (Doc 9303-3, 4.9): digits count as they are, letters from 10, fillers nothing."""
    values = (int(c) if c.isdigit() else 0 if c == "<" else ord(c) - 55 for c in text)
    return str(sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def _of(page: Page, read_in: int) -> MRZ | None:
    found = [(line, text) for line in page.lines if (text := _plain(line.content))]
    for (count, length), name in _LENGTHS.items():
        for start in range(len(found) - count + 1):
            run = found[start : start + count]
            if all(abs(len(text) - length) <= _MOST_SPARE for _, text in run) and any("<" in text for _, text in run):
                lines = tuple(text[:length].ljust(length, "<") for _, text in run)
                return _parsed(name, page.number, lines, tuple(line for line, _ in run), read_in)
    return None


def _plain(text: str) -> str:
    text = re.sub(r"\s", "", text).replace("«", "<<").replace("‹", "<").upper()
    return text if _CHARACTERS.fullmatch(text) else ""


def _parsed(name: str, page: int, lines: tuple[str, ...], source: Sequence[Line], read_in: int) -> MRZ:
    fields, wrong = {}, []
    for field, (line, start, end) in _FIELDS[name].items():
        text = lines[line][start:end]
        if field.endswith("date"):
            text = text.translate(_DIGITS)
        if check_digit(text) != lines[line][end].translate(_DIGITS):
            wrong.append(field)
        fields[field] = (
            _date(text, read_in, birth=field == "birth_date") if field.endswith("date") else text.rstrip("<")
        )
    for field, (line, start, end) in _PLAIN[name].items():
        fields[field] = lines[line][start:end].rstrip("<")
    fields["document_type"], fields["issuer"] = lines[0][:2].rstrip("<"), lines[0][2:5].rstrip("<")
    surname, _, given = (lines[2] if name == "TD1" else lines[0][5:]).partition("<<")
    fields["surname"], fields["given_names"] = _words(surname), _words(given)
    return MRZ(name, page, lines, fields, tuple(wrong), tuple(source))


def _words(text: str) -> str:
    return " ".join(text.replace("<", " ").split())


def _date(text: str, read_in: int, *, birth: bool) -> str:
    if not text.isdigit():
        return text
    year = read_in // 100 * 100 + int(text[:2])
    if year > read_in + (0 if birth else 50):
        year -= 100
    return f"{year}-{text[2:4]}-{text[4:6]}"
