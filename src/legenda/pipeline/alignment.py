"""Places for what a model wrote: its words are found again in the lines the engines read, which have boxes.

Two readers of one page agree on most letters. Each line of the engines is sought in the model's text as a whole, the
surest first; words of the model between two lines that were found belong to what was not read in between. What finds
no place stays without one, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from legenda.document import Line, Polygon, Word
from legenda.pipeline.matching import TAKEN, Letters, Match, find, letters, pairs

# words, and signs of scripts without spaces, which are words of their own
_CJK = "\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_CJK}]|[^\s{_CJK}]+")
ALIKE, ALIKE_SHORT = 0.5, 0.34
"""Edits a letter up to which a line and a stretch of the model's text are the same line; of up to `LONG` letters, of
which any long text has something like them, fewer."""
LONG = 12
SHORT = 4  # letters up to which a line must be found exactly, and between those before and after it
AROUND = 80  # letters beyond the neighbours in which short lines are looked for
MODEL = 0.9
"""How probably a word of a model is right that no engine has read likewise: word accuracy the model cards of
`docs/vlm.md` claim for scans; nobody has calibrated it for a model of yours."""


_Share = tuple[float, float]
"""From where to where something reaches along a line: 0 is its beginning, 1 its end."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the model's text: `[start, end)`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Run:
    """Words of the model that no line has.

    Attributes:
        tokens: `[first, last)`, indices of tokens.
        before: index of the line whose words stand before, in the model's order; -1 for none.
        after: of the one whose words come next; -1 for none.
    """

    tokens: tuple[int, int]
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which words of a model's text belong to which lines.

    Attributes:
        text: of the model.
        tokens: its words.
        owned: of each line that was found, its tokens `[first, last)`.
        runs: of tokens that belong to no line.
    """

    text: str
    tokens: tuple[Token, ...]
    owned: Mapping[int, tuple[int, int]]
    runs: tuple[Run, ...]

    def content(self, tokens: tuple[int, int]) -> str:
        """The text from one token to another, on one line."""
        first, last = tokens
        written = self.text[self.tokens[first].start : self.tokens[last - 1].end]
        return " ".join(re.sub(rf"(?<=[{_CJK}])\s+(?=[{_CJK}])", "", written).split())


def aligned(lines: Sequence[Line], text: str) -> Alignment:
    """Find the lines of the engines in the text of a model.

    Args:
        lines: in reading order, as far as that is known.
        text: of the model.
    """
    tokens = tuple(Token(*match.span()) for match in _TOKEN.finditer(text))
    found = _Search(lines, letters(text)).matches
    return _owned(text, tokens, letters(text), found)


def with_words(line: Line, content: str, engine: str) -> Line:
    """The line with what a model read there.

    Each word of the model lies where its letters were read, or between its neighbours. Where both readers have the
    same word, it is as sure as two who agree can be; where they differ, as sure as one against the other.

    Args:
        line: as the engines read it; upright or turned.
        content: of the model, not empty.
        engine: its name.
    """
    extents = _extents(line)
    sought, theirs = letters(content), letters(line.content)
    places = {sought.places[i]: theirs.places[j] for i, j in pairs(sought.codes, theirs.codes)}
    spans = [match.span() for match in _TOKEN.finditer(content)]
    shares = _shares(spans, places, extents, len(content))
    said = {word.content: word.confidence for word in line.words}
    others = [sure for word, sure in said.items() if word not in content]
    sure = sum(others) / len(others) if others else line.confidence
    words = tuple(
        Word(content[a:b], _part(line.polygon, *share), _sureness(content[a:b], said, sure))
        for (a, b), share in zip(spans, shares, strict=True)
    )
    mean = sum(word.confidence for word in words) / len(words)
    return replace(
        line, content=content, words=words, confidence=mean, engine=engine, unreadable=False, marks=(), language=""
    )


class _Search:
    """Where each line stands in the letters of the model's text; what one has found is no other's."""

    def __init__(self, lines: Sequence[Line], among: Letters) -> None:
        self._sought = [letters(line.content).codes for line in lines]
        self._among = among.codes.copy()
        self.matches: dict[int, Match] = {}
        if not len(self._among):
            return
        self._find_exact()
        order = sorted(range(len(lines)), key=lambda i: (-min(len(self._sought[i]), 12), i))
        for index in order:
            if index not in self.matches and len(self._sought[index]):
                self._find(index)

    def _find_exact(self) -> None:
        """Lines that occur once, letter for letter: most of them do, and this takes no time."""
        whole = "".join(map(chr, self._among))
        for index, sought in enumerate(self._sought):
            line = "".join(map(chr, sought))
            if len(line) > SHORT and whole.count(line) == 1:
                start = whole.index(line)
                if not (self._among[start : start + len(line)] == TAKEN).any():
                    self._take(index, Match(start, start + len(line), 0))

    def _find(self, index: int) -> None:
        sought = self._sought[index]
        low, high = self._between(index)
        short = len(sought) <= SHORT
        start, end = (max(0, low - AROUND), high + AROUND) if short else (0, len(self._among))
        window = self._among[start:end]
        if not len(window):
            return
        match = find(sought, window, (low if low else high) - start)
        taken = (window[match.start : match.end] == TAKEN).any()
        if not taken and match.distance <= _most_edits(len(sought)) and match.start < match.end:
            self._take(index, Match(match.start + start, match.end + start, match.distance))

    def _take(self, index: int, match: Match) -> None:
        self.matches[index] = match
        self._among[match.start : match.end] = TAKEN

    def _between(self, index: int) -> tuple[int, int]:
        """The letters between the nearest lines before and after it that were found."""
        before = max((i for i in self.matches if i < index), default=None)
        after = min((i for i in self.matches if i > index), default=None)
        low = 0 if before is None else self.matches[before].end
        high = len(self._among) if after is None else self.matches[after].start
        return (low, high) if low <= high else (low, low)


def _owned(text: str, tokens: Sequence[Token], among: Letters, found: Mapping[int, Match]) -> Alignment:
    """A word belongs to the line that has most of its letters; words without letters to the line around them."""
    owners = np.full(len(among.codes), -1, np.int32)
    for index, match in found.items():
        owners[match.start : match.end] = index
    bounds = np.searchsorted(among.places, [(token.start, token.end) for token in tokens]).reshape(-1, 2)
    owner = [_majority(owners[a:b].tolist()) for a, b in bounds]
    owner = _settled(owner, [bool(a < b) for a, b in bounds])
    owned: dict[int, tuple[int, int]] = {}
    runs: list[tuple[int, int]] = []
    for line, group in groupby(range(len(tokens)), key=lambda i: owner[i]):
        indices = list(group)
        if line < 0:
            runs.append((indices[0], indices[-1] + 1))
        else:
            first, last = owned.get(line, (indices[0], indices[-1] + 1))
            owned[line] = min(first, indices[0]), max(last, indices[-1] + 1)
    return Alignment(
        text,
        tuple(tokens),
        owned,
        tuple(
            Run(run, owner[run[0] - 1] if run[0] else -1, owner[run[1]] if run[1] < len(owner) else -1) for run in runs
        ),
    )


def _most_edits(length: int) -> float:
    if length <= SHORT:
        return 0.0
    return (ALIKE if length > LONG else ALIKE_SHORT) * length


def _majority(owners: Sequence[int]) -> int:
    return max(set(owners), key=owners.count) if owners else -1


def _settled(owner: list[int], lettered: Sequence[bool]) -> list[int]:
    """Signs between two words of a line are the line's; so is a sign after its last word, and a word left out of it."""
    done = list(owner)
    for place, line in enumerate(owner):
        if line >= 0:
            continue
        before = done[place - 1] if place else -1
        after = next((x for x in owner[place + 1 :] if x >= 0), -1) if before >= 0 else -1
        if (before >= 0 and before == after) or (before >= 0 and not lettered[place]):
            done[place] = before
    return done


def _extents(line: Line) -> list[tuple[float, float]]:
    """For each character of a line, from where to where it reaches: shares of the line's length."""
    words = line.words or (Word(line.content, line.polygon, line.confidence),)
    extents: list[tuple[float, float]] = []
    at = 0
    for word in words:
        start = line.content.index(word.content, at)
        left, right = _share(line.polygon, word.polygon)
        step = (right - left) / max(1, len(word.content))
        extents += [(left, left)] * (start - at)
        extents += [(left + step * i, left + step * (i + 1)) for i in range(len(word.content))]
        at = start + len(word.content)
    last = extents[-1][1] if extents else 1.0
    return extents + [(last, last)] * (len(line.content) - at)


def _share(line: Polygon, word: Polygon) -> tuple[float, float]:
    """From where to where a word reaches along a line."""
    x1, y1, x2, y2, *_ = line
    dx, dy = x2 - x1, y2 - y1
    length = max(1e-6, dx * dx + dy * dy)
    ends = [((x - x1) * dx + (y - y1) * dy) / length for x, y in (word[:2], word[2:4])]
    return max(0.0, min(1.0, ends[0])), max(0.0, min(1.0, ends[1]))


def _shares(
    spans: Sequence[tuple[int, int]],
    places: Mapping[int, int],
    extents: Sequence[_Share],
    length: int,
) -> list[_Share]:
    """For each word, from where to where it reaches along the line; words nobody else read share what is left."""
    known: list[_Share | None] = []
    for a, b in spans:
        own = [extents[places[i]] for i in range(a, b) if i in places]
        known.append((min(x for x, _ in own), max(y for _, y in own)) if 2 * len(own) >= b - a else None)
    return [known[i] or _guessed(i, spans, known, (a / length, b / length)) for i, (a, b) in enumerate(spans)]


def _guessed(number: int, spans: Sequence[tuple[int, int]], known: Sequence[_Share | None], plain: _Share) -> _Share:
    """Between the neighbours whose places are known, by the number of characters."""
    before = next(((i, share) for i in range(number - 1, -1, -1) if (share := known[i])), None)
    after = next(((i, share) for i in range(number + 1, len(spans)) if (share := known[i])), None)
    left, start = (before[1][1], spans[before[0]][1]) if before else (0.0, 0)
    right, end = (after[1][0], spans[after[0]][0]) if after else (1.0, spans[-1][1])
    if right <= left or end <= start:
        return plain
    scale = (right - left) / (end - start)
    return left + (spans[number][0] - start) * scale, left + (spans[number][1] - start) * scale


def _part(line: Polygon, left: float, right: float) -> Polygon:
    """The part of a line's polygon between two shares of its length."""
    x1, y1, x2, y2, x3, y3, x4, y4 = line
    left, right = min(left, right), max(left, right)

    def top(share: float) -> tuple[float, float]:
        return x1 + (x2 - x1) * share, y1 + (y2 - y1) * share

    def bottom(share: float) -> tuple[float, float]:
        return x4 + (x3 - x4) * share, y4 + (y3 - y4) * share

    return (*top(left), *top(right), *bottom(right), *bottom(left))


def _sureness(word: str, said: Mapping[str, float], line: float) -> float:
    """Two readers with their own errors: agreeing, they are wrong only together; else one of them is."""
    if word in said:
        ours = min(0.999, said[word])
        return ours * MODEL / (ours * MODEL + (1 - ours) * (1 - MODEL))
    ours = min(0.999, max(0.0, line))
    return min(MODEL, MODEL * (1 - ours) / (MODEL * (1 - ours) + (1 - MODEL) * ours))
