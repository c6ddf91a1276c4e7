"""Pages as scanners give them, drawn with system fonts, and models that write what a test has them write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from legenda.engines.base import Raster
from legenda.engines.transcriber import Passage, Transcript, Wish

_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"
_CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"

PROSE = (
    "The harbour of the old town lies open to the west,",
    "and whoever arrives by sea meets the wind before",
    "he meets anybody else. In October the boats stay in,",
    "nets are mended on the quay, and the inn keeps its",
    "lamps lit from four in the afternoon. Nobody hurries.",
    "What has to be done by winter was done by the end",
    "of September, or will not be done at all this year.",
    "The schoolmaster writes his letters in these weeks.",
)
RECEIPT = (
    "CORNER BAKERY",
    "2 Rolls 1.20",
    "1 Rye bread 3.40",
    "4 Pretzels 3.60",
    "Total 8.20",
    "Cash 10.00",
    "Change 1.80",
)
# what repeats itself on paper
FORM = (
    "Monday: closed",
    "Tuesday: closed",
    "Wednesday: closed",
    "Thursday: closed",
    "Friday: closed",
    "Saturday: closed",
)
LINES = ("I will not talk in class.",) * 9
NUMBERS = ("0 0 0 0 0 0 0 0", "0 0 0 1 0 0 0 0", "0 0 0 0 0 0 0 0", "0 0 0 0 0 0 0 0", "0 0 0 0 0 0 0 0")
JAPANESE = ("日本国民は正当に選挙された", "国会における代表者を通じて", "行動しわれらとわれらの子孫")


def drawn(lines: Sequence[str], size: int = 30, font: str = _FONT) -> Raster:
    """A page with these lines."""
    image = Image.new("L", (1000, 260 + 60 * len(lines)), 246)
    pen, face = ImageDraw.Draw(image), ImageFont.truetype(font, size)
    for row, line in enumerate(lines):
        pen.text((80, 100 + 60 * row), line, font=face, fill=25)
    return np.asarray(image)


def scanned(page: Raster, seed: int = 0) -> Raster:
    """With the noise of a scanner."""
    noise = np.random.default_rng(seed).normal(0, 3, page.shape)
    return np.clip(cv2.GaussianBlur(page, (3, 3), 0) + noise, 0, 255).astype(np.uint8)


def through(front: Raster, back: Raster, strength: float, blur: float) -> Raster:
    """A page whose back shows through: mirrored, blurred, faint."""
    behind = cv2.GaussianBlur(cv2.flip(cv2.resize(back, front.shape[::-1]), 1), (0, 0), blur)
    shade = (float(behind.max()) - behind) * strength
    return np.clip(front - shade, 0, 255).astype(np.uint8)


BLANK = np.full((700, 1000), 244, np.uint8)
PAGES: dict[str, Raster] = {
    "prose": scanned(drawn(PROSE)),
    "receipt": scanned(drawn(RECEIPT)),
    "form": scanned(drawn(FORM)),
    "lines": scanned(drawn(LINES)),
    "numbers": scanned(drawn(NUMBERS)),
    "japanese": scanned(drawn(JAPANESE, 36, _CJK)),
    "blank": BLANK,
    "noisy": scanned(BLANK),
    "shadowed": np.clip(scanned(BLANK) - np.linspace(0, 90, 1000)[None, :], 0, 255).astype(np.uint8),
    "back-faint": scanned(through(BLANK, drawn(PROSE), 0.12, 1.5)),
    "back-clear": scanned(through(BLANK, drawn(PROSE), 0.22, 1.0)),
    "back-strong": scanned(through(BLANK, drawn(PROSE), 0.3, 2.0)),
    "front-and-back": scanned(through(drawn(RECEIPT), drawn(PROSE), 0.25, 1.5)),
}
TRUTHS: dict[str, Sequence[str]] = {
    "prose": PROSE,
    "receipt": RECEIPT,
    "form": FORM,
    "lines": LINES,
    "numbers": NUMBERS,
    "japanese": JAPANESE,
    "front-and-back": RECEIPT,
}


@dataclass
class Writer:
    """A model that writes given texts, one a call, the last for ever after."""

    texts: Sequence[str]
    complete: bool = True
    name: str = "writer"
    asked: list[Wish] = field(default_factory=list)

    def transcribe(self, raster: Raster, wish: Wish) -> Transcript:
        self.asked.append(wish)
        text = self.texts[min(len(self.asked), len(self.texts)) - 1]
        return Transcript((Passage(text),), self.name, self.complete)
