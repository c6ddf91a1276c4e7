"""Clean strips to windows as scanners, cameras and other engravers would give them, with the grid they are read as."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from training.score.engraved import ABOVE, DRAWN

from legenda.notation.score import symbols

WIDTH = 256  # px of a window
_WORDS = [
    "p",
    "f",
    "mf",
    "pp",
    "ff",
    "cresc.",
    "dim.",
    "rit.",
    "dolce",
    "legato",
    "Allegro",
    "Andante",
    "Adagio",
    "poco",
    "a",
    "Tempo",
    "I.",
    "II.",
    "12",
    "7",
    "4",
    "3",
    "1",
    "Ah!",
    "lo-",
    "ve",
    "and",
    "the",
    "Ky-",
    "ri-",
    "e",
    "lei-",
    "son",
    "san-",
    "ctus",
    "Glo-",
    "ri-",
    "a",
    "ist",
    "das",
    "Herz",
    "mein",
    "Lie-",
    "be",
    "quand",
    "je",
    "vous",
    "sempre",
    "Ped.",
    "*",
    "tr",
    "sf",
    "fz",
    "8va",
    "espressivo",
    "con",
    "moto",
    "più",
    "mosso",
]


@dataclass(frozen=True, slots=True)
class Window:
    """A training example.

    Attributes:
        ink: float32, [HEIGHT, WIDTH], 0 paper to 1 ink.
        grid: int64, [ROWS, WIDTH / CELL], the class of each cell, -1 where it does not matter.
        cells: int64, [symbols, 2], row and column of those that have traits.
        traits: int64, [symbols, traits], -1 where one does not apply.
    """

    ink: Any
    grid: Any
    cells: Any
    traits: Any


def window(strip: Any, marks: Any, other: Callable[[], Any], rng: random.Random, *, clean: bool = False) -> Window:
    """Cut a window out of a strip and spoil it.

    Args:
        strip: uint8, [2 * ABOVE * DRAWN, width], paper 255.
        marks: float32, [symbols, 3 + traits] (`training.score.render.packed`).
        other: gives a strip whose staff may be put above or below.
        rng: what is done to it.
        clean: nothing is done to it.
    """
    import cv2

    stretch, grow = (1.0, 1.0) if clean else (rng.uniform(0.82, 1.2), rng.uniform(0.95, 1.05))
    wide = WIDTH / symbols.SPACE / stretch  # spaces
    left = rng.uniform(-3, max(-2.9, strip.shape[1] / DRAWN - wide + 3))
    cut = _slice(strip, round((left - 2) * DRAWN), round((wide + 4) * DRAWN))
    origin = round((left - 2) * DRAWN) / DRAWN
    if not clean:
        cut = _company(cut, other, rng)
        cut = _weight(cut, rng)
    scale, spoilt = (1.0, cut) if clean else _scanned(cut, rng)
    turn = 0.0 if clean else rng.gauss(0, 0.006)
    lift = 0.0 if clean else rng.uniform(-0.18, 0.18)
    a, b = stretch * symbols.SPACE, grow * symbols.SPACE  # px of the window a space
    # window px to source spaces: x = origin + ..., y from the middle line
    columns, rows = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(symbols.HEIGHT, dtype=np.float32))
    middle = symbols.MIDDLE * symbols.CELL + symbols.CELL / 2 - 0.5
    wave = 0.0 if clean or rng.random() < 0.6 else rng.uniform(0, 0.25)
    bend = wave * np.sin(columns / rng.uniform(40, 160) + rng.uniform(0, 6)) + lift
    down = (rows - middle) / b - bend - turn * (columns - WIDTH / 2) / b
    across = columns / a + left + turn * (rows - middle) / a
    per = DRAWN * scale
    ink = cv2.remap(
        spoilt,
        ((across - origin) * per + (scale - 1) / 2).astype(np.float32),
        ((down + ABOVE) * per + (scale - 1) / 2).astype(np.float32),
        cv2.INTER_LINEAR if scale < 0.9 else cv2.INTER_AREA,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=255,
    )
    return Window(1 - ink.astype(np.float32) / 255, *_grid(marks, left, a, turn))


def _grid(marks: Any, left: float, a: float, turn: float) -> tuple[Any, Any, Any]:
    grid = np.zeros((symbols.ROWS, WIDTH // symbols.CELL), np.int64)
    rows = symbols.row(0) - marks[:, 2].astype(int)
    drift = turn * (rows - symbols.MIDDLE) * symbols.CELL
    columns = np.floor(((marks[:, 1] - left) * a - drift) / symbols.CELL).astype(int)
    inside = (columns >= 0) & (columns < grid.shape[1])
    # beside the edge a symbol is cut in two, and may be seen or not
    for r, c in zip(rows, columns, strict=True):
        for beside in (c - 1, c, c + 1):
            if 0 <= beside < grid.shape[1] and grid[r, beside] == 0:
                grid[r, beside] = -1
    grid[rows[inside], columns[inside]] = marks[inside, 0].astype(int)
    grid[:, :2][grid[:, :2] > 0] = -1
    grid[:, -2:][grid[:, -2:] > 0] = -1
    taken = inside & (columns > 1) & (columns < grid.shape[1] - 2) & (marks[:, 3:] >= 0).any(1)
    return grid, np.stack([rows[taken], columns[taken]], 1), marks[taken, 3:].astype(np.int64)


def _slice(strip: Any, x: int, width: int) -> Any:
    out = np.full((strip.shape[0], width), 255, np.uint8)
    begin, end = max(0, x), min(strip.shape[1], x + width)
    if end > begin:
        out[:, begin - x : end - x] = strip[:, begin:end]
    return out


def _company(cut: Any, other: Callable[[], Any], rng: random.Random) -> Any:
    """Another staff above or below, words, hairpins."""
    import cv2

    cut = cut.copy()
    if rng.random() < 0.25:
        shift = rng.choice((-1, 1)) * round(rng.uniform(9.5, 14) * DRAWN)
        beside = np.roll(_slice(other(), rng.randint(0, 400), cut.shape[1]), shift, 0)
        if shift > 0:
            beside[:shift] = 255
        else:
            beside[shift:] = 255
        beside[round((ABOVE - 5.5) * DRAWN) : round((ABOVE + 5.5) * DRAWN)] = 255
        cut = np.minimum(cut, beside)
    for _ in range(rng.choice((0, 0, 0, 1, 2, 5))):
        word = rng.choice(_texts())
        y = round((ABOVE + rng.choice((-1, 1)) * rng.uniform(3.6, 9)) * DRAWN)
        x = rng.randint(0, cut.shape[1] - 10)
        part = cut[y : y + word.shape[0], x : x + word.shape[1]]
        np.minimum(part, word[: part.shape[0], : part.shape[1]], out=part)
    if rng.random() < 0.1:
        x, y = rng.randint(0, cut.shape[1]), round((ABOVE + rng.choice((-1, 1)) * rng.uniform(4, 8)) * DRAWN)
        far, open_ = x + rng.randint(30, 200), rng.randint(3, 10)
        for side in (-1, 1):
            cv2.line(cut, (x, y), (far, y + side * open_), 0, rng.choice((1, 2)), cv2.LINE_AA)
    return cut


def _weight(cut: Any, rng: random.Random) -> Any:
    """Bolder or finer print, and lines that are broken."""
    import cv2

    choice = rng.random()
    if choice < 0.2:
        cut = cv2.erode(cut, np.ones(rng.choice(((2, 1), (1, 2), (2, 2))), np.uint8))
    elif choice < 0.27:
        cut = cv2.dilate(cut, np.ones(rng.choice(((2, 1), (1, 2))), np.uint8))
    if rng.random() < 0.08:
        grain = cv2.resize(np.random.default_rng(rng.getrandbits(32)).random((60, 60), np.float32), cut.shape[::-1])
        cut = np.where(grain > rng.uniform(0.72, 0.9), 255, cut).astype(np.uint8)
    return cut


def _scanned(cut: Any, rng: random.Random) -> tuple[float, Any]:
    """Coarser, blurred, noisy, uneven, black and white; with how much smaller it became."""
    import cv2

    scale = 1.0 if rng.random() < 0.3 else rng.uniform(0.46, 0.9)
    if scale < 1:
        size = (round(cut.shape[1] * scale), round(cut.shape[0] * scale))
        cut = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
    grey = cut.astype(np.float32)
    if rng.random() < 0.5:
        sigma = rng.uniform(0.25, 1.1) * max(scale, 0.6)
        grey = cv2.GaussianBlur(grey, (0, 0), sigma)
    noise = np.random.default_rng(rng.getrandbits(32))
    black = rng.random() < 0.25
    if black or rng.random() < 0.35:
        grey += noise.standard_normal(grey.shape, np.float32) * rng.uniform(3, 45 if black else 30)
    if black:
        grey = np.where(grey < rng.uniform(110, 200), 0.0, 255.0).astype(np.float32)
        if rng.random() < 0.5:
            grey = cv2.GaussianBlur(grey, (0, 0), 0.5)
    elif rng.random() < 0.4:
        paper, ink = rng.uniform(170, 255), rng.uniform(0, 90)
        grey = ink + (paper - ink) * grey / 255
        grey += cv2.resize(noise.standard_normal((3, 5), np.float32) * rng.uniform(0, 14), grey.shape[::-1])
        # as it is read, ink and paper are told apart by their levels
        grey = np.clip((grey - ink) / max(60.0, paper - ink), 0, 1.1) * 255
    spoilt = np.clip(grey, 0, 255).astype(np.uint8)
    if rng.random() < 0.12:
        jpeg = cv2.imencode(".jpg", spoilt, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(30, 75)])[1]
        spoilt = cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE)
    return scale, spoilt


@cache
def _texts() -> list[Any]:
    """Words in the fonts of the system."""
    from PIL import Image, ImageDraw, ImageFont

    rng = random.Random(0)
    fonts = [str(x) for x in Path("/usr/share/fonts").rglob("*.ttf") if x.name.startswith(("DejaVu", "Liberation"))]
    made = []
    for _ in range(250):
        size = rng.randint(11, 24)
        font: Any = ImageFont.truetype(rng.choice(fonts), size) if fonts else ImageFont.load_default(size)
        text = " ".join(rng.choice(_WORDS) for _ in range(rng.choice((1, 1, 2, 5))))
        picture = Image.new("L", (int(font.getlength(text)) + 4, size + 8), 255)
        ImageDraw.Draw(picture).text((2, 2), text, 0, font=font)
        made.append(np.asarray(picture))
    return made
