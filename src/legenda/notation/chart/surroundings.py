"""What stands around a plot: labels of both axes, titles, the legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from legenda.notation.base import Raster
from legenda.notation.chart.axes import Axis, Frame, fitted, snapped
from legenda.notation.chart.labels import Label, values

Colour = tuple[int, int, int]
_VIVID = 26  # least difference between the channels of a colour
_LETTER = 14.0  # px, usual height of labels; a slanted one begins so far beside its tick, times a third
_LOOKALIKES = {"8": "B", "1": "I", "0": "O", "5": "S", "|": "I"}


@dataclass(frozen=True, slots=True)
class Legend:
    """Names of colours, what they are names of, and where they stand."""

    names: tuple[tuple[Colour, str], ...] = ()
    title: str = ""
    places: tuple[Label, ...] = ()


def across(frame: Frame, words: Sequence[Label], lines: Sequence[Label]) -> Axis:
    """The axis below the plot (or above it)."""
    margin = 0.06 * (frame.right - frame.left) + 6
    below = [x for x in words if x.top > frame.bottom - 5 and frame.left - margin < x.x < frame.right + margin]
    # the lowest label of the other axis stands as low as that axis ends
    below = [x for x in below if x.right > frame.left - 2 or x.y > frame.bottom + 0.8 * x.size]
    if not below:
        return Axis()
    first = min(x.top for x in below)
    row = sorted((x for x in below if x.top < first + 0.7 * max(x.size, 8)), key=lambda x: x.x)
    row = lettered(_joined(row))
    if len(row) < 2 and not row[0].text.isdigit() and len(row[0].text) > 2:
        row = []  # a title, no label
    deepest = max((x.bottom for x in row), default=frame.bottom)
    titles = [x for x in lines if x.top > deepest - 5 and x.upright]
    title = " ".join(x.text for x in sorted(titles, key=lambda x: (round(x.top / 8), x.left)))
    places = snapped(_places(row, frame), frame.columns)
    return replace(fitted(row, places), title=title)


def _places(row: Sequence[Label], frame: Frame) -> list[float]:
    """Where labels below a plot stand: at their middles, or slanted ones at their ends where these are at ticks."""
    middles, rights = [x.x for x in row], [x.right - 0.35 * _LETTER for x in row]
    if 2 * sum(x.aslant for x in row) < len(row) or len(frame.ticks) < 2:
        return middles
    off = [sum(min(abs(tick - x) for tick in frame.ticks) for x in places) for places in (middles, rights)]
    if off[1] > 0.7 * off[0]:
        return middles
    return [min(frame.ticks, key=lambda tick: abs(tick - x)) for x in rights]


def _joined(row: Sequence[Label]) -> list[Label]:
    """Words of one label: where a good part of the gaps is far smaller than the others, and than a letter."""
    gaps = sorted(b.left - a.right for a, b in pairwise(row))
    if len(gaps) < 2 or not all(word.upright for word in row):
        return list(row)
    small = [gap for gap in gaps if gap < 0.8 * max(row[0].size, 6)]
    if 4 * len(small) < len(gaps) or len(small) == len(gaps) or gaps[len(small)] < 2.5 * max(small[-1], 2):
        return list(row)
    found: list[Label] = []
    for word in row:
        numbers = found and any(values(found[-1])) and any(values(word))
        if found and not numbers and word.left - found[-1].right <= small[-1]:
            last = found[-1]
            found[-1] = replace(last, text=f"{last.text} {word.text}", raw=f"{last.raw} {word.raw}", right=word.right)
        else:
            found.append(word)
    return found


def in_rows(words: Sequence[Label], gap: float = 1.2) -> list[Label]:
    """Words that stand beside one another, at most `gap` letters apart, as one label."""
    found: list[Label] = []
    for word in sorted(words, key=lambda x: x.left):
        for n, last in enumerate(found):
            if abs(last.y - word.y) < 0.4 * max(word.size, 6) and -2 < word.left - last.right < gap * max(word.size, 6):
                space = " " if word.left - last.right > -0.5 else ""
                text, raw = f"{last.text}{space}{word.text}", f"{last.raw}{space}{word.raw}"
                box = (min(last.top, word.top), word.right, max(last.bottom, word.bottom))
                found[n] = replace(last, text=text, raw=raw, top=box[0], right=box[1], bottom=box[2])
                break
        else:
            found.append(word)
    return found


def lettered(row: Sequence[Label]) -> list[Label]:
    """Categories named by letters: a digit among them is a letter that looks like it."""
    letters = sum(x.text.isalpha() and len(x.text) == 1 for x in row)
    if 2 * letters <= len(row):
        return list(row)
    return [replace(x, text=_LOOKALIKES[x.text]) if x.text in _LOOKALIKES else x for x in row]


def down(frame: Frame, lines: Sequence[Label]) -> Axis:
    """The axis to the left of the plot."""
    margin = 0.06 * (frame.bottom - frame.top) + 6
    beside = [x for x in lines if x.right < frame.left + 8 and frame.top - margin < x.y < frame.bottom + margin]
    beside = [
        x for x in beside if x.y < frame.bottom + 0.4 * x.size and not (x.text in "1|I" and x.right > frame.left - 3)
    ]
    rows = in_rows([x for x in beside if x.upright])
    column = [x for x in rows if x.right > frame.left - 22]
    if len(column) < 2:
        column = rows
    column = lettered(sorted(column, key=lambda x: x.y))
    edge = min((x.left for x in column), default=frame.left)
    titles = [x for x in beside if not x.upright or x.right < edge + 4]
    title = " ".join(x.text for x in sorted(titles, key=lambda x: -x.y if not x.upright else x.y))
    return replace(fitted(column, snapped([x.y for x in column], frame.rows)), title=title)


def title_of(frame: Frame, lines: Sequence[Label], legend: Legend) -> str:
    """What stands above the plot and is no legend."""
    names = {name for _, name in legend.names}
    above = [x for x in lines if x.bottom < frame.top + 4 and x.upright and x.text not in names]
    wide = [x for x in in_rows(above) if x.x > frame.left - 5 and len(x.text) > 3]
    return " ".join(x.text for x in sorted(wide, key=lambda x: (x.top, x.left)))


def legend_of(frame: Frame, crop: Raster, lines: Sequence[Label]) -> Legend:
    """Names with a patch of colour before them, outside of the plot or in a corner of it."""
    names: list[tuple[Colour, str]] = []
    places: list[Label] = []
    lines = [*in_rows([x for x in lines if x.upright], 0.9), *(x for x in lines if not x.upright)]
    lefts = [round(x.left) for x in lines if x.upright and _patch(crop, x)]
    for label in lines:
        below = frame.bottom < label.top < frame.bottom + 2.2 * label.size and label.x < frame.right
        if not label.upright or label.right < frame.left or below:
            continue
        inside = frame.left < label.x < frame.right and frame.top < label.y < frame.bottom
        if inside and sum(abs(left - label.left) < 3 for left in lefts) < 2:
            continue
        if (colour := _patch(crop, label)) and all(_far(colour, other) for other, _ in names):
            names.append((colour, label.text))
            places.append(label)
    if not names or (_is_scale(names)):
        return Legend()
    left, top = min(x.left for x in places), min(x.top for x in places)
    heads = [x for x in lines if x.upright and x not in places and top - 3 * x.size < x.y < top and x.right > left - 40]
    heads = [x for x in heads if x.left > frame.right or top < frame.top]
    title = max(heads, key=lambda x: x.y).text if heads else ""
    return Legend(tuple(names), title, tuple(places))


def _is_scale(names: Sequence[tuple[Colour, str]]) -> bool:
    """Numbers beside tints of one colour: sizes, or a scale."""
    if not all(name.replace(".", "", 1).isdigit() for _, name in names):
        return False
    tints = 255.0 - np.array([colour for colour, _ in names])
    tints /= np.linalg.norm(tints, axis=1, keepdims=True) + 1e-6
    return bool((tints @ tints[0]).min() > 0.97)


def _patch(crop: Raster, label: Label) -> Colour | None:
    """The colour just left of a label: a patch or a stroke of one colour, no word."""
    size = max(label.size, 8)
    rows = slice(max(int(label.y - 0.35 * size), 0), int(label.y + 0.35 * size) + 1)
    area = crop[rows, max(int(label.left - 2.9 * size), 0) : max(int(label.left - 2), 1)].astype(int)
    if not area.size:
        return None
    vivid = np.ptp(area, axis=2) > _VIVID
    if vivid.sum() >= 6:
        return _usual(area[vivid])
    grey = np.abs(area - np.median(area[:, -2:].reshape(-1, 3), axis=0)).max(2) > 18
    if grey.sum() < 12:
        return None
    down, across = np.nonzero(grey.any(1))[0], np.nonzero(grey.any(0))[0]
    filled = grey.sum() / (np.ptp(down) + 1) / (np.ptp(across) + 1)
    return _usual(area[grey]) if filled > 0.8 and np.ptp(across) + 1 > 0.8 * size else None


def _usual(pixels: NDArray[np.int_]) -> Colour:
    """The colour most pixels have, nearly: edges are paler."""
    keys, counts = np.unique(pixels // 24 @ (10_000, 100, 1), return_counts=True)
    best = np.median(pixels[pixels // 24 @ (10_000, 100, 1) == keys[counts.argmax()]], axis=0)
    return (int(best[0]), int(best[1]), int(best[2]))


def _far(one: Colour, other: Colour) -> bool:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) > 40
