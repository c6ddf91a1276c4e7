"""Marks of a plot, by colour and shape: bars, points, lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legenda.notation.base import Raster
from legenda.notation.chart.axes import Frame
from legenda.notation.chart.labels import Label
from legenda.notation.chart.surroundings import Colour

Mask = NDArray[np.bool_]
_SHADES, _SHADE = 5, 40  # of one hue in one shape, and how far pixels of one are from its colour
_VIVID = 28  # least difference between the channels of a colour that is no grey
_GREY = 20  # least difference of a grey mark from the paper
_DARK = 90  # of 255: black, and dark grey
_HUES = 9  # of 180: marks of one colour stay within, blended with white or not


@dataclass(frozen=True, slots=True)
class Shape:
    """What hangs together in one colour; sides in pixels, the far ones excluded.

    Attributes:
        left: of its box, as the other sides.
        area: pixels.
        colour: its median.
        mask: of its box.
    """

    left: int
    top: int
    right: int
    bottom: int
    area: int
    colour: Colour
    mask: Mask

    @property
    def width(self) -> int:
        """Of its box."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Of its box."""
        return self.bottom - self.top

    @property
    def fill(self) -> float:
        """How much of its box it takes."""
        return self.area / (self.width * self.height)


def colours(crop: Raster, frame: Frame, texts: Sequence[Label]) -> list[Mask]:
    """A mask of each colour within the plot; black and dark grey last, without thin lines."""
    import cv2

    inside = np.zeros(crop.shape[:2], bool)
    inside[max(int(frame.top) - 4, 0) : int(frame.bottom) + 5, max(int(frame.left) - 4, 0) : int(frame.right) + 6] = (
        True
    )
    spread = np.ptp(crop.astype(int), axis=2)
    hue = cv2.cvtColor(np.ascontiguousarray(crop), cv2.COLOR_RGB2HSV)[..., 0].astype(int)
    vivid = inside & (spread > _VIVID)
    masks = []
    left = vivid.copy()
    for _ in range(12):
        counts = np.bincount(hue[left], minlength=180)
        counts = counts + np.roll(counts, 1) + np.roll(counts, -1)
        best = int(counts.argmax())
        if counts[best] < 10:
            break
        away = np.abs((hue - best + 90) % 180 - 90)
        mask = left & (away <= _HUES)
        masks.append(mask)
        left &= away > _HUES + 3
    return [*masks, *_greys(crop, inside & (spread <= _VIVID), texts)]


def _greys(crop: Raster, where: Mask, texts: Sequence[Label]) -> list[Mask]:
    """A mask of each shade of grey that is neither paper nor a thin line."""
    import cv2

    shades = crop.mean(2)
    paper = float(np.bincount(shades[where].astype(int), minlength=256).argmax()) if where.any() else 255.0
    rest = _cleared(where & ((paper - shades) * (1 if paper > 110 else -1) > _GREY), texts)
    rest = cv2.morphologyEx(rest.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(bool)
    masks: list[Mask] = []
    dark = cv2.morphologyEx((rest & (shades < _DARK)).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    if dark.sum() >= 9:  # small marks have no two pixels of one shade
        masks.append(dark.astype(bool))
        rest &= cv2.dilate(dark, np.ones((5, 5), np.uint8)) == 0
    while len(masks) < 6 and rest.sum() >= 9:
        counts = np.bincount((shades[rest] / 8).astype(int), minlength=33).astype(float)
        best = 8 * int(np.convolve(counts, [1, 1, 1], "same").argmax()) + 4
        near = rest & (np.abs(shades - best) <= 22)
        own = cv2.morphologyEx(near.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(bool)
        rest &= ~near
        if own.sum() >= 9:
            masks.append(own)
    return masks


def _cleared(mask: Mask, texts: Sequence[Label]) -> Mask:
    """Without words."""
    rest = mask.copy()
    for text in texts:
        rest[max(int(text.top) - 1, 0) : int(text.bottom) + 2, max(int(text.left) - 1, 0) : int(text.right) + 2] = False
    return rest


def dark_lines(crop: Raster, frame: Frame, texts: Sequence[Label]) -> Mask:
    """What is dark and grey within the plot, axes, grid and words left out: lines of charts in black and white."""
    shades = crop.max(2)
    inside = np.zeros(shades.shape, bool)
    inside[int(frame.top) + 2 : int(frame.bottom) - 1, int(frame.left) + 2 : int(frame.right) - 1] = True
    for turned, lines in ((False, frame.rows), (True, frame.columns)):
        view = inside.T if turned else inside
        for line in lines:
            view[max(round(line) - 1, 0) : round(line) + 2] = False
    return _cleared(inside & (shades < 140) & (np.ptp(crop.astype(int), axis=2) <= _VIVID), texts)


def bridged(mask: Mask, frame: Frame) -> Mask:
    """The mask with the gaps closed that grid lines drawn over marks leave."""
    whole = mask.copy()
    for turned, lines in ((False, frame.rows), (True, frame.columns)):
        view = whole.T if turned else whole
        for line in lines:
            at = round(line)
            if 3 <= at < len(view) - 3:
                both = view[at - 3 : at].any(0) & view[at + 1 : at + 4].any(0)
                view[at - 2 : at + 3] |= both
    return whole


def mended(mask: Mask, *, upright: bool) -> Mask:
    """The mask with thin lines across bars closed; bars side by side stay apart."""
    import cv2

    kernel = np.ones((4, 1) if upright else (1, 4), np.uint8)
    whole: Mask = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, kernel).astype(bool)
    return whole


def shapes(mask: Mask, crop: Raster, least: int = 5) -> list[Shape]:
    """What hangs together."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    found = []
    for number, (left, top, width, height, area) in enumerate(stats[1:], 1):
        if area < least:
            continue
        own = labels[top : top + height, left : left + width] == number
        middle = np.median(crop[top : top + height, left : left + width][own], axis=0)
        colour = (int(middle[0]), int(middle[1]), int(middle[2]))
        found.append(Shape(int(left), int(top), int(left + width), int(top + height), int(area), colour, own))
    return found


def full(mask: Mask, crop: Raster) -> list[Shape]:
    """Shapes in their full colour, without the paler pixels at their edges, so that neighbours come apart.

    Shades of one colour that touch, as in a stack, are shapes by themselves.
    """
    found = []
    for shape in shapes(mask, crop, 12):
        box = crop[shape.top : shape.bottom, shape.left : shape.right].astype(int)
        rest = shape.mask
        for _ in range(_SHADES):
            colour = _usual(box[rest])
            close = rest & (np.abs(box - colour).max(2) < _SHADE)
            whole = np.zeros(mask.shape, bool)
            whole[shape.top : shape.bottom, shape.left : shape.right] = rest & (
                close | _crossed(close) | _crossed(close.T).T
            )
            found += shapes(whole, crop, 8)
            rest = _inner(rest & ~close)
            if rest.sum() < 0.04 * shape.mask.sum() or rest.sum() < 30:
                break
    return found


def _usual(pixels: NDArray[np.int_]) -> NDArray[np.int_]:
    """The colour most pixels have, nearly."""
    coarse = pixels // 24
    keys = coarse[:, 0] * 10_000 + coarse[:, 1] * 100 + coarse[:, 2]
    values, counts = np.unique(keys, return_counts=True)
    colour: NDArray[np.int_] = np.median(pixels[keys == values[counts.argmax()]], axis=0).astype(int)
    return colour


def _inner(mask: Mask) -> Mask:
    """What is at least four pixels thick: no blended edge."""
    import cv2

    opened: Mask = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((4, 4), np.uint8)).astype(bool)
    return opened


def _crossed(near: Mask) -> Mask:
    """Pixels with the colour within three pixels on both sides, above and below: a grid line runs over the mark."""
    padded = np.pad(near, ((3, 3), (0, 0)))
    height = near.shape[0]
    above = np.logical_or.reduce([padded[3 - n : 3 - n + height] for n in (1, 2, 3)])
    below = np.logical_or.reduce([padded[3 + n : 3 + n + height] for n in (1, 2, 3)])
    both: Mask = above & below
    return both


def steps(shape: Shape) -> list[Shape]:
    """A shape of bars that touch, cut where their ends jump; itself where it is no such shape."""
    if shape.fill > 0.93:
        return [shape]
    for turned in (False, True):
        mask = shape.mask.T if turned else shape.mask
        tops, counts = mask.argmax(0), mask.sum(0)
        bottoms = mask.shape[0] - mask[::-1].argmax(0)
        if ((bottoms - tops) - counts > 2).mean() > 0.05 or min(np.ptp(bottoms), np.ptp(tops)) > 2:
            continue
        cuts = [
            0,
            *(n for n in range(1, len(tops)) if abs(tops[n] - tops[n - 1]) + abs(bottoms[n] - bottoms[n - 1]) > 1),
        ]
        spans = [(a, b) for a, b in zip(cuts, [*cuts[1:], len(tops)], strict=True) if b - a > 2]
        if 1 < len(spans) < 60 and sum(b - a for a, b in spans) > 0.85 * len(tops):
            return [
                _part(shape, a, b, int(np.median(tops[a:b])), int(np.median(bottoms[a:b])), turned) for a, b in spans
            ]
    return [shape]


def _part(shape: Shape, first: int, last: int, near: int, far: int, turned: bool) -> Shape:
    a, b, c, d = (near, first, far, last) if turned else (first, near, last, far)
    mask = shape.mask[b:d, a:c]
    box = (shape.left + a, shape.top + b, shape.left + c, shape.top + d)
    return Shape(*box, int(mask.sum()), shape.colour, mask)
