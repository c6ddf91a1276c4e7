"""Check boxes put into the lines they stand in or beside, as signs (☐, ☑) with a mark each.

What a recogniser made of a box (`O`, `口`, nothing) is replaced; no letter of a word is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, takewhile
from statistics import median
from unicodedata import category

from legenda.document import Box, Line, Mark, Word, bounds, from_box
from legenda.layout.checkboxes import CheckBox, same_size

SIGNS = {False: "☐", True: "☑"}
_ENGINE, _OWN = "checkboxes", "text-layer"
# what empty and ticked boxes are read as; letters only where they stand alone, or before a word that begins anew
_READ_AS = frozenset("☐☑☒□■▢▣◻◼▪▫❏❐❑❒✓✔✗✘×√口囗回凶区図图[]|_.,-'\"ロ")
_LETTERS = frozenset("OoQD0XxVv")
_SET_AS = frozenset("oqnrxRTSQ£¨þý")  # what files say of signs in Wingdings and Zapf Dingbats
_NEAR, _RIGHT = 2.5, 1.5  # heights of a line from a box to the line behind it, or before it
_HIGHER = 2.0  # heights of a line: a taller box is not of its row
_ROOM = 0.9  # of a letter's usual width, that letters beside a box have
_EDGES, _TOUCHING = frozenset("[]|_"), 0.5  # heights of a line between a box and what its edge was read as
_LONG, _PITCH = 8, 0.42  # letters of a line that tells their width, and this in heights of a line where none does
_SURROUNDED = 3  # boxes of one size on a page, from which one may stand without text
_ENDED = (".", "。", "。", "!", "?")  # what no label of a box ends with, but a proof does, before its square
_HAN = re.compile("[\u1100-\u11ff\u3040-\u318f\u3400-\u9fff\uac00-\ud7af]")  # kana and Hangul, too


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a box goes: before this many characters of a line, instead of so many, as its so-manieth word."""

    start: int
    stop: int
    word: int
    words: int


def with_boxes(lines: Sequence[Line], boxes: Sequence[CheckBox]) -> list[Line]:
    """The lines with boxes in them.

    Args:
        lines: upright, of a page.
        boxes: in the lines' units.
    """
    done, pitch = list(lines), _pitch(lines)
    for box in boxes:
        # what a box alone was read as is no line
        others = [line for line in done if not _is_of(line, box.box)]
        owner, inside = _owner(others, box.box)
        if owner is None:
            if same_size(boxes, box) >= _SURROUNDED:
                done = [*others, _alone(box)]
            continue
        if inside:
            place = _place(owner, box.box, pitch)
        elif not _is_after(owner, box.box):
            place = _before(owner, box.box)
        elif same_size(boxes, box) > 1 and not owner.content.rstrip().endswith(_ENDED):
            place = _Place(len(owner.content), len(owner.content), len(owner.words), 0)
        else:
            place = None
        if place:
            done = [_put(line, box, place) if line is owner else line for line in others]
    return done


def _pitch(lines: Sequence[Line]) -> float:
    """Width of a letter in heights of its line, in the middle of all lines of some length."""
    found = []
    for line in lines:
        x0, y0, x1, y1 = bounds(line.polygon)
        if len(line.content) >= _LONG and y1 > y0:
            found.append((x1 - x0) / (y1 - y0) / len(line.content))
    return median(found) if found else _PITCH


def _is_of(line: Line, box: Box) -> bool:
    """Whether a line is nothing but what a box was read as."""
    x0, y0, x1, y1 = bounds(line.polygon)
    grown = 0.3 * (box[2] - box[0])
    within = x0 > box[0] - grown and x1 < box[2] + grown and y0 > box[1] - 2 * grown and y1 < box[3] + 2 * grown
    return within and len(line.content) <= 2 and _is_sign(line, line.content, "")


def _owner(lines: Sequence[Line], box: Box) -> tuple[Line | None, bool]:
    """The line a box stands in, else the one that begins right of it, else the one that ends left of it."""
    best: tuple[float, Line] | None = None
    middle = (box[0] + box[2]) / 2
    for line in lines:
        x0, y0, x1, y1 = bounds(line.polygon)
        unit = y1 - y0
        shared = min(y1, box[3]) - max(y0, box[1])
        if not line.words or shared < 0.5 * min(unit, box[3] - box[1]) or box[3] - box[1] > _HIGHER * unit:
            continue
        if x0 <= middle <= x1:
            return line, True
        gap = (x0 - box[2]) / unit if middle < x0 else _NEAR + max(0.0, box[0] - x1) / unit
        limit = _NEAR if middle < x0 else _NEAR + _RIGHT
        if gap <= limit and (best is None or gap < best[0]):
            best = gap, line
    return (best[1], False) if best else (None, False)


def _is_after(line: Line, box: Box) -> bool:
    x0, _, x1, _ = bounds(line.polygon)
    return (box[0] + box[2]) / 2 > (x0 + x1) / 2


def _place(line: Line, box: Box, pitch: float) -> _Place | None:
    """Where a box goes among the words of a line; `None` where a letter stands in it, as on keys, or is it."""
    starts, middle = _starts(line), (box[0] + box[2]) / 2
    for place, (word, start) in enumerate(zip(line.words, starts, strict=True)):
        x0, _, x1, _ = bounds(word.polygon)
        if middle < x0:
            return None if _is_han(line) else _Place(start, start, place, 0)
        if middle > x1:
            continue
        first, last = _covered(word, box)
        said = word.content[first:last]
        if said and _is_sign(line, said, word.content[last:]) and (not first or said[0] in _READ_AS):
            if said == word.content:
                count = 1 + sum(1 for _ in takewhile(lambda w: _is_rest(w, box), line.words[place + 1 :]))
                end = line.words[place + count - 1]
                return _Place(start, starts[place + count - 1] + len(end.content), place, count)
            return _Place(start + first, start + last, place, 1)
        ahead = middle < (x0 + x1) / 2
        if _is_han(line) or not _has_room(line, word, box, pitch, ahead=ahead):
            return None
        at = start if ahead else start + len(word.content)
        return _Place(at, at, place + (not ahead), 0)
    return None


def _before(line: Line, box: Box) -> _Place:
    """The place before a line, instead of an edge of the box that it begins with."""
    first = line.words[0]
    x0, y0, _, y1 = bounds(first.polygon)
    edge = all(c in _EDGES for c in first.content) and x0 - box[2] < _TOUCHING * (y1 - y0) and len(line.words) > 1
    stop = line.content.index(first.content) + len(first.content) if edge else 0
    return _Place(0, stop, 0, int(edge))


def _is_rest(word: Word, box: Box) -> bool:
    """Whether a word is what else a box was read as (`O]`)."""
    x0, _, x1, _ = bounds(word.polygon)
    return min(x1, box[2]) - max(x0, box[0]) > 0.3 * (x1 - x0) and all(c in _READ_AS for c in word.content)


def _is_sign(line: Line, said: str, after: str) -> bool:
    """Whether characters are what a box is read as, or set with; `OYes` is a box, `Other` and `DOB` are none."""
    if all(c in _READ_AS for c in said):
        return True
    if line.engine == _OWN and len(said) == 1 and (said in _SET_AS or category(said) == "Co"):
        return not after or not after[0].islower()
    anew = not after or (after[0].isupper() and after[1:2].islower()) or after[0].isdigit()
    return all(c in _READ_AS | _LETTERS for c in said) and anew


def _has_room(line: Line, word: Word, box: Box, pitch: float, *, ahead: bool) -> bool:
    """Whether a word's letters have their usual width beside a box its place takes in: else the box is a letter."""
    x0, _, x1, _ = bounds(word.polygon)
    _, top, _, bottom = bounds(line.polygon)
    return (x1 - box[2] if ahead else box[0] - x0) >= _ROOM * pitch * (bottom - top) * len(word.content)


def _is_han(line: Line) -> bool:
    """Whether squares may be letters, or parts of some."""
    return bool(_HAN.search(line.content))


def _covered(word: Word, box: Box) -> tuple[int, int]:
    """Which characters of a word lie in a box, all being as wide."""
    x0, _, x1, _ = bounds(word.polygon)
    cell = max(1e-6, (x1 - x0) / len(word.content))
    within = [
        k for k in range(len(word.content)) if box[0] - 0.2 * cell <= x0 + (k + 0.5) * cell <= box[2] + 0.2 * cell
    ]
    return (within[0], within[-1] + 1) if within else (0, 0)


def _starts(line: Line) -> list[int]:
    """Where words stand in their line."""
    found, at = [], 0
    for word in line.words:
        at = line.content.index(word.content, at)
        found.append(at)
        at += len(word.content)
    return found


def _put(line: Line, box: CheckBox, place: _Place) -> Line:
    """The line with a box at a place."""
    before, after = line.content[: place.start].rstrip(), line.content[place.stop :].lstrip()
    sign = SIGNS[box.checked]
    content = " ".join(part for part in (before, sign, after) if part)
    at = len(before) + bool(before)
    shift = at + 1 + bool(after) - (len(line.content) - len(after))
    x0, y0, x1, y1 = bounds(line.polygon)
    polygon = line.polygon
    if not x0 <= box.box[0] or not box.box[2] <= x1:
        polygon = from_box(min(x0, box.box[0]), min(y0, box.box[1]), max(x1, box.box[2]), max(y1, box.box[3]))
    return replace(
        line,
        content=content,
        polygon=polygon,
        words=tuple(_reworded(line, box, place, sign)),
        marks=(*_moved(line.marks, place, at, shift), Mark("checkbox", at, 1, _value(box), box.confidence)),
    )


def _reworded(line: Line, box: CheckBox, place: _Place, sign: str) -> list[Word]:
    made = Word(sign, from_box(*box.box), box.confidence)
    words = list(line.words)
    if not place.words:
        return [*words[: place.word], made, *words[place.word :]]
    old, start = words[place.word], _starts(line)[place.word]
    first, last = place.start - start, place.stop - start
    x0, y0, x1, y1 = bounds(old.polygon)
    edges = list(accumulate([x0, *[(x1 - x0) / len(old.content)] * len(old.content)]))
    left = old.content[:first].rstrip()
    right = old.content[last:].lstrip()
    if place.words > 1:
        return [*words[: place.word], made, *words[place.word + place.words :]]
    parts = [replace(old, content=left, polygon=from_box(x0, y0, edges[first], y1))] if left else []
    parts.append(made)
    parts += [replace(old, content=right, polygon=from_box(min(x1, edges[last]), y0, x1, y1))] if right else []
    return [*words[: place.word], *parts, *words[place.word + 1 :]]


def _moved(marks: Sequence[Mark], place: _Place, at: int, shift: int) -> list[Mark]:
    """Other marks where they stand now; one around the place grows, and one of what was replaced goes."""
    kept = []
    for mark in marks:
        end = mark.start + mark.length
        if mark.start >= place.stop:
            kept.append(replace(mark, start=mark.start + shift))
        elif end <= place.start:
            kept.append(replace(mark, length=min(mark.length, max(1, at - mark.start))))
        elif mark.start < place.start and end > place.stop:
            kept.append(replace(mark, length=mark.length + shift))
    return kept


def _value(box: CheckBox) -> str:
    return "checked" if box.checked else "unchecked"


def _alone(box: CheckBox) -> Line:
    polygon = from_box(*box.box)
    sign = SIGNS[box.checked]
    word = Word(sign, polygon, box.confidence)
    return Line(
        sign,
        polygon,
        box.confidence,
        (word,),
        engine=_ENGINE,
        marks=(Mark("checkbox", 0, 1, _value(box), box.confidence),),
    )
