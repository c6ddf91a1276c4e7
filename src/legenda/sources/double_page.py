"""Two pages of a book on one picture: whether a picture is that, and where one page ends and the other begins.

Looked at is a small grey copy. Both halves must be full of lines of prose that keep clear of the middle: tables, slides
and pictures have none. Then either the spine casts its shadow there from top to bottom, with soft edges as nothing that
is printed has them, or both halves have a page number of their own, at places that mirror one another.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

_MIDDLE = 0.4, 0.6
"""Where the gutter may be, as a part of the width."""
_INK = 0.25
"""Darkness as a part of the paper's from which on something is ink."""
_BANDS, _ALL_BUT = 8, 1
"""Heights at which the shadow is looked for, and how many may lack it: a hand or a clip lies there."""
_DEEP, _SOFT, _AROUND = 0.08, 0.004, 0.06
"""The shadow's depth as a part of the paper's light, and how wide its soft edge is at least and how far off paper is
looked at, as parts of the width. Drawn shadows from a tenth on are seen; printed rules and bars have hard edges."""
_CLEAR = 0.04
"""Of the width: the least white between the two texts. Columns stand closer."""
_LONG, _MANY, _FULL = 0.55, 10, 0.55
"""Part of its text's width a line of prose is long, how many a half has, and what part of its ink is in them."""
_DIRT = 0.004
"""Part of the height that dirt may lie across the gutter."""
_NUMBER, _ALIKE, _LIKE = 0.12, 0.03, 0.6
"""Widest page number in widths of a half, how near to mirrored places, in widths, two of them are, and how like in size
the narrower is to the wider: 99 and 100."""


class _Half(NamedTuple):
    """One half's text, in pixels of the copy: where it is, how high its lines are, and what may be its page number."""

    left: int
    right: int
    top: int
    bottom: int
    pitch: float
    numbers: list[tuple[float, float, float]]


def gutter_of(grey: Grey) -> float | None:
    """Where two pages meet, as a part of the picture's width; `None` where it shows something else.

    Args:
        grey: the picture, upright or upside down, `parts.LONGEST` pixels on its longer side or less, [height, width].
    """
    width = grey.shape[1]
    light = _light(grey)
    ink = ((light - grey) > _INK * light).astype(np.uint8)
    shadow = _shadow(light)
    if shadow is not None:
        return float(shadow / width) if not _crossed(ink, shadow) and _halves(ink, shadow) else None
    blank = _blank(ink)
    halves = _halves(ink, blank) if blank is not None else None
    if halves and blank is not None and _numbered(*halves, blank, width):
        return float(blank / width)
    return None


def _light(grey: Grey) -> Floats:
    """The paper's light at each pixel, shadows and all: what is brightest close by, without ink."""
    side = max(5, grey.shape[1] // 60 | 1)
    brightest = cv2.dilate(grey, np.ones((side, 3), np.uint8))
    return np.asarray(np.maximum(cv2.blur(brightest, (3, side)), 1), np.float64)


def _shadow(light: Floats) -> int | None:
    """The column of the gutter's shadow."""
    height, width = light.shape
    first, last = (round(part * width) for part in _MIDDLE)
    around = round(_AROUND * width)
    columns = np.median(light[round(0.05 * height) : round(0.95 * height)], axis=0)
    at = first + int(np.argmin(columns[first:last]))
    found = [_dips(np.median(band, axis=0), at, around) for band in np.array_split(light, _BANDS)]
    return at if sum(found) >= _BANDS - _ALL_BUT else None


def _dips(light: Floats, middle: int, around: int) -> bool:
    """Whether it gets dark near a column, and softly so at one side at least."""
    near = light[middle - around // 2 : middle + around // 2 + 1]
    at = middle - around // 2 + int(np.argmin(near))
    sides = light[at - 2 * around : at - around], light[at + around : at + 2 * around]
    paper = min(float(np.median(side)) for side in sides)
    deep = paper - light[at]
    if deep < _DEEP * paper:
        return False
    soft = _SOFT * len(light)
    return any(_softness(light[at : at + step * around : step], paper) >= soft for step in (1, -1))


def _softness(light: Floats, paper: float) -> int:
    """Columns over which it gets lighter, from a quarter of the depth to three of them."""
    deep = paper - light[0]
    risen = (light - light[0]) / max(deep, 1e-6)
    return int(np.argmax(risen > 0.75) if (risen > 0.75).any() else len(risen)) - int(np.argmax(risen > 0.25))


def _crossed(ink: Grey, middle: int) -> bool:
    """Whether something is written across a column."""
    gap = _between_words(ink)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    return bool(joined[:, middle - gap // 2 : middle + gap // 2 + 1].all(axis=1).mean() > _DIRT)


def _blank(ink: Grey) -> int | None:
    """The middle of the widest stretch without ink near the picture's; a little dirt is none."""
    height, width = ink.shape
    first, last = (round(part * width) for part in _MIDDLE)
    bare = ink[round(0.02 * height) : round(0.98 * height)].mean(axis=0) < 0.002
    edges = np.flatnonzero(np.diff(np.concatenate([[0], bare.astype(np.int8), [0]])))
    stretches = [(b - a, (a + b) // 2) for a, b in edges.reshape(-1, 2).tolist() if first <= (a + b) / 2 <= last]
    wide, at = max(stretches, default=(0, 0))
    return at if wide >= _CLEAR * width else None


def _halves(ink: Grey, middle: int) -> tuple[_Half, _Half] | None:
    """Both halves, if each is full of prose and they are alike."""
    width = ink.shape[1]
    reach = max(2, round(_SOFT * width))
    one, other = _half(ink[:, : middle - reach]), _half(ink[:, middle + reach :])
    if one is None or other is None:
        return None
    wide = one.right - one.left, other.right - other.left
    if min(wide) < 0.6 * max(wide) or min(one.pitch, other.pitch) < 0.7 * max(one.pitch, other.pitch):
        return None
    away = middle + reach
    if away + other.left - one.right < _CLEAR * width:
        return None
    moved = [(x + away, y, size) for x, y, size in other.numbers]
    return one, other._replace(left=other.left + away, right=other.right + away, numbers=moved)


def _half(ink: Grey) -> _Half | None:
    """A half that is full of lines of prose."""
    width = ink.shape[1]
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, _between_words(ink)), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=4)
    boxes = stats[1:count, :4].astype(np.float64)
    inked = np.bincount(labels.ravel(), ink.ravel(), count)[1:]
    tall = boxes[:, 3]
    usual = float(np.median(tall[boxes[:, 2] > 0.2 * width])) if (boxes[:, 2] > 0.2 * width).any() else 0.0
    plain = (tall >= max(2.0, 0.5 * usual)) & (tall <= 3.5 * usual)
    wide = plain & (boxes[:, 2] > 0.3 * width)
    if np.count_nonzero(wide) < _MANY:
        return None
    left, right = np.percentile(boxes[wide, 0], 10), np.percentile(boxes[wide, 0] + boxes[wide, 2], 90)
    long = wide & (boxes[:, 2] >= _LONG * (right - left))
    if np.count_nonzero(long) < _MANY or inked[long].sum() < _FULL * inked.sum():
        return None
    tops = np.sort(boxes[long, 1])
    top, bottom = float(tops[0]), float((boxes[long, 1] + tall[long]).max())
    pitch = float(np.median(np.diff(tops)))
    numbers = _numbers(boxes, plain, (top, bottom), pitch, width)
    return _Half(round(left), round(right), round(top), round(bottom), pitch, numbers)


def _between_words(ink: Grey) -> int:
    """Pixels that may lie between two words of a line: half as much again as letters are high."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    tall = stats[1:count, 3]
    letters = tall[(tall >= 3) & (tall < len(ink) // 10)]
    return max(5, round(1.5 * float(np.median(letters)))) if len(letters) else 5


def _numbers(
    boxes: Floats, plain: NDArray[np.bool_], text: tuple[float, float], pitch: float, width: int
) -> list[tuple[float, float, float]]:
    """Middles and widths of what stands alone on its row, is short, and is apart from the text."""
    rows = boxes[:, 1] + boxes[:, 3] / 2
    found = []
    for box, row in zip(boxes[plain], rows[plain], strict=True):
        apart = row < text[0] - 0.7 * pitch or row > text[1] + 0.7 * pitch
        alone = np.count_nonzero(plain & (np.abs(rows - row) < 0.7 * pitch)) == 1
        if apart and alone and box[2] <= _NUMBER * width:
            found.append((float(box[0] + box[2] / 2), float(row), float(box[2])))
    return found


def _numbered(one: _Half, other: _Half, middle: int, width: int) -> bool:
    """Whether the halves have numbers at one height that mirror one another, or stand in the middle of their texts."""
    for x, y, size in one.numbers:
        for x2, y2, size2 in other.numbers:
            level = abs(y - y2) < max(one.pitch, other.pitch)
            alike = min(size, size2) >= _LIKE * max(size, size2)
            mirrored = abs((middle - x) - (x2 - middle)) < _ALIKE * width
            if level and alike and mirrored:
                return True
    return False
