"""Pictures of letters to train on: drawn in many fonts as small print is, and what is no letter."""

from __future__ import annotations

import itertools
import random
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from legenda.notation.molecule.glyphs import NONE, SIGNS, square

_LOOK = {"O": "Oo0", "C": "Cc", "S": "Ss", "V": "Vv", "W": "Ww", "X": "Xx", "Z": "Zz", "-": "-\u2212\u2013"}
_COMMON = "HNOSCFlBrPIM23+ei"


def drawn(fonts: list[Path], count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Squares float16 [count, SIDE, SIDE], and the number of the sign of each."""
    chance = random.Random(seed)
    pictures, numbers = [], []
    while len(pictures) < count:
        sign = chance.choice(_COMMON) if chance.random() < 0.5 else chance.choice(SIGNS)
        ink = _not_a_letter(chance) if sign == NONE else _letter(sign, fonts, chance)
        if ink is not None:
            pictures.append(square(ink).astype(np.float16))
            numbers.append(SIGNS.index(sign))
    return np.stack(pictures), np.array(numbers)


def _letter(sign: str, fonts: list[Path], chance: random.Random) -> np.ndarray | None:
    """One letter as the reader meets it: thresholded at its size, sometimes enlarged and thresholded again."""
    font = _font(chance.choice(fonts), chance.randint(11, 46))
    text = chance.choice(_LOOK.get(sign, sign))
    canvas = Image.new("L", (90, 80), 255)
    ImageDraw.Draw(canvas).text((20 + chance.random(), 8 + chance.random()), text, 0, font=font)
    grey = np.asarray(canvas).astype(np.float32)
    turn = cv2.getRotationMatrix2D((45, 40), chance.gauss(0, 1.5), 1)
    turn[0, 0] *= chance.uniform(0.82, 1.15)
    turn[0, 1] += chance.gauss(0, 0.03)
    grey = cv2.warpAffine(grey, turn, (90, 80), borderValue=255)
    if chance.random() < 0.4:
        grey = cv2.GaussianBlur(grey, (0, 0), chance.uniform(0.3, 1.0))
    if chance.random() < 0.5:
        grey += np.random.default_rng(chance.getrandbits(32)).normal(0, chance.uniform(5, 45), grey.shape)
    return largest(_pressed(grey, chance))


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


def _pressed(grey: np.ndarray, chance: random.Random) -> np.ndarray:
    """Ink of a grey picture, printed at chance heavily, and at chance enlarged as thin drawings are."""
    ink = (grey < chance.uniform(90, 190)).astype(np.uint8)
    if chance.random() < 0.7:
        factor = chance.choice([2, 3])
        grey = cv2.resize(255 - 255 * ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
        ink = (grey < 128).astype(np.uint8)
    if chance.random() < 0.25:
        ink = cv2.dilate(ink, np.ones((2, 2), np.uint8))
    return ink


def largest(ink: np.ndarray) -> np.ndarray | None:
    """The largest shape, cut to its box."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if len(stats) < 2:
        return None
    best = 1 + int(stats[1:, 4].argmax())
    left, top, width, height, area = stats[best]
    if area < 12:
        return None
    return (labels[top : top + height, left : left + width] == best).astype(np.uint8)


def _not_a_letter(chance: random.Random) -> np.ndarray | None:
    """Bits of bonds: corners, forks, dashes, wedges, parts of rings."""
    grey = np.full((120, 160), 255, np.uint8)
    thick, size = chance.randint(1, 5), chance.randint(12, 40)
    middle = np.array([80, 60])
    start = chance.uniform(0, 2 * np.pi)
    kind = chance.choice("frwdzrf")
    if kind == "f":
        for n in range(chance.randint(2, 4)):
            turn = start + n * 2.09 + chance.gauss(0, 0.3)
            _line(grey, middle, middle + size * chance.uniform(0.5, 1.1) * _way(turn), thick)
    elif kind == "r":
        corners = [
            middle + size * _way(start + n * 2 * np.pi / chance.choice([5, 6])) for n in range(chance.randint(3, 6))
        ]
        for one, other in itertools.pairwise(corners):
            _line(grey, one, other, thick)
    elif kind == "w":
        side = _way(start + np.pi / 2) * size * chance.uniform(0.1, 0.3)
        tip = middle + size * _way(start)
        cv2.fillPoly(grey, [np.array([tip, middle + side, middle - side]).round().astype(np.int32)], 0)
    elif kind == "d":
        _line(grey, middle, middle + size * _way(start), thick)
    else:
        at = middle
        for n in range(chance.randint(3, 6)):
            after = at + size / 3 * _way(start + (n % 2) * chance.uniform(0.8, 1.6))
            _line(grey, at, after, thick)
            at = after
    return largest(_pressed(grey.astype(np.float32), chance))


def _way(angle: float) -> np.ndarray:
    return np.array([np.cos(angle), np.sin(angle)])


def _line(grey: np.ndarray, one: np.ndarray, other: np.ndarray, thick: int) -> None:
    cv2.line(grey, tuple(map(int, one)), tuple(map(int, other)), 0, thick, cv2.LINE_AA)
