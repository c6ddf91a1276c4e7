"""Labels of atoms: which shapes are letters, which of these stand together, and what they spell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from legenda.notation.molecule import glyphs
from legenda.notation.molecule.sketch import Spot
from legenda.notation.molecule.strokes import Mask

_SURE = 0.5  # a shape is a letter from this probability on
_HIGH = 1.15  # of a bond's length: letters are not higher
_GUESSED = 0.9  # how often a straight line is the letter its place says
_LOWER = {sign: sign.lower() for sign in "OCSVWXZ"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A connected piece of ink.

    Attributes:
        number: of its component.
        box: left, top, right, bottom, px.
        bar: a straight line; then `size` are its length and width, otherwise sides of its box.
    """

    number: int
    box: tuple[int, int, int, int]
    bar: bool
    size: tuple[float, float]

    @property
    def middle(self) -> Spot:
        """Of its box."""
        return np.array([(self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2])


@dataclass(frozen=True, slots=True)
class Letter:
    """A sign of a label, its box and how sure it is (0..1)."""

    sign: str
    box: tuple[int, int, int, int]
    sure: float
    number: int

    @property
    def height(self) -> int:
        """Of the box, px."""
        return self.box[3] - self.box[1]

    @property
    def middle(self) -> Spot:
        """Of the box."""
        return np.array([(self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2])


@dataclass(frozen=True, slots=True)
class Label:
    """Letters in the order they are read, and what they spell, a sign a letter."""

    letters: tuple[Letter, ...]

    @property
    def text(self) -> str:
        """What it spells."""
        return "".join(letter.sign for letter in self.letters)

    @property
    def sure(self) -> float:
        """The probability that every sign is right."""
        return float(np.prod([letter.sure for letter in self.letters]))

    def nearest(self, spot: Spot) -> tuple[int, float]:
        """The letter nearest to a spot, and how far its box is from there, px."""
        gaps = [_gap(letter.box, spot) for letter in self.letters]
        best = int(np.argmin(gaps))
        return best, gaps[best]


def _gap(box: tuple[int, int, int, int], spot: Spot) -> float:
    across = max(box[0] - spot[0], spot[0] - box[2], 0.0)
    down = max(box[1] - spot[1], spot[1] - box[3], 0.0)
    return float(np.hypot(across, down))


def shapes(ink: Mask, thickness: float) -> tuple[list[Shape], NDArray[np.int32]]:
    """The connected pieces of ink, and for each pixel the number of its piece."""
    import cv2

    _, numbers, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    found = []
    for number, (left, top, width, height, area) in enumerate(stats.tolist()):
        if number == 0 or area < 4:
            continue
        long, short = float(max(width, height)), float(min(width, height))
        if area < 2.8 * thickness * np.hypot(width, height):
            rows, columns = np.nonzero(numbers[top : top + height, left : left + width] == number)
            sides = cv2.minAreaRect(np.stack([columns, rows], 1).astype(np.float32))[1]
            long, short = float(max(sides)) + 1, float(min(sides)) + 1
        full = area > 0.62 * long * short
        bar = full if short <= 1.6 * thickness + 1 else short < 2.6 * thickness and long > 4 * short
        found.append(Shape(number, (left, top, left + width, top + height), bar, (long, short)))
    return found, numbers


def letters(found: Sequence[Shape], numbers: NDArray[np.int32], bond: float) -> list[Letter]:
    """The shapes that are letters; `bond` is the length of most bonds, px."""
    likely = [s for s in found if not s.bar and 0.1 * bond < s.box[3] - s.box[1] < _HIGH * bond > s.size[0] / 1.1]
    pictures = [_cut(numbers, shape) for shape in likely]
    told = glyphs.told([glyphs.square(picture) for picture in pictures])
    read: list[Letter] = []
    for shape, ink, (sign, sure) in zip(likely, pictures, told, strict=True):
        odd = shape.size[0] > 1.25 * (shape.box[3] - shape.box[1]) or shape.box[3] - shape.box[1] > 0.85 * bond
        if sign != glyphs.NONE and sure >= (0.9 if odd else _SURE):
            read.append(Letter(sign, shape.box, sure, shape.number))
        else:
            read += _halves(shape, ink)
    tall = typical(read)
    read = [x for x in read if 0.35 * tall < x.height < 1.5 * tall or x.sign in "+-"]
    bars = _bars(found, read, tall)
    taken = {bar.number for bar in bars}
    lone = [s for s in found if s.number not in taken and _lone(s, numbers, read, tall, bond)]
    return read + bars + [Letter("I", s.box, _GUESSED, s.number) for s in lone]


def typical(read: Sequence[Letter]) -> float:
    """Height of capitals, px; 0 where there are no letters."""
    heights = [x.height for x in read if x.sign in "HNOSCFBPI" and x.sure > 0.8] or [x.height for x in read]
    return float(np.percentile(heights, 60)) if heights else 0.0


def _cut(numbers: NDArray[np.int32], shape: Shape) -> Mask:
    left, top, right, bottom = shape.box
    cut: Mask = (numbers[top:bottom, left:right] == shape.number).astype(np.uint8)
    return cut


def _halves(shape: Shape, ink: Mask) -> list[Letter]:
    """Two letters that touch, beside or above one another, cut where least ink is."""
    height, width = ink.shape
    if width > 1.1 * height:
        return _cut_apart(shape, ink, upright=True)
    return _cut_apart(shape, ink, upright=False) if height > 1.5 * width else []


def _cut_apart(shape: Shape, ink: Mask, *, upright: bool) -> list[Letter]:
    profile = ink.sum(0 if upright else 1)
    first, last = int(0.25 * len(profile)), int(0.75 * len(profile))
    best: list[Letter] = []
    for cut in (np.argsort(profile[first:last], kind="stable")[:4] + first).tolist():
        left, top = shape.box[:2]
        if upright:
            boxed = [_tight(ink[:, :cut], left, top), _tight(ink[:, cut:], left + cut, top)]
        else:
            boxed = [_tight(ink[:cut], left, top), _tight(ink[cut:], left, top + cut)]
        pieces = [item for item in boxed if item is not None]
        told = glyphs.told([glyphs.square(part) for part, _ in pieces])
        made = [Letter(s, box, p, shape.number) for (s, p), (_, box) in zip(told, pieces, strict=True)]
        least = min((x.sure for x in made), default=0.0)
        if len(made) == 2 and all(x.sign != glyphs.NONE for x in made):
            best = made if least > max(0.7, min((x.sure for x in best), default=0)) else best
    return best


def _tight(ink: Mask, left: int, top: int) -> tuple[Mask, tuple[int, int, int, int]] | None:
    rows, columns = np.nonzero(ink)
    if len(rows) < 12:
        return None
    y, x, bottom, right = rows.min(), columns.min(), rows.max() + 1, columns.max() + 1
    return ink[y:bottom, x:right], (int(left + x), int(top + y), int(left + right), int(top + bottom))


def _bars(found: Sequence[Shape], read: Sequence[Letter], tall: float) -> list[Letter]:
    """Straight lines that are letters by what they stand beside: the l of Cl, the i of iPr, a sign of charge."""
    made = []
    for shape in found if tall else ():
        signs = [sign for letter in read if shape.bar and (sign := _beside(shape, letter, tall))]
        if signs and not (signs[0] in "+-" and _crowd(shape, found, tall)):
            made.append(Letter(signs[0], shape.box, _GUESSED, shape.number))
    return made


def _beside(shape: Shape, letter: Letter, tall: float) -> str:
    """What a straight line beside a letter is, or nothing."""
    left, top, right, bottom = shape.box
    after, before = left - letter.box[2], letter.box[0] - right
    high, wide = bottom - top, right - left
    level = abs(bottom - letter.box[3]) < 0.25 * tall and wide < 0.4 * tall
    if letter.sign == "C" and level and 0.75 * tall < high < 1.35 * tall and -1 <= after < 0.4 * tall:
        return "l"
    if letter.sign == "P" and level and 0.55 * tall < high < 1.1 * tall and -1 <= before < 0.3 * tall:
        return "i"
    lying = 0.2 * tall < wide < 0.75 * tall and high < min(0.5 * tall, 0.75 * wide)
    raised = letter.box[1] - 0.5 * tall < (top + bottom) / 2 < letter.box[1] + 0.4 * tall
    near = -0.2 * tall <= max(after, before) < 0.35 * tall
    if letter.sign == "N" and near and raised and 0.2 * tall < min(high, wide) and max(high, wide) < 0.55 * tall:
        return "+"
    return "-" if letter.sign in "OSN" and lying and raised and near else ""


def _lone(shape: Shape, numbers: NDArray[np.int32], read: Sequence[Letter], tall: float, bond: float) -> bool:
    """Whether an upright line is as high as letters, with none above or below and no line beside it: iodine."""
    left, top, right, bottom = shape.box
    if not shape.bar or not 0.8 * tall < bottom - top < 1.25 * tall or right - left > 0.35 * tall:
        return False
    reach, middle = int(0.34 * bond), (left + right) / 2
    for x in read:
        near = x.box[0] - 0.5 * tall < middle < x.box[2] + 0.5 * tall
        if near and x.box[1] - tall < bottom and top < x.box[3] + tall:
            return False
    for step in (range(right, right + reach), range(max(left - reach, 0), left)):
        beside = [
            numbers[row, step.start : step.stop].any()
            for row in (top + (bottom - top) // 6, bottom - (bottom - top) // 6)
        ]
        if all(beside):
            return False
    return True


def _crowd(shape: Shape, found: Sequence[Shape], tall: float) -> bool:
    """Whether other short bars are near, as in a hashed bond."""
    near = [s for s in found if s is not shape and s.bar and s.size[0] < tall]
    return any(float(np.hypot(*(s.middle - shape.middle))) < 0.8 * tall for s in near)


def labels(read: Sequence[Letter]) -> list[Label]:
    """Letters that stand beside one another make a label; hydrogens above or below one belong to it."""
    tall = typical(read)
    rows = _grouped(read, tall)
    made = [label for label in (Label(_spelled(row, tall)) for row in rows) if any(x.isupper() for x in label.text)]
    return _stacked(made, tall)


def _grouped(read: Sequence[Letter], tall: float) -> list[list[Letter]]:
    left = sorted(read, key=lambda x: x.box[0])
    rows: list[list[Letter]] = []
    for letter in left:
        fitting = [row for row in rows if _follows(row, letter, tall)]
        if fitting:
            min(fitting, key=lambda row: letter.box[0] - row[-1].box[2]).append(letter)
        else:
            rows.append([letter])
    return rows


def _follows(row: Sequence[Letter], letter: Letter, tall: float) -> bool:
    before = row[-1]
    gap = letter.box[0] - before.box[2]
    middle = (letter.box[1] + letter.box[3]) / 2
    main = next((x for x in reversed(row) if x.height > 0.75 * tall), before)
    within = main.box[1] - 0.35 * tall < middle < main.box[3] + 0.35 * tall
    level = letter.height < 0.75 * tall or main.height < 0.75 * tall or abs(letter.box[3] - main.box[3]) < 0.35 * tall
    return -0.35 * tall < gap < 0.45 * tall and within and level


def _spelled(row: Sequence[Letter], tall: float) -> tuple[Letter, ...]:
    """Signs that look alike told apart by their size and what stands before them."""
    made: list[Letter] = []
    for letter in row:
        before = made[-1].sign if made else ""
        sign = letter.sign
        small = letter.height < 0.8 * tall
        if sign in "lI1i":
            if before == "C" and not small:
                sign = "l"
            elif before == "S" and letter.height < 1.1 * tall and sign != "1":
                sign = "i"
            elif not small:
                sign = "I" if not made or sign == "I" else "l" if before in "A" else sign
        elif sign in _LOWER and small and made and abs(letter.box[3] - made[0].box[3]) < 0.2 * tall:
            sign = _LOWER[sign]
        made.append(replace(letter, sign=sign))
    return tuple(made)


def _stacked(rows: list[Label], tall: float) -> list[Label]:
    """An H, with its number, joined to the label it stands above or below."""
    kept = list(rows)
    for row in rows:
        if row.text.strip("+-") not in ("H", "H2", "H3"):
            continue
        head = row.letters[0]
        for other in kept:
            near = min(other.letters, key=lambda x: abs(x.middle[0] - head.middle[0]))
            gap = max(near.box[1] - head.box[3], head.box[1] - near.box[3])
            if other is row or (other.text.startswith("H") and len(other.text) < 3):
                continue
            if gap < 0.45 * tall and abs(near.middle[0] - head.middle[0]) < 0.5 * tall and near.sign in "NCOSPB":
                at = other.letters.index(near) + 1
                kept[kept.index(other)] = Label((*other.letters[:at], *row.letters, *other.letters[at:]))
                kept.remove(row)
                break
    return kept
