"""Invisible text on a PDF page: each word set so that its box is the word's polygon."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import copysign, floor, hypot, log10
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from legenda.sources.glyphless import ADVANCE, ASCENT, DESCENT, NAME, Alphabet, font_file
from legenda.sources.layers import Layer, Word

if TYPE_CHECKING:
    from legenda.document.geometry import Affine

_Box = tuple[float, float, float, float]
_LETTER: _Box = (0.0, 0.0, 612.0, 792.0)
_MOST_PARENTS = 100
_LEAST = 0.05  # points; thinner polygons are widened to it so that their text is kept
_STRAIGHT = 5e-4  # of a sine: a line as long as the page stays within half a point
# Poppler cuts a word where its baseline rises by half a point, as on any tilted scan. A word that rises by no more than
# this share of its height is therefore set level, centred on its polygon: their boxes still overlap by 0.7.
_MOST_RISE = 0.4
_NEAR, _SAME_SIZE = 0.04, 0.1  # of the height: what reading scatters by anyway


class Font:
    """The glyphless font in one PDF; its alphabet grows until `finish`."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._alphabet = Alphabet()
        self._object: Any = None
        self.space = self._alphabet.encode(" ")

    def encode(self, text: str) -> str:
        """The text as hexadecimal codes."""
        return self._alphabet.encode(text)

    def name_on(self, page: pikepdf.Page) -> str:
        """The name of this font in the page's resources, where it is added at need."""
        if self._object is None:
            self._object = self._pdf.make_indirect(Dictionary())
        resources = inherited(page, "/Resources")
        if not isinstance(resources, Dictionary):
            page.obj.Resources = Dictionary()
            resources = page.obj.Resources
        if not isinstance(resources.get("/Font"), Dictionary):
            resources.Font = Dictionary()
        fonts, number = resources.Font, 0
        while (there := fonts.get(f"/Lgd{number}")) is not None and there.objgen != self._object.objgen:
            number += 1
        if there is None:
            fonts[f"/Lgd{number}"] = self._object
        return f"/Lgd{number}"

    def finish(self) -> None:
        """Write the font, if any page used it."""
        if self._object is None:
            return
        file = font_file()
        stream = Stream(self._pdf, file, Length1=len(file))
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/" + NAME),
            Flags=4,
            FontBBox=Array([0, DESCENT, ADVANCE, ASCENT]),
            ItalicAngle=0,
            Ascent=ASCENT,
            Descent=DESCENT,
            CapHeight=ASCENT,
            StemV=80,
            FontFile2=self._pdf.make_indirect(stream),
        )
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/" + NAME),
            CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=self._pdf.make_indirect(descriptor),
            DW=ADVANCE,
            CIDToGIDMap=self._pdf.make_indirect(Stream(self._pdf, b"\0\1" * (len(self._alphabet) + 1))),
        )
        self._object.update(
            {
                "/Type": Name.Font,
                "/Subtype": Name.Type0,
                "/BaseFont": Name("/" + NAME),
                "/Encoding": Name("/Identity-H"),
                "/DescendantFonts": Array([self._pdf.make_indirect(descendant)]),
                "/ToUnicode": self._pdf.make_indirect(Stream(self._pdf, self._alphabet.to_unicode())),
            }
        )


def invisible(layer: Layer, page: pikepdf.Page, font: Font) -> bytes:
    """Content that sets the layer's words in text rendering mode 3, the graphics state left as it was."""
    frame = page_frame(page, layer["width"], layer["height"])
    name = font.name_on(page)
    out = ["q BT 3 Tr"]
    for line in layer["lines"]:
        out += _set_line(line, frame, font, name)
    return ("\n".join(out) + "\nET Q\n").encode()


def page_frame(page: pikepdf.Page, width: float, height: float) -> Affine:
    """The map from the page as seen (`width` by `height`, origin top left, y down) to its user space."""
    x0, y0, x1, y1 = _visible_box(page)
    turn = inherited(page, "/Rotate")
    quarters = int(turn) // 90 % 4 if isinstance(turn, int) else 0
    across, down = (x1 - x0) / (width or 1), (y1 - y0) / (height or 1)
    if quarters % 2:
        across, down = (x1 - x0) / (height or 1), (y1 - y0) / (width or 1)
    frames: tuple[Affine, ...] = (
        (across, 0.0, x0, 0.0, -down, y1),
        (0.0, across, x0, down, 0.0, y0),
        (-across, 0.0, x1, 0.0, down, y0),
        (0.0, -across, x1, -down, 0.0, y1),
    )
    return frames[quarters]


def number(value: float, digits: int = 4) -> str:
    """A number as PDF wants it: no exponent, no needless zeros."""
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if digits else text
    return "0" if text == "-0" else text


def _visible_box(page: pikepdf.Page) -> _Box:
    media = _box(inherited(page, "/MediaBox")) or _LETTER
    crop = _box(inherited(page, "/CropBox")) or media
    left, bottom, right, top = (*map(max, media[:2], crop[:2]), *map(min, media[2:], crop[2:]))
    return (left, bottom, right, top) if left < right and bottom < top else media


def _box(value: Any) -> _Box | None:
    try:
        x0, y0, x1, y1 = (float(v) for v in value)
    except (TypeError, ValueError):
        return None
    box = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
    return box if box[0] < box[2] and box[1] < box[3] else None


def inherited(page: pikepdf.Page, key: str) -> Any:
    """What the page, or the nearest node of the page tree above it, says of `key`; `None` if none does."""
    node: Any = page.obj
    for _ in range(_MOST_PARENTS):
        if not isinstance(node, Dictionary):
            return None
        if (value := node.get(key)) is not None:
            return value
        node = node.get("/Parent")
    return None


@dataclass(slots=True)
class _Placed:
    """A word in user space: start of its baseline, direction, width and height in user space units."""

    text: str
    space: bool
    x: float
    y: float
    cosine: float
    sine: float
    width: float
    height: float


def _set_line(words: list[Word], frame: Affine, font: Font, name: str) -> Iterator[str]:
    """Operators for one line. Text runs as it is seen, from left to right, as in any PDF.

    Whoever extracts the text turns right-to-left stretches round again.
    """
    placed = _even([_place(word, frame) for word in words if word[0]])
    if any(_is_rtl(word.text) for word in placed):
        placed = _as_seen(placed)
    pen: _Placed | None = None  # the word before
    x = y = 0.0  # where the pen stands
    for word, after in zip(placed, [*placed[1:], None], strict=True):
        c, s, height = word.cosine, word.sine, word.height
        if not pen or pen.height != height:
            yield f"{name} {number(height)} Tf"
            digits, near, em = _digits(height), _NEAR * height, height * ADVANCE / 1000
        if (
            not pen
            or abs(x - word.x) >= near
            or abs(y - word.y) >= near
            or abs(pen.cosine - c) + abs(pen.sine - s) >= _STRAIGHT
        ):
            x, y = word.x, word.y
            turn = f"{number(c)} {number(s)} {number(-s)} {number(c)}"
            yield f"{turn} {number(x, digits)} {number(y, digits)} Tm"
        letters = len(word.text)
        stretch = round(100 * word.width / (em * letters)) or 1
        yield f"{stretch} Tz <{font.encode(word.text)}> Tj"
        forward = stretch / 100 * em * letters
        if word.space and after:
            gap = (after.x - x) * c + (after.y - y) * s - forward
            stretch = max(round(100 * gap / em), 1)  # some width, to part two words that touch
            yield f"{stretch} Tz <{font.space}> Tj"
            forward += stretch / 100 * em
        pen, x, y = word, x + forward * c, y + forward * s


def _even(words: list[_Placed]) -> list[_Placed]:
    """Words of nearly one height get one: a line in one size takes a third fewer bytes."""
    heights = sorted(word.height for word in words)
    usual = heights[len(heights) // 2] if heights else 0.0
    for word in words:
        height = usual if abs(word.height - usual) < _SAME_SIZE * usual else word.height
        word.height = max(round(height, _digits(height)), _LEAST)
    return words


def _digits(height: float) -> int:
    """Decimals that give coordinates to a hundredth of the text's height: one for common sizes."""
    return max(0, 2 - floor(log10(height)))


def _place(word: Word, frame: Affine) -> _Placed:
    a, b, left, d, e, top = frame
    text, space, (x1, y1, x2, y2, x3, y3, x4, y4) = word
    # along the word, up, and its middle; first in the page's units
    u, v, p, q = (x2 - x1 + x3 - x4) / 2, (y2 - y1 + y3 - y4) / 2, (x1 - x4 + x2 - x3) / 2, (y1 - y4 + y2 - y3) / 2
    x, y = (x1 + x2 + x3 + x4) / 4, (y1 + y2 + y3 + y4) / 4
    dx, dy, x, y = a * u + b * v, d * u + e * v, a * x + b * y + left, d * x + e * y + top
    width = hypot(dx, dy)
    c, s = (dx / width, dy / width) if width > 0 else (1.0, 0.0)
    height = max(abs((d * p + e * q) * c - (a * p + b * q) * s), _LEAST)
    if width * min(abs(c), abs(s)) <= _MOST_RISE * height:
        c, s = (copysign(1.0, c), 0.0) if abs(c) > abs(s) else (0.0, copysign(1.0, s))
    width = max(width, _LEAST)
    down = height * (0.5 + DESCENT / 1000)  # from the word's centre line to its baseline
    return _Placed(text, space, x - c * width / 2 + s * down, y - s * width / 2 - c * down, c, s, width, height)


def _is_rtl(text: str) -> bool:
    return not text.isascii() and any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def _as_seen(words: list[_Placed]) -> list[_Placed]:
    """Words of a right-to-left line from left to right, their characters too."""
    c, s = words[0].cosine, words[0].sine
    order = sorted(range(len(words)), key=lambda index: words[index].x * c + words[index].y * s)
    seen = []
    for index, after in zip(order, [*order[1:], -1], strict=True):
        # a space between two words belongs to the one that is read first
        space = words[min(index, after)].space if abs(index - after) == 1 and after >= 0 else after >= 0
        seen.append(replace(words[index], text=visual(words[index].text), space=space))
    return seen


def visual(text: str) -> str:
    """A word of a right-to-left script as it is seen from left to right; numbers and Latin inside keep their order."""
    if not _is_rtl(text):
        return text
    runs: list[str] = []
    forwards = False
    for character in text:
        kind = unicodedata.bidirectional(character)
        if forwards and kind in ("L", "EN", "AN", "ES", "CS", "ET", "NSM"):
            runs[-1] += character
        else:
            runs.append(character)
        forwards = kind in ("L", "EN", "AN") or (forwards and kind in ("ES", "CS", "ET", "NSM"))
    return "".join(reversed(runs))
