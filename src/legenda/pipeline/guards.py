"""Does a model repeat itself? Models that write token by token may fall into a loop and not come out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

LEAST = 4
"""Times a phrase must follow itself to be a loop, where nothing on the page bears it out."""
_SIGNS = 24  # ... in signs, where the phrase is one or two
_LONGEST = 120  # words of a phrase
_NUMBER = re.compile(r"\d+")


def loops(text: str) -> list[tuple[int, int]]:
    """Stretches of a text that repeat one phrase; numbers that count on do not break a loop.

    Tables, forms and songs repeat themselves, too: whether a stretch is a loop is told by what the page has for it.

    Returns:
        `[start, end)` in characters, without the first time the phrase is said; in order, not overlapping.
    """
    words = list(re.finditer(r"\S+", text))
    found = list(_periods([_NUMBER.sub("#", word[0]).casefold() for word in words], LEAST))
    stretches = [(words[a].start(), words[b - 1].end()) for a, b in found]
    for word in words:  # a word without an end: "aaaaaa", "/////"
        if len(word[0]) >= _SIGNS:
            stretches += [(word.start() + a, word.start() + b) for a, b in _periods(word[0], _SIGNS // 2)]
    return _merged(stretches)


def _periods(units: Sequence[str], least: int) -> Iterator[tuple[int, int]]:
    """Runs in which a phrase of some units is said `least` times in a row, from its second time on."""
    start = 0
    while start < len(units):
        best = (0, 0)
        for period in range(1, min(_LONGEST, (len(units) - start) // least) + 1):
            if units[start] != units[start + period]:
                continue
            end = start + period
            while end < len(units) and units[end] == units[end - period]:
                end += 1
            if end - start >= least * period and end > best[1]:
                best = (start + period, end)
        if best[1]:
            yield best
        start = max(start + 1, best[1])


def _merged(stretches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    done: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if done and start <= done[-1][1]:
            done[-1] = done[-1][0], max(end, done[-1][1])
        else:
            done.append((start, end))
    return done
