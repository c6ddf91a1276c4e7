"""Short lines of words in 29 scripts, drawn with system fonts and spoilt as scans and photographs are.

Words are names of places, languages, currencies and months in the Unicode Common Locale Data Repository (Unicode
licence), as babel carries them; letters at random for scripts it has no words in.
"""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Iterator
from functools import cache
from random import Random

import cv2
import numpy as np
from babel import Locale
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from legenda.engines.ppocr import strip
from legenda.engines.ppocr.strip import Strip
from legenda.engines.scripts import COMMON, script_of

# script: a letter its fonts must have, and the languages whose words are drawn
SCRIPTS = {
    "Latn": (
        0x41,
        "en de fr es it pt nl pl cs sk hu ro hr tr vi sv da nb fi et lv lt is ga sq az id ms sw mt eu ca cy",
    ),
    "Cyrl": (0x411, "ru uk bg sr mk be kk ky mn tg uz_Cyrl"),
    "Grek": (0x391, "el"),
    "Arab": (0x627, "ar fa ur ps ug ckb sd ks"),
    "Hebr": (0x5D0, "he yi"),
    "Deva": (0x905, "hi mr ne kok sa"),
    "Beng": (0x985, "bn as"),
    "Guru": (0xA05, "pa"),
    "Gujr": (0xA85, "gu"),
    "Orya": (0xB05, "or"),
    "Taml": (0xB85, "ta"),
    "Telu": (0xC05, "te"),
    "Knda": (0xC85, "kn"),
    "Mlym": (0xD05, "ml"),
    "Sinh": (0xD85, "si"),
    "Thai": (0xE01, "th"),
    "Laoo": (0xE81, "lo"),
    "Tibt": (0xF40, "bo dz"),
    "Mymr": (0x1000, "my"),
    "Khmr": (0x1780, "km"),
    "Geor": (0x10D0, "ka"),
    "Armn": (0x531, "hy"),
    "Ethi": (0x1200, "am ti"),
    "Hani": (0x4E2D, "zh zh_Hant ja yue"),
    "Kore": (0xAC00, "ko"),
    "Thaa": (0x780, ""),
    "Syrc": (0x710, "syr"),
    "Cher": (0x13A0, "chr"),
    "Cans": (0x1401, ""),
}
LETTERS = {"Thaa": (0x780, 0x7B1), "Cans": (0x1401, 0x1500)}
MEMBERS = {"Hani": {"Hani", "Hira", "Kana"}, "Kore": {"Hang"}}
UNSPACED = {"Hani", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"}


@cache
def words(script: str) -> list[str]:
    """Words of the languages of a script."""
    found = [word for name in SCRIPTS[script][1].split() for word in _words(Locale.parse(name))]
    own = MEMBERS.get(script, {script})
    kept = [word for word in found if (seen := {script_of(c) for c in word} - {COMMON, "Zinh"}) and seen <= own]
    return list(dict.fromkeys(kept)) or _letters(script)


def _words(locale: Locale) -> Iterator[str]:
    for names in (locale.territories, locale.languages, locale.scripts, locale.currencies, locale.variants):
        for name in names.values():
            yield from str(name).translate({ord(c): " " for c in "(),"}).split()
    for group in (locale.months, locale.days):
        for widths in group.values():
            for names in widths.values():
                yield from names.values()


def _letters(script: str) -> list[str]:
    random, points = Random(1), range(*LETTERS[script])
    letters = [chr(point) for point in points if unicodedata.category(chr(point)) in ("Lo", "Mn")]
    return ["".join(random.choices(letters, k=random.randint(2, 9))) for _ in range(400)]


@cache
def fonts(script: str) -> list[str]:
    """Files of the fonts that have a letter of the script."""
    command = ["fc-list", f":charset={SCRIPTS[script][0]:x}", "file"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted(name.split(":")[0] for name in listed if "Display" not in name)


def line(script: str, random: Random, *, turned: bool = False) -> Strip:
    """A line as the recognisers are shown it; `turned`: upside down."""
    text, size = _text(script, random), random.randint(14, 44)
    face = ImageFont.truetype(random.choice(fonts(script)), size)
    left, top, right, bottom = (int(x) for x in ImageDraw.Draw(Image.new("L", (1, 1))).textbbox((0, 0), text, face))
    width, height = right - left, bottom - top
    if not (4 <= width <= 2500 and height >= 4):
        return line(script, random, turned=turned)
    ink, paper = random.randint(0, 90), random.randint(170, 255)
    picture = Image.new("L", (width + 2 * size, height + 2 * size), paper)
    bold = random.choice((0, 0, 0, 1)) if size > 24 else 0
    ImageDraw.Draw(picture).text((size - left, size - top), text, ink, face, stroke_width=bold)
    pixels = spoilt(np.asarray(picture), (ink, paper), random)
    box = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) + size
    edges = np.array([[-0.15, -0.12], [0.15, -0.12], [0.15, 0.12], [-0.15, 0.12]], np.float32) * size
    shaken = np.array([[random.uniform(-1, 1) * 0.12 * size for _ in "xy"] for _ in box], np.float32)
    quad = (box + edges + shaken).astype(np.float32)
    return strip.cut(pixels, np.roll(quad, 2, axis=0) if turned else quad, random.choice((1.0, 0.82, 0.79)))


def _text(script: str, random: Random) -> str:
    space = "" if script in UNSPACED and random.random() < 0.8 else " "
    text = space.join(random.choices(words(script), k=random.choice((1, 2, 3, 5, 8))))
    if random.random() < 0.25:
        text += " " + random.choice(("12", "2024", "(3)", "1,50", "7.", "- 4"))
    if script != "Latn" and random.random() < 0.05:
        text += " " + random.choice(words("Latn"))
    return text.upper() if script in ("Latn", "Cyrl", "Grek") and random.random() < 0.2 else text


def spoilt(pixels: NDArray[np.uint8], colours: tuple[int, int], random: Random) -> NDArray[np.uint8]:
    """Blurred, noisy, compressed, thickened, thinned, cut to two levels, coarse: each now and then."""
    (ink, paper), noise = colours, np.random.default_rng(random.getrandbits(32))
    if random.random() < 0.4:
        pixels = cv2.GaussianBlur(pixels, (0, 0), random.uniform(0.4, 1.3))
    if random.random() < 0.4:
        pixels = _clipped(pixels + noise.normal(0, random.uniform(2, 18), pixels.shape))
    if random.random() < 0.4:
        written = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, random.randint(25, 80)])[1]
        pixels = cv2.imdecode(written, cv2.IMREAD_GRAYSCALE)
    if (chance := random.random()) < 0.35:
        change = cv2.dilate if chance < 0.15 else cv2.erode
        pixels = change(pixels, np.ones((2, 2), np.uint8))
    if (chance := random.random()) < 0.2:
        level = int(ink + (paper - ink) * random.uniform(0.35, 0.75))
        pixels = cv2.threshold(cv2.GaussianBlur(pixels, (0, 0), 0.6), level, 255, cv2.THRESH_BINARY)[1]
    elif chance < 0.4:
        stains = cv2.GaussianBlur(noise.normal(0, 1, pixels.shape), (0, 0), random.uniform(1, 4))
        pixels = _clipped(pixels + stains / stains.std() * random.uniform(5, 30))
    if random.random() < 0.3:
        scale, size = random.uniform(0.35, 0.8), pixels.shape[::-1]
        coarse = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        pixels = cv2.resize(coarse, size)
    return np.asarray(pixels, np.uint8)


def _clipped(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.clip(values, 0, 255).astype(np.uint8)
