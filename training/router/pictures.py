"""Pictures to fit the router on: drawn and typeset here, and gathered from archives; all of them more or less worn."""

from __future__ import annotations

import gzip
import json
import lzma
import random
import subprocess
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
from benchmarks.drawn import WORDS
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

# a letter that fonts of a script must have, and the letters drawn where there are no words of it
SCRIPTS = {"Taml": 0xB85, "Deva": 0x905, "Arab": 0x627, "Hebr": 0x5D0, "Thai": 0xE01, "Beng": 0x985, "Kore": 0xAC00}


def worn(picture: Image.Image, dice: random.Random) -> Image.Image:
    """In any size, with any margins, as a scanner, a camera or a screen has it; a third only cut and scaled."""
    picture = _scaled(_cut(picture.convert("RGB"), dice), dice)
    if dice.random() < 0.35:
        return picture
    if dice.random() < 0.25:
        picture = picture.rotate(dice.uniform(-1.2, 1.2), Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    if dice.random() < 0.5:
        picture = picture.filter(ImageFilter.GaussianBlur(dice.uniform(0.3, 1.2)))
    pixels = np.asarray(picture, float)
    if dice.random() < 0.3:
        pixels = pixels.mean(2, keepdims=True).repeat(3, 2)
    paper = np.array([dice.uniform(185, 255)] * 3) - np.array([0, dice.uniform(0, 10), dice.uniform(0, 35)])
    noise = np.random.default_rng(dice.randint(0, 2**31)).normal(0, dice.uniform(0, 9), pixels.shape[:2])
    pixels = (255 - (255 - pixels) * dice.uniform(0.65, 1)) / 255 * paper + noise[..., None]
    if dice.random() < 0.12:
        pixels = np.where(pixels.mean(2, keepdims=True) < 0.65 * paper.mean(), 0.0, 255.0).repeat(3, 2)
    out = BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(out, "JPEG", quality=dice.randint(35, 95))
    return Image.open(out).convert("RGB")


def _cut(picture: Image.Image, dice: random.Random) -> Image.Image:
    """To its ink, and some paper around."""
    corner = picture.getpixel((0, 0))
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, corner)).convert("L").point(
        lambda v: 255 * (v > 40)
    ).getbbox()  # fmt: skip
    if box is None:
        return picture
    inner = picture.crop(box)
    side = min(inner.width, inner.height)
    margins = [round(dice.choice((0, 0.03, 0.1, 0.3)) * min(side, 80) + dice.uniform(0, 6)) for _ in range(4)]
    sheet = Image.new("RGB", (inner.width + margins[0] + margins[2], inner.height + margins[1] + margins[3]), corner)
    sheet.paste(inner, (margins[0], margins[1]))
    return sheet


def _scaled(picture: Image.Image, dice: random.Random) -> Image.Image:
    factor = dice.choice((1, 1, 1, dice.uniform(0.6, 1), dice.uniform(1, 1.9)))
    factor = min(factor, 2000 / max(picture.size))
    size = max(24, round(picture.width * factor)), max(16, round(picture.height * factor))
    return picture.resize(size, dice.choice((Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)))


def gathered(archive: Path, count: int, seed: int) -> Iterator[Image.Image]:
    """Pictures of a ZIP."""
    with ZipFile(archive) as pack:
        names = [n for n in pack.namelist() if n.lower().endswith((".png", ".jpg", ".webp"))]
        for name in random.Random(seed).sample(names, min(count, len(names))):
            with pack.open(name) as file:
                yield Image.open(file).convert("RGB")


def collages(archive: Path, count: int, seed: int) -> Iterator[Image.Image]:
    """Large photographs, in want of any: small ones side by side, blurred together, with light falling on them."""
    dice, tiles = random.Random(seed), list(gathered(archive, 400, seed))
    for _ in range(count):
        width, height = dice.randint(300, 1300), dice.randint(240, 800)
        sheet = Image.new("RGB", (width, height), tuple(dice.randint(0, 220) for _ in range(3)))
        for _ in range(dice.randint(6, 40)):
            tile = dice.choice(tiles)
            size = dice.randint(60, width), dice.randint(40, height)
            sheet.paste(tile.resize(size), (dice.randint(-80, width), dice.randint(-60, height)))
        pixels = np.asarray(sheet.filter(ImageFilter.GaussianBlur(dice.uniform(0.5, 3))), float)
        x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        light = 1 + 0.35 * (x * dice.uniform(-1, 1) + y * dice.uniform(-1, 1))
        yield Image.fromarray((pixels * light[..., None]).clip(0, 255).astype(np.uint8))


@cache
def _fonts(letter: int) -> list[str]:
    command = ["fc-list", f":charset={letter:x}", "file"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted(name.split(":")[0] for name in listed if "Emoji" not in name and "Symbols" not in name)


def texts(count: int, seed: int) -> Iterator[Image.Image]:
    """Lines, paragraphs and pages in the fonts of the system."""
    dice = random.Random(seed)
    for _ in range(count):
        yield _text(dice)


def _words(dice: random.Random, script: str, count: int) -> str:
    if script in WORDS:
        found = dice.choices(WORDS[script].split(), k=count)
        found = [dice.choice((x, x, x, x.capitalize(), x.upper(), f"{x},", f"{dice.randint(1, 2030)}")) for x in found]
        return ("" if script == "Hans" else " ").join(found)
    first = SCRIPTS[script]
    reach = 600 if script == "Kore" else 30
    return " ".join(
        "".join(chr(first + dice.randint(0, reach)) for _ in range(dice.randint(2, 8))) for _ in range(count)
    )


def _text(dice: random.Random) -> Image.Image:
    script = dice.choice(("Latn", "Latn", "Latn", "Latn", "Cyrl", "Grek", "Hans", *SCRIPTS))
    letter = SCRIPTS.get(script) or ord(WORDS[script][0])
    rows = dice.choice((1, 1, 1, 1, 1, 2, 3, 5, 9, 20, 40))
    size = dice.randint(14, 52) if rows < 9 else dice.randint(11, 22)
    font = ImageFont.truetype(dice.choice(_fonts(letter)), size)
    long = dice.randint(1, 11) if rows < 9 else dice.randint(7, 14)
    lines = [_words(dice, script, max(1, long + dice.randint(-1, 1))) for _ in range(rows)]
    pitch, ink = size * dice.uniform(1.15, 1.9), (dice.randint(0, 70),) * 3
    width = int(max(font.getlength(line) for line in lines)) + 40
    sheet = Image.new("RGB", (min(width, 2400), int(rows * pitch + 1.2 * size) + 30), "white")
    pen = ImageDraw.Draw(sheet)
    for n, line in enumerate(lines):
        indent = 40 if rows > 4 and dice.random() < 0.12 else 0
        if rows > 6 and dice.random() < 0.12:
            line = line[: len(line) // 3]
        pen.text((14 + indent, 10 + n * pitch), line, ink, font)
        if dice.random() < 0.02:
            pen.line((14, 12 + n * pitch + 1.2 * size, 14 + font.getlength(line), 12 + n * pitch + 1.2 * size), ink, 1)
    return sheet


def tables(count: int, seed: int) -> Iterator[Image.Image]:
    """Tables with and without rules; heads and stripes of colour on some."""
    from training.tables.drawn import drawn

    dice = random.Random(seed)
    for n in range(count):
        picture = drawn(seed * 10_000 + n).picture.convert("RGB")
        yield _tinted(picture, dice) if dice.random() < 0.3 else picture


def _tinted(picture: Image.Image, dice: random.Random) -> Image.Image:
    colour = np.array(dice.choice(((60, 90, 160), (255, 240, 120), (200, 200, 200), (220, 235, 250), (30, 120, 90))))
    pixels = np.asarray(picture, float).copy()
    height = len(pixels)
    bands = [(0.0, 0.12)] if dice.random() < 0.6 else [(n / 8, n / 8 + 0.06) for n in range(8)]
    for first, last in bands:
        part = pixels[int(first * height) : int(last * height) + 1]
        part[:] = (
            part / 255 * colour if colour.mean() > 150 else 255 - (255 - part) / 255 * 0 - (255 - colour) * (part > 128)
        )
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def charts(count: int, seed: int) -> Iterator[Image.Image]:
    """As `benchmarks.drawn_charts` draws them, with other dice."""
    from benchmarks.drawn_charts import charts as made

    for chart in made(count, seed):
        yield Image.fromarray(chart.image)


def figures(count: int, seed: int) -> Iterator[Image.Image]:
    """As `benchmarks.drawn_figures` draws them, with other dice; a quarter with arrows, waves and hatching added."""
    from benchmarks.drawn_figures import figures as made

    dice = random.Random(seed)
    for figure in made(count, seed):
        picture = Image.fromarray(figure.image)
        yield _diagram(picture, dice) if dice.random() < 0.3 else picture


def _diagram(picture: Image.Image, dice: random.Random) -> Image.Image:
    pen, (width, height) = ImageDraw.Draw(picture), picture.size
    colour = dice.choice(("black", "#1f4fa0", "#a02020", "gray"))
    for _ in range(dice.randint(1, 4)):
        x, y = dice.uniform(0.1, 0.7) * width, dice.uniform(0.1, 0.9) * height
        long, high, waves = dice.uniform(0.2, 0.5) * width, dice.uniform(3, 0.08 * height + 4), dice.uniform(1, 9)
        steps = np.linspace(0, 1, 80)
        if dice.random() < 0.5:
            pen.line([(x + long * t, y + high * np.sin(6.3 * waves * t)) for t in steps], colour, 2)
        else:
            end = x + long, y + dice.uniform(-0.3, 0.3) * height
            pen.line((x, y, *end), colour, 2)
            pen.polygon([end, (end[0] - 11, end[1] - 5), (end[0] - 11, end[1] + 5)], colour)
    if dice.random() < 0.3:
        points = [(dice.uniform(0.2, 0.8) * width, dice.uniform(0.2, 0.8) * height) for _ in range(4)]
        pen.polygon(points, dice.choice(("#d8e2f0", "#e5e5e5", "#f5dcdc")), colour)
    return picture


def formulas(labels: Path, count: int, seed: int) -> Iterator[Image.Image]:
    """Formulas of a list (`source<tab>LaTeX`, gzip) as Matplotlib sets them; those it cannot are left out."""
    from matplotlib import figure
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    dice, made = random.Random(seed), 0
    with gzip.open(labels, "rt", encoding="utf-8") as file:
        listed = [line.rstrip("\n").split("\t")[-1] for line in file]
    while made < count:
        latex = dice.choice(listed)
        if len(latex) > 240:
            continue
        sheet = figure.Figure(figsize=(16, 2.6), dpi=dice.choice((60, 80, 110)))
        canvas = FigureCanvasAgg(sheet)
        family = dice.choice(("cm", "cm", "stix", "dejavuserif"))
        sheet.text(0.02, 0.45, f"${latex}$", fontsize=dice.uniform(14, 26), math_fontfamily=family)
        try:
            canvas.draw()
        except Exception:
            continue
        made += 1
        yield Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())


def molecules(labels: Path, count: int, seed: int) -> Iterator[Image.Image]:
    """Molecules of a list (`source<tab>SMILES`, gzip) as RDKit draws them, half of them in colours."""
    from rdkit import Chem, RDLogger
    from rdkit.Chem import Draw

    RDLogger.DisableLog("rdApp.*")
    dice = random.Random(seed)
    with gzip.open(labels, "rt", encoding="utf-8") as file:
        listed = [line.split()[-1] for line in file]
    made = 0
    while made < count:
        molecule = Chem.MolFromSmiles(dice.choice(listed))
        if molecule is None or not 5 < molecule.GetNumAtoms() < 60:
            continue
        made += 1
        side = dice.randint(180, 600)
        pen = Draw.MolDraw2DCairo(side, round(side * dice.uniform(0.6, 1)))
        options: Any = pen.drawOptions()
        if dice.random() < 0.5:
            options.useBWAtomPalette()
        options.rotate = dice.uniform(0, 360)
        Draw.PrepareAndDrawMolecule(pen, molecule)
        pen.FinishDrawing()
        yield Image.open(BytesIO(pen.GetDrawingText())).convert("RGB")


def scores(packs: list[Path], count: int, seed: int) -> Iterator[Image.Image]:
    """Excerpts of packs (`kern_*.jsonl.xz`) as Verovio engraves them."""
    import resvg_py
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    dice, kit = random.Random(seed), verovio.toolkit()
    listed = [row for pack in packs for row in lzma.decompress(pack.read_bytes()).decode().splitlines()[::23]]
    made = 0
    while made < count:
        kern = json.loads(dice.choice(listed))["kern"].rstrip("\n")
        spines = kern.splitlines()[-1].count("\t") + 1
        kit.setOptions({
            "font": dice.choice(("Leipzig", "Bravura", "Leland", "Petaluma")), "adjustPageHeight": True,
            "footer": "none", "adjustPageWidth": True, "header": "none",
            "pageWidth": dice.randint(900, 4000), "scale": 60,
        })  # fmt: skip
        if not kit.loadData("!!!filter: autobeam\n" + kern + "\n" + "\t".join(["*-"] * spines) + "\n"):
            continue
        made += 1
        drawn = resvg_py.svg_to_bytes(svg_string=kit.renderToSVG(1), background="white", zoom=dice.choice((1, 1, 2)))
        yield Image.open(BytesIO(bytes(drawn))).convert("RGB")
