"""Lines a detector drew over a gutter: two columns' neighbours in one box, parted at the gap between their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from legenda.document import Line, Polygon, Word
from legenda.layout.frame import Floats, Frame
from legenda.layout.gutters import runovers

# The gap over a gutter is wider than the line's other gaps by this factor, and this share of a line height.
_WIDER = 1.5
_GAP = 0.3
# How far, in line heights, the gap may lie beside the gutter.
_NEAR = 1.0


def part(lines: Sequence[Line], frame: Frame) -> list[Line]:
    """The same lines, those that run over a gutter in two; a line whose words have no places stays whole."""
    cuts = {}
    for i, edge in runovers(frame):
        word = _gap_at(frame, lines[i], i, edge)
        if word and i not in cuts:
            cuts[i] = word
    parted: list[Line] = []
    for i, line in enumerate(lines):
        parted += _parted(frame, line, i, cuts[i]) if i in cuts else [line]
    return parted


def _gap_at(frame: Frame, line: Line, i: int, edge: float) -> int:
    """Index of the word after the gap at x = `edge`, 0 when there is none."""
    if len(line.words) < 2:
        return 0
    places = _places(frame, line) * frame.width[i] + frame.left[i]
    gaps = places[1:, 0] - places[:-1, 1]
    centres = (places[1:, 0] + places[:-1, 1]) / 2
    k = int(np.argmax(np.where(np.abs(centres - edge) < _NEAR * frame.unit, gaps, -np.inf)))
    others = np.delete(gaps, k)
    wide = gaps[k] > max(_GAP * frame.unit, _WIDER * float(np.median(others)) if len(others) else 0.0)
    in_order = bool((np.diff(places.mean(axis=1)) > 0).all())
    return k + 1 if wide and in_order and abs(centres[k] - edge) < _NEAR * frame.unit else 0


def _places(frame: Frame, line: Line) -> Floats:
    """Start and end of each word along its line, 0 to 1, in the direction the page reads; [words, 2]."""
    corners = np.nan_to_num(line.polygon).reshape(4, 2)
    along = corners[1] - corners[0]
    points = np.nan_to_num([word.polygon for word in line.words]).reshape(-1, 4, 2) - corners[0]
    at = points @ along / max(float(along @ along), 1e-9)
    return np.stack((1 - at.max(axis=1), 1 - at.min(axis=1)) if frame.mirrored else (at.min(axis=1), at.max(axis=1)), 1)


def _parted(frame: Frame, line: Line, i: int, word: int) -> list[Line]:
    places = _places(frame, line)
    at = 0
    for k, w in enumerate(line.words[: word + 1]):
        at = line.content.index(w.content, at) + (len(w.content) if k < word else 0)
    end = len(line.content[:at].rstrip())
    return [
        _piece(line, 0, end, line.words[:word], _stretch(frame, line, 0.0, places[word - 1, 1])),
        _piece(line, at, len(line.content), line.words[word:], _stretch(frame, line, places[word, 0], 1.0)),
    ]


def _piece(line: Line, start: int, end: int, words: tuple[Word, ...], polygon: Polygon) -> Line:
    """The line's content from `start` to `end`, with what of its marks lies there."""
    marks = [(mark, max(mark.start, start), min(mark.start + mark.length, end)) for mark in line.marks]
    kept = tuple(replace(mark, start=a - start, length=b - a) for mark, a, b in marks if a < b)
    return replace(line, content=line.content[start:end], words=words, polygon=polygon, marks=kept)


def _stretch(frame: Frame, line: Line, start: float, end: float) -> Polygon:
    """The part of a line's polygon from `start` to `end`, 0 to 1 in the direction the page reads."""
    if frame.mirrored:
        start, end = 1 - end, 1 - start
    p1, p2, p3, p4 = np.array(line.polygon).reshape(4, 2)
    corners = (p1 + start * (p2 - p1), p1 + end * (p2 - p1), p4 + end * (p3 - p4), p4 + start * (p3 - p4))
    x1, y1, x2, y2, x3, y3, x4, y4 = np.concatenate(corners).tolist()
    return (x1, y1, x2, y2, x3, y3, x4, y4)
