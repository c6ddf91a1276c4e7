"""Axes of dates: what lies between two labels."""

from __future__ import annotations

import re

from legenda.notation.chart.axes import Axis

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
         "December")  # fmt: skip
_WORD = re.compile(r"[A-Za-z]{3,}")
_YEAR = re.compile(r"(1[5-9]|20)\d\d")
_DAY = re.compile(r"\b([0-3]?\d)\b")


def at(place: float, axis: Axis) -> str:
    """The date at a pixel as the labels write theirs; empty where the labels are no dates or one is near enough."""
    known = [(p, label.text) for p, label in zip(axis.places, axis.labels, strict=True)]
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
    words = [word.lower()[:3] for word in _WORD.findall(text)]
    return next((_MONTHS.index(word) for word in words if word in _MONTHS), None)


def _days(place: float, known: list[tuple[float, str]]) -> str:
    """Days of one month: `01 Jan`, `03 Jan`."""
    first, last = known[0], known[-1]
    days = [int(match[1]) for _, text in (first, last) if (match := _DAY.search(text))]
    if len(days) < 2 or days[1] <= days[0] or _month(first[1]) != _month(last[1]):
        return ""
    day = days[0] + (place - first[0]) * (days[1] - days[0]) / (last[0] - first[0])
    return _DAY.sub(f"{round(day):02d}", first[1], count=1)


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
    (p, a), (q, b) = points[0], points[-1]
    index = round(a + (place - p) * (b - a) / (q - p))
    sample = next(text for _, text in known if _month(text) is not None)
    word = next(w for w in _WORD.findall(sample) if w.lower()[:3] in _MONTHS)
    name = _LONG[index % 12] if len(word) > 3 else _LONG[index % 12][:3]
    text = sample.replace(word, name)
    if index >= 12 and not _YEAR.search(text):  # the year stands at its January only
        return f"{name} {index // 12}"
    return _YEAR.sub(str(index // 12), text)
