"""Two pages of a book on one picture, and wide pictures of one page: drawn ones, the same every time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from benchmarks.drawn import WORDS, font
from legenda.sources.double_page import gutter_of
from legenda.sources.parts import LONGEST
from legenda.sources.shape import is_wide

Grey = NDArray[np.uint8]
Box = tuple[float, float, float, float]
_WORDS = WORDS["Latn"].split()
_DARK = 30
_SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp"))


class _Sheet:
    """A sheet of paper that is written on."""

    def __init__(self, chance: random.Random, width: int, height: int) -> None:
        self.chance, self.width, self.height = chance, width, height
        self.image = Image.new("L", (width, height), chance.choice((240, 248, 255)))
        self.pen = ImageDraw.Draw(self.image)

    def text(self, x: float, y: float, text: str, size: int) -> None:
        self.pen.text((x, y), text, _DARK, font("Latn", size))

    def prose(self, box: Box, size: int) -> None:
        """Paragraphs, justified."""
        left, y, right, bottom = box
        face = font("Latn", size)
        while y + size < bottom:
            last = self.chance.random() < 0.15
            room = (right - left) * (self.chance.uniform(0.3, 0.9) if last else 1.0)
            words, used = [], 0.0
            while used + (wide := face.getlength((word := self.chance.choice(_WORDS)) + " ")) < room or not words:
                words.append(word)
                used += wide
            gap = (right - left - sum(map(face.getlength, words))) / max(1, len(words) - 1)
            x = left
            for word in words:
                self.text(x, y, word, size)
                x += face.getlength(word) + (face.getlength(" ") if last else min(gap, size))
            y += 1.4 * size

    def done(self, shadow: float = 0.0, soft: float = 0.02) -> Grey:
        """The picture, with a crease in its middle that casts a shadow."""
        x = np.arange(self.width) / self.width
        light = 1 - shadow * np.exp(-np.abs(x - 0.5) / soft)
        noise = np.random.default_rng(self.chance.randrange(2**30)).normal(0, 3, (self.height, self.width))
        return np.asarray(np.clip(np.asarray(self.image) * light + noise, 0, 255), np.uint8)


def spread(
    chance: random.Random,
    *,
    shadow: float = 0.0,
    soft: float = 0.02,
    numbers: str = "mirrored",
    size: int = 15,
    margin: float = 0.06,
    width: int = 1000,
) -> Grey:
    """Two pages of a book; `numbers` are `mirrored`, in the `middle` of each page, or `none`."""
    sheet = _Sheet(chance, width, round(0.7 * width))
    first, half, edge = chance.randrange(2, 400, 2), width / 2, margin * width
    for side in (0, 1):
        left, right = side * half + edge, (side + 1) * half - edge
        sheet.prose((left, 0.1 * sheet.height, right, 0.88 * sheet.height), size)
        number = str(first + side)
        wide = font("Latn", size).getlength(number)
        outer = (left, right - wide)[side]
        x = {"mirrored": outer, "middle": (left + right - wide) / 2}.get(numbers)
        if x is not None:
            sheet.text(x, 0.92 * sheet.height, number, size)
    return sheet.done(shadow, soft)


def _tilted(picture: Grey, degrees: float) -> Grey:
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(picture, turn, (width, height), borderValue=240))


def _curled(picture: Grey) -> Grey:
    height, width = picture.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    away = 0.03 * height * np.exp(-np.abs(x - width / 2) / width / 0.07)
    return np.asarray(
        cv2.remap(picture, x, (y + away).astype(np.float32), cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)
    )


SPREADS: dict[str, Callable[[random.Random], Grey]] = {
    "deep shadow": lambda c: spread(c, shadow=0.4, soft=0.03, numbers="none"),
    "light shadow": lambda c: spread(c, shadow=0.13, soft=0.03, numbers="none"),
    "shadow, small print": lambda c: spread(c, shadow=0.3, size=10, numbers="none", margin=0.03),
    "shadow, askew": lambda c: _tilted(spread(c, shadow=0.3), 1.5),
    "shadow, curled": lambda c: _curled(spread(c, shadow=0.3)),
    "shadow, on its head": lambda c: spread(c, shadow=0.3)[::-1, ::-1].copy(),
    "no shadow, numbers outside": lambda c: spread(c),
    "no shadow, numbers below": lambda c: spread(c, numbers="middle"),
    "no shadow, small print": lambda c: spread(c, size=10),
}


def _columns(chance: random.Random, *, count: int, head: bool, rule: int, foot: str, shadow: float = 0.0) -> Grey:
    """An article, or a newspaper."""
    sheet = _Sheet(chance, 1000, 700)
    if head:
        sheet.text(60, 20, "The harbour news   of this Friday", 34)
    top, wide, gap, size = 80 if head else 40, 900 / count, chance.uniform(8, 40), chance.choice((10, 12, 14))
    for column in range(count):
        x = 50 + column * wide
        sheet.prose((x + gap / 2, top, x + wide - gap / 2, 630), size)
        if rule and column:
            sheet.pen.rectangle((x - rule / 2, top, x + rule / 2, 630), 90)
    if foot in ("middle", "right"):
        sheet.text({"middle": 495, "right": 930}[foot], 660, "7", 13)
    if foot == "both":  # a date and a number
        sheet.text(60, 660, "20.11.2026", 13)
        sheet.text(930, 660, "12", 13)
    return sheet.done(shadow)


def _table(chance: random.Random, *, ruled: bool, gap: bool, shadow: float = 0.0) -> Grey:
    """Numbers in columns; with a gap there is none in the middle."""
    sheet, columns = _Sheet(chance, 1000, 700), chance.choice((4, 6, 8))
    for row in range(30):
        y = 50 + 20 * row
        for column in range(columns):
            if not (gap and column == columns // 2):
                said = str(chance.randrange(10, 99999)) if column else chance.choice(_WORDS)
                sheet.text(50 + 880 / columns * column, y, said, 12)
        if ruled:
            sheet.pen.line((45, y - 2, 955, y - 2), 90, 1)
    return sheet.done(shadow)


def _compared(chance: random.Random, *, ruled: bool) -> Grey:
    """Sentences side by side."""
    sheet, y = _Sheet(chance, 1000, 700), 50.0
    while y < 620:
        lines = chance.randint(1, 3)
        for line in range(lines):
            for x in (55, 515):
                sheet.text(x, y + 17 * line, " ".join(chance.choices(_WORDS, k=chance.randint(6, 8))), 12)
        y += 17 * lines + 10
        if ruled:
            sheet.pen.line((45, y - 5, 955, y - 5), 90, 1)
    if ruled:
        sheet.pen.line((500, 45, 500, y), 90, 1)
    return sheet.done()


def _slide(chance: random.Random, *, bar: int) -> Grey:
    sheet = _Sheet(chance, 1000, 562)
    sheet.text(50, 30, "Results of the quarter", 36)
    for x in (55, 530):
        y = 115.0
        for _ in range(chance.randint(5, 9)):
            sheet.text(x, y, "• " + " ".join(chance.choices(_WORDS, k=chance.randint(3, 6))), 18)
            y += chance.choice((32, 46))
    sheet.pen.rectangle((500 - bar / 2, 100, 500 + bar / 2, 510), chance.choice((40, 120, 200)))
    sheet.text(30, 530, str(chance.randint(1, 30)), 12)
    sheet.text(940, 530, "2026", 12)
    return sheet.done()


def _wide(chance: random.Random, *, shadow: float) -> Grey:
    """One text as wide as the sheet, which was folded."""
    sheet = _Sheet(chance, 1000, 700)
    sheet.prose((70, 70, 930, 630), 15)
    return sheet.done(shadow)


def _scene(chance: random.Random) -> Grey:
    values = np.random.default_rng(chance.randrange(2**30)).integers(0, 255, (8, 11), dtype=np.uint8)
    return np.asarray(cv2.resize(values, (1000, 720), interpolation=cv2.INTER_CUBIC))


SINGLES: dict[str, Callable[[random.Random], Grey]] = {
    **{
        f"article {rule} {foot}": lambda c, r=rule, f=foot: _columns(c, count=2, head=False, rule=r, foot=f)
        for rule in (0, 1, 6)
        for foot in ("", "middle", "right", "both")
    },
    **{
        f"newspaper {count} {shadow}": lambda c, n=count, s=shadow: _columns(
            c, count=n, head=True, rule=1, foot="", shadow=s
        )
        for count in (2, 3, 5)
        for shadow in (0.0, 0.25)
    },
    **{
        f"table {ruled} {gap} {shadow}": lambda c, r=ruled, g=gap, s=shadow: _table(c, ruled=r, gap=g, shadow=s)
        for ruled in (False, True)
        for gap in (False, True)
        for shadow in (0.0, 0.25)
    },
    **{f"compared {ruled}": lambda c, r=ruled: _compared(c, ruled=r) for ruled in (False, True)},
    **{f"slide {bar}": lambda c, b=bar: _slide(c, bar=b) for bar in (0, 2, 20, 60)},
    **{f"wide {shadow}": lambda c, s=shadow: _wide(c, shadow=s) for shadow in (0.0, 0.3)},
    "scene": _scene,
}


def of_corpus(evaldata: Path) -> Iterator[tuple[str, Grey]]:
    """Pictures of the corpus that are as wide as two pages, by name; none shows two pages of a book."""
    for file in sorted(evaldata.rglob("*")):
        if file.suffix.lower() not in _SUFFIXES or "hostile" in file.parts:
            continue
        with Image.open(file) as opened:
            for frame in range(getattr(opened, "n_frames", 1)):
                opened.seek(frame)
                if is_wide(*(image := ImageOps.exif_transpose(opened)).size):
                    image.thumbnail((LONGEST, LONGEST))
                    yield f"{file.name} {frame + 1}", np.asarray(image.convert("L"))


def counted(drawn: dict[str, Callable[[random.Random], Grey]], each: int) -> tuple[int, list[str]]:
    """How many pictures were looked at, and the names of those that are taken for two pages."""
    split = [
        f"{name}, {seed}"
        for name, draw in drawn.items()
        for seed in range(each)
        if gutter_of(draw(random.Random(seed)))
    ]
    return each * len(drawn), split
