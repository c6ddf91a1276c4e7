"""Axes of dates: what lies between two labels."""

from __future__ import annotations

import re
from itertools import combinations
from statistics import median

from legenda.notation.chart.axes import Axis

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
         "December")  # fmt: skip
_WORD = re.compile(r"[A-Za-z]{3,}")
_YEAR = re.compile(r"(1[5-9]|20)\d\d")
_ISO = re.compile(r"((?:1[5-9]|20)\d\d)[-/.](0[1-9]|1[0-2])")
_DAY = re.compile(r"\b([0-3]?\d)\b")


def at(place: float, axis: Axis) -> str:
    """The date at a pixel as the labels write theirs; empty where the labels are no dates or one is near enough."""
    known = [(p, label.text) for p, label in zip(axis.places, axis.labels, strict=True)]
    if iso := [(p, 12 * int(found[1]) + int(found[2]) - 1) for p, text in known if (found := _ISO.fullmatch(text))]:
        index = _index(place, iso)
        return f"{index // 12}-{index % 12 + 1:02d}" if 2 * len(iso) >= len(known) and len(iso) > 1 else ""
    months = [(p, month) for p, text in known if (month := _month(text)) is not None]
    if len(months) < 2 or 2 * len(months) < len(known):
        return ""
    texts = [text for _, text in known]
    if any(abs(p - place) < 2 for p, _ in known) and not any(_YEAR.fullmatch(text) for text in texts):
        return ""
    if all(_DAY.search(text) and not _YEAR.search(text) for text in texts):
        return _days(place, known)
    return _of_months(place, known)


def _month(text: str) -> int | None:
    return next((n for word in _WORD.findall(text) if (n := _month_of(word)) is not None), None)


def _month_of(word: str) -> int | None:
    """The month a word names; two names that ran together name none."""
    short = word.lower()[:3]
    if short not in _MONTHS:
        return None
    at = _MONTHS.index(short)
    return at if len(word) == 3 or word.lower() in (_LONG[at].lower(), "sept") else None


def _days(place: float, known: list[tuple[float, str]]) -> str:
    """Days of one month: `01 Jan`, `03 Jan`."""
    first, last = known[0], known[-1]
    days = [int(match[1]) for _, text in (first, last) if (match := _DAY.search(text))]
    if len(days) < 2 or days[1] <= days[0] or _month(first[1]) != _month(last[1]):
        return ""
    day = days[0] + (place - first[0]) * (days[1] - days[0]) / (last[0] - first[0])
    return _DAY.sub(f"{round(day):02d}", first[1], count=1)


def _index(place: float, points: list[tuple[float, int]]) -> int:
    """The month at a pixel: by the line through the medians of slopes and offsets (Theil-Sen)."""
    slopes = [(b - a) / (q - p) for (p, a), (q, b) in combinations(points, 2) if q != p]
    if not slopes:
        return points[0][1]
    slope = median(slopes)
    return round(median(a - slope * p for p, a in points) + slope * place)


def _of_months(place: float, known: list[tuple[float, str]]) -> str:
    """Months, with years where the labels have them; a year alone stands for its January."""
    points: list[tuple[float, int]] = []
    year: int | None = None
    for p, text in known:
        found = _YEAR.search(text)
        month = _month(text)
        year = int(found[0]) if found else year
        if month is None and found is None:
            continue
        index = 12 * (year or 0) + (month or 0)
        points.append((p, index if not points or index >= points[-1][1] else index + 12))
    if len(points) < 2:
        return ""
    index = _index(place, points)
    sample = next(text for _, text in known if _month(text) is not None)
    word = next(w for w in _WORD.findall(sample) if _month_of(w) is not None)
    name = _LONG[index % 12] if len(word) > 3 else _LONG[index % 12][:3]
    text = sample.replace(word, name)
    if index >= 12 and not _YEAR.search(text):  # the year stands at its January only
        return f"{name} {index // 12}"
    return _YEAR.sub(str(index // 12), text)
