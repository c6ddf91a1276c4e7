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
_VIVID = 28  # least difference between the channels of a colour that is no grey
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
    dark = inside & (crop.max(2) < 110) & (spread <= _VIVID)
    for text in texts:
        dark[max(int(text.top) - 1, 0) : int(text.bottom) + 2, max(int(text.left) - 1, 0) : int(text.right) + 2] = False
    thick: Mask = cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(bool)
    return [*masks, thick] if thick.sum() >= 9 else masks


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
    """Shapes in their full colour, without the paler pixels at their edges, so that neighbours come apart."""
    found = []
    for shape in shapes(mask, crop, 12):
        box = crop[shape.top : shape.bottom, shape.left : shape.right].astype(int)
        close = np.abs(box - shape.colour).max(2) < 40
        near = shape.mask & (close | _crossed(close))
        whole = np.zeros(mask.shape, bool)
        whole[shape.top : shape.bottom, shape.left : shape.right] = near
        found += shapes(whole, crop, 8)
    return found


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


def blobs(mask: Mask, crop: Raster) -> list[Shape]:
    """Round marks, those that lines run through as well."""
    import cv2

    for side in (7, 5, 3):
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, disc).astype(bool)
        found = [x for x in shapes(opened, crop, 4) if 0.5 < x.width / x.height < 2 and x.width < 20]
        if len(found) >= 3:
            return found
    return []


def corners(shape: Shape) -> list[tuple[float, float]]:
    """The corners of a line that runs from left to right, in pixels of the crop."""
    import cv2

    columns = np.nonzero(shape.mask.any(0))[0]
    rows = np.arange(shape.height)[:, None]
    middle = (shape.mask * rows).sum(0)[columns] / shape.mask.sum(0)[columns]
    # where it is steep, the middle of a column is not its corner: the far end is
    tops, bottoms = shape.mask.argmax(0)[columns], shape.height - 1 - shape.mask[::-1].argmax(0)[columns]
    for n in range(len(columns)):
        before, after = middle[max(n - 3, 0)], middle[min(n + 3, len(columns) - 1)]
        if middle[n] <= min(before, after):
            middle[n] = tops[n] + 0.5
        elif middle[n] >= max(before, after):
            middle[n] = bottoms[n] - 0.5
    line = np.stack([columns, middle], 1).astype(np.float32)
    kept = cv2.approxPolyDP(line.reshape(-1, 1, 2), 2.0, False).reshape(-1, 2)
    return [(float(x) + shape.left, float(y) + shape.top) for x, y in kept]
