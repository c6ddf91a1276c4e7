"""Pictures to fit the router on: drawn here, and the folders of labelled ones given."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_TEXT = """the of a report measured in spring shows that prices rose while wages did not keep pace with them and most
towns lost people to the coast Table Figure 12 2024 see also page new results from our survey were printed last
year"""
WORDS = _TEXT.split()


def drawn(kind: str, count: int, seed: int) -> Iterator[Image.Image]:
    """Pictures of a kind that is easily drawn: text, table, chart, geometry, score."""
    dice = random.Random(seed)
    make = {"text": _text, "table": _table, "chart": _chart, "geometry": _geometry, "score": _score}[kind]
    for _ in range(count):
        yield _worn(make(dice), dice)


def _worn(picture: Image.Image, dice: random.Random) -> Image.Image:
    """As a scanner or a camera would have it, more or less; a third stay as they are."""
    if dice.random() < 0.35:
        return picture
    if dice.random() < 0.6:
        picture = picture.filter(ImageFilter.GaussianBlur(dice.uniform(0.3, 1.1)))
    pixels = np.asarray(picture, float)
    paper = np.array([dice.uniform(200, 255)] * 3) - np.array([0, dice.uniform(0, 8), dice.uniform(0, 25)])
    noise = np.random.default_rng(dice.randint(0, 2**31)).normal(0, dice.uniform(0, 7), pixels.shape)
    return Image.fromarray((pixels / 255 * paper + noise).clip(0, 255).astype(np.uint8))


def gathered(archive: Path, count: int, seed: int) -> Iterator[Image.Image]:
    """Pictures of a ZIP."""
    with ZipFile(archive) as pack:
        names = [n for n in pack.namelist() if n.lower().endswith((".png", ".jpg", ".webp"))]
        for name in random.Random(seed).sample(names, min(count, len(names))):
            with pack.open(name) as file:
                yield Image.open(file).convert("RGB")


def _font(dice: random.Random, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)  # type: ignore[return-value]


def _sentence(dice: random.Random, least: int, most: int) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(dice.randint(least, most)))


def _text(dice: random.Random) -> Image.Image:
    size, rows = dice.randint(10, 40), dice.choice((1, 1, 1, 2, 4, 9, 20, 40, 55))
    size = min(size, 24) if rows > 9 else size
    lines = [_sentence(dice, *((1, 9) if rows < 20 else (7, 14))) for _ in range(rows)]
    font = _font(dice, size)
    width = max(int(font.getlength(line)) for line in lines) + 16
    sheet = Image.new("RGB", (width, int(rows * size * 1.4) + 14), "white")
    for n, line in enumerate(lines):
        ImageDraw.Draw(sheet).text((8, 6 + n * size * 1.4), line, (dice.randint(0, 60),) * 3, font)
    return sheet


def _table(dice: random.Random) -> Image.Image:
    rows, columns, size = dice.randint(3, 12), dice.randint(2, 7), dice.randint(10, 18)
    wide, high = dice.randint(60, 120), int(size * dice.uniform(1.6, 2.4))
    sheet = Image.new("RGB", (columns * wide + 20, rows * high + 20), "white")
    pen, font = ImageDraw.Draw(sheet), _font(dice, size)
    style = dice.choice(("grid", "grid", "rows", "head", "bare"))
    for n in {"head": (0, 1, rows), "bare": ()}.get(style, range(rows + 1)):
        pen.line((10, 10 + n * high, 10 + columns * wide, 10 + n * high), "black", dice.randint(1, 2))
    for n in range(columns + 1) if style == "grid" else ():
        pen.line((10 + n * wide, 10, 10 + n * wide, 10 + rows * high), "black", 1)
    for row in range(rows):
        for column in range(columns):
            text = str(dice.randint(0, 99999)) if dice.random() < 0.6 else dice.choice(WORDS)
            pen.text((14 + column * wide, 12 + row * high), text, "black", font)
    return sheet


def _chart(dice: random.Random) -> Image.Image:
    from matplotlib import figure
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    sheet = figure.Figure(figsize=(dice.uniform(2.5, 7), dice.uniform(2, 5)), dpi=dice.randint(60, 130))
    canvas, axes = FigureCanvasAgg(sheet), sheet.add_subplot()
    count = dice.randint(3, 14)
    values = [dice.uniform(1, 100) for _ in range(count)]
    names = [dice.choice(WORDS)[:6] + str(n) for n in range(count)]
    kind = dice.choice(("bar", "barh", "line", "line", "scatter", "pie", "hist"))
    if kind in ("bar", "barh"):
        getattr(axes, kind)(names, values, color=dice.choice(("tab:blue", "tab:red", "tab:green", "0.4")))
    elif kind == "line":
        for _ in range(dice.randint(1, 4)):
            axes.plot([dice.uniform(1, 100) for _ in range(count)], dice.choice(("-", "o-", "--", "k-")))
    elif kind == "scatter":
        axes.scatter([dice.uniform(0, 9) for _ in range(5 * count)], [dice.uniform(0, 9) for _ in range(5 * count)])
    elif kind == "pie":
        axes.pie(values[:6], labels=names[:6])
    else:
        axes.hist([dice.gauss(0, 1) for _ in range(300)], bins=count)
    if kind != "pie" and dice.random() < 0.5:
        axes.grid(True)
    if dice.random() < 0.3:
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    axes.set_xlabel(dice.choice(WORDS))
    sheet.tight_layout()
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())


def _geometry(dice: random.Random) -> Image.Image:
    width, height = dice.randint(180, 500), dice.randint(160, 420)
    sheet = Image.new("RGB", (2 * width, 2 * height), "white")
    pen, font = ImageDraw.Draw(sheet), _font(dice, 2 * dice.randint(12, 22))
    colour, thick = dice.choice(("black", "black", "#005aa0", "#333")), 2 * dice.randint(1, 3)
    points = [
        (dice.uniform(0.1, 0.9) * 2 * width, dice.uniform(0.12, 0.88) * 2 * height) for _ in range(dice.randint(3, 6))
    ]
    for one, other in zip(points, [*points[1:], points[0]], strict=True):
        pen.line((*one, *other), colour, thick)
    for _ in range(dice.randint(0, 2)):
        x, y, r = (
            dice.uniform(0.3, 0.7) * 2 * width,
            dice.uniform(0.3, 0.7) * 2 * height,
            dice.uniform(0.1, 0.4) * 2 * height,
        )
        pen.ellipse((x - r, y - r, x + r, y + r), None, colour, thick)
    for n, (x, y) in enumerate(points):
        pen.text((x + 8, y - 30), "ABCDEFG"[n], "black", font)
    for _ in range(dice.randint(0, 3)):
        pen.text(
            (dice.uniform(0.2, 0.8) * 2 * width, dice.uniform(0.2, 0.8) * 2 * height),
            f"{dice.randint(2, 99)}",
            "black",
            font,
        )
    return sheet.resize((width, height), Image.Resampling.LANCZOS)


def _score(dice: random.Random) -> Image.Image:
    space, staves, width = dice.randint(5, 12), dice.randint(1, 4), dice.randint(300, 900)
    height = staves * 12 * space + 20
    sheet = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(sheet)
    for staff in range(staves):
        top = 10 + staff * 12 * space + 3 * space
        for n in range(5):
            pen.line((8, top + n * space, width - 8, top + n * space), "black", 1)
        for x in range(30, width - 30, dice.randint(18, 40)):
            y = top + dice.randint(-2, 10) * space / 2
            pen.ellipse((x, y - space / 2, x + 1.3 * space, y + space / 2), "black")
            pen.line((x + 1.3 * space, y, x + 1.3 * space, y - 3.5 * space), "black", 1)
    return sheet
