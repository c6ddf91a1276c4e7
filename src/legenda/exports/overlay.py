"""A picture of what was read: boxes, confidences and reading order drawn over the page, the text beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import atan2, degrees, hypot
from statistics import median
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from legenda.document import Box, Line, Page, Polygon
from legenda.document.text import printable, printable_page
from legenda.exports.fonts import font_for

if TYPE_CHECKING:
    from legenda.engines.base import Raster

Colour = tuple[int, int, int]
Points = list[tuple[float, float]]

# Okabe and Ito's vermilion, orange and bluish green: told apart by the colour-blind too
_SCALE: tuple[tuple[float, Colour], ...] = ((0.5, (213, 60, 40)), (0.85, (240, 170, 20)), (1.0, (0, 158, 95)))
_INK: Colour = (33, 37, 41)
_FAINT: Colour = (134, 142, 150)
_BLOCK: Colour = (52, 84, 209)
_PAPER: Colour = (255, 255, 255)
_SMOOTH = 2  # shapes are drawn this many times larger and reduced
_CAPITALS = 0.8  # font size against the height of a line's box
_LEVEL = 2.0  # degrees; words tilted less are set level, which is sharper
_FILL, _BLOCK_FILL, _EDGE = 70, 14, 230  # opacities of 255


def draw(raster: Raster, page: Page, *, long_side: int = 1800, panel: bool = False) -> Image.Image:
    """Draw a page's blocks, lines and words over its picture.

    Args:
        raster: the page's picture; its scale against the page's units follows from the two widths.
        page: what was read.
        long_side: the picture is reduced, never enlarged, to this many pixels.
        panel: also typeset the text at its places on a white page to the right.

    Returns:
        An RGB picture with a legend at its foot.
    """
    page = printable_page(page)
    picture = Image.fromarray(raster).convert("RGB")
    picture.thumbnail((long_side, long_side), Image.Resampling.LANCZOS, reducing_gap=3)
    sheet = _Sheet(page, picture.size)
    sheets = [sheet.over(picture)]
    if panel:
        sheets.append(sheet.typeset())
    return _framed(sheets, page)


def colour(confidence: float) -> Colour:
    """Red at a half and below, amber, green at one."""
    low, below = _SCALE[0]
    for high, above in _SCALE[1:]:
        if confidence <= high:
            share = max(0.0, (confidence - low) / (high - low))
            return tuple(round(b + share * (a - b)) for a, b in zip(above, below, strict=True))  # type: ignore[return-value]
        low, below = high, above
    return below


class _Sheet:
    """A page drawn at a size in pixels."""

    def __init__(self, page: Page, size: tuple[int, int]) -> None:
        self._page, self._size = page, size
        self._scale = (size[0] / (page.width or 1), size[1] / (page.height or 1))
        self._pen = max(1.0, max(size) / 1200)  # width of a thin stroke

    def over(self, picture: Image.Image) -> Image.Image:
        """The picture with everything that was read drawn over it."""
        large = (self._size[0] * _SMOOTH, self._size[1] * _SMOOTH)
        shapes = Image.new("RGBA", large, (*_PAPER, 0))
        pen = ImageDraw.Draw(shapes)
        self._draw_blocks(pen)
        for line in self._page.lines:
            if line.unreadable:
                _hatch(shapes, self._points(line.polygon, _SMOOTH), self._pen * _SMOOTH)
        words = [
            (self._points(polygon, _SMOOTH), colour(confidence))
            for line in self._page.lines
            for polygon, confidence, _ in _pieces(line)
        ]
        for points, hue in words:
            pen.polygon(points, fill=(*hue, _FILL))
        for points, hue in words:  # after all fills: boxes of neighbouring lines overlap
            pen.line([points[3], points[2]], fill=(*hue, _EDGE), width=2 * round(self._pen * _SMOOTH))
        shapes = shapes.resize(self._size, Image.Resampling.LANCZOS)
        done = Image.alpha_composite(picture.convert("RGBA"), shapes)
        self._draw_badges(done)
        return done.convert("RGB")

    def typeset(self) -> Image.Image:
        """A white page with the text at its places, doubtful words in the colour of their confidence."""
        sheet = Image.new("RGB", self._size, _PAPER)
        for line in self._page.lines:
            if line.unreadable:
                _hatch(sheet, self._points(line.polygon), self._pen)
            self._set_line(sheet, line)
        return sheet

    def _set_line(self, sheet: Image.Image, line: Line) -> None:
        """Set a line's words in one size, the median of what would fill each word's width."""
        words = []
        for polygon, confidence, text in _pieces(line):
            points = self._points(polygon)
            width, height = _extent(points)
            if min(width, height) >= 1:
                largest = _CAPITALS * height
                fitting = largest * width / max(font_for(text, largest).getlength(text), 1)
                words.append((text, points, min(fitting, largest), confidence))
        size = median(fitting for _, _, fitting, _ in words) if words else 0
        for text, points, fitting, confidence in words:
            ink = _INK if confidence >= _SCALE[1][0] else colour(confidence)
            _set_word(sheet, text, points, min(size, 1.25 * fitting), ink)

    def _points(self, polygon: Polygon, times: int = 1) -> Points:
        across, down = self._scale[0] * times, self._scale[1] * times
        far = 4.0 * times * max(self._size)  # what lies further out is not seen, and overflows Pillow's integers
        points = zip(polygon[0::2], polygon[1::2], strict=True)
        return [(max(-far, min(x * across, far)), max(-far, min(y * down, far))) for x, y in points]

    def _draw_blocks(self, pen: ImageDraw.ImageDraw) -> None:
        for block in self._page.blocks:
            left, top, right, bottom = _bounds(self._points(block.polygon, _SMOOTH))
            margin = 3 * self._pen * _SMOOTH
            box = (left - margin, top - margin, right + margin, bottom + margin)
            width = max(1, round(self._pen * _SMOOTH))
            pen.rounded_rectangle(box, 2 * margin, (*_BLOCK, _BLOCK_FILL), (*_BLOCK, _EDGE), width)

    def _draw_badges(self, sheet: Image.Image) -> None:
        height = max(13.0, 17 * self._pen)
        blocks = [block for block in self._page.blocks if block.lines]
        for number, block in enumerate(blocks, 1):
            left, top, _, _ = _bounds(self._points(block.polygon))
            kind = "" if block.kind == "text" else f" {block.kind.replace('_', ' ')}"
            _badge(sheet, f"{number}{kind}", (left - 3 * self._pen, top - 3 * self._pen), height)


def _pieces(line: Line) -> Iterator[tuple[Polygon, float, str]]:
    if line.words:
        yield from ((word.polygon, word.confidence, word.content) for word in line.words)
    elif line.content:
        yield line.polygon, line.confidence, line.content


def _hatch(sheet: Image.Image, points: Points, width: float) -> None:
    """Grey diagonals inside a polygon."""
    x0, y0, x1, y1 = _bounds(points)
    left, top, right, bottom = (
        max(int(x0), 0),
        max(int(y0), 0),
        min(int(x1) + 2, sheet.width),
        min(int(y1) + 2, sheet.height),
    )
    if left >= right or top >= bottom:
        return
    outline = [(x - left, y - top) for x, y in points]
    inside = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(inside).polygon(outline, fill=255)
    lines = Image.new("RGBA", inside.size, (*_FAINT, 40))
    pen = ImageDraw.Draw(lines)
    for x in range(-inside.height, inside.width, max(2, round(6 * width))):
        pen.line([(x, inside.height), (x + inside.height, 0)], fill=(*_FAINT, 220), width=max(1, round(1.5 * width)))
    patch = Image.composite(lines, Image.new("RGBA", inside.size, (*_FAINT, 0)), inside)
    ImageDraw.Draw(patch).polygon(outline, outline=(*_FAINT, 255), width=max(1, round(width)))
    if sheet.mode == "RGBA":
        sheet.alpha_composite(patch, (left, top))
    else:
        sheet.paste(patch, (left, top), patch.getchannel("A"))


def _bounds(points: Points) -> Box:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _badge(sheet: Image.Image, text: str, corner: tuple[float, float], height: float) -> None:
    """A filled pill with white text, centred on a corner."""
    font = font_for(text, 0.68 * height)
    width = max(height, font.getlength(text) + 0.7 * height)
    large = Image.new("RGBA", (round(width * 4), round(height * 4)), (*_BLOCK, 0))
    ImageDraw.Draw(large).rounded_rectangle((0, 0, large.width - 1, large.height - 1), 2 * height, (*_BLOCK, 255))
    pill = large.resize((round(width), round(height)), Image.Resampling.LANCZOS)
    ImageDraw.Draw(pill).text((pill.width / 2, pill.height / 2), text, _PAPER, font, anchor="mm")
    x = min(max(round(corner[0] - height / 2), 0), max(sheet.width - pill.width, 0))
    y = min(max(round(corner[1] - height / 2), 0), max(sheet.height - pill.height, 0))
    sheet.alpha_composite(pill, (x, y))


def _extent(points: Points) -> tuple[float, float]:
    """Width and height of a word along its own direction."""
    (x1, y1), (x2, y2), _, (x4, y4) = points
    return hypot(x2 - x1, y2 - y1), hypot(x4 - x1, y4 - y1)


def _set_word(sheet: Image.Image, text: str, points: Points, size: float, ink: Colour) -> None:
    """Set a word in the middle of its polygon, on its baseline."""
    font = font_for(text, size)
    width, height = _extent(points)
    (x1, y1), (x2, y2), (x3, y3), _ = points
    angle = degrees(atan2(y2 - y1, x2 - x1))
    x, y = (x1 + x3) / 2, (y1 + y3) / 2
    drop = 0.36 * size  # from the middle of capitals to the baseline
    if abs(angle) < _LEVEL:
        ImageDraw.Draw(sheet).text((x, y + drop), text, ink, font, anchor="ms")
        return
    side = round(width + height) + 2
    mask = Image.new("L", (side, side))
    ImageDraw.Draw(mask).text((side / 2, side / 2 + drop), text, 255, font, anchor="ms")
    mask = mask.rotate(-angle, Image.Resampling.BICUBIC)
    sheet.paste(Image.new("RGB", (side, side), ink), (round(x - side / 2), round(y - side / 2)), mask)


def _framed(sheets: list[Image.Image], page: Page) -> Image.Image:
    """The sheets side by side, with the legend below."""
    width, height = sheets[0].size
    unit = max(11.0, max(width, height) / 95)
    gap = round(unit) if len(sheets) > 1 else 0
    whole = Image.new("RGB", (len(sheets) * width + gap * (len(sheets) - 1), height + round(3 * unit)), _PAPER)
    for number, sheet in enumerate(sheets):
        whole.paste(sheet, (number * (width + gap), 0))
    pen = ImageDraw.Draw(whole)
    for number in range(1, len(sheets)):
        x = number * (width + gap) - gap
        pen.rectangle((x, 0, x + gap - 1, height), fill=(233, 236, 239))
    pen.line([(0, height), (whole.width, height)], fill=(206, 212, 218), width=max(1, round(unit / 10)))
    _legend(whole, page, height + 1.5 * unit, unit)
    return whole


def _legend(whole: Image.Image, page: Page, y: float, unit: float) -> None:
    pen = ImageDraw.Draw(whole)
    font = font_for("confidence %", unit)
    x = unit

    def write(text: str, ink: Colour = _INK) -> float:
        pen.text((x, y), text, ink, font, anchor="lm")
        return x + font.getlength(text)

    x = write("confidence  50 %") + unit / 2
    length = round(7 * unit)
    for step in range(length):
        pen.line([(x + step, y - unit / 2), (x + step, y + unit / 2)], fill=colour(0.5 + 0.5 * step / (length - 1)))
    x += length + unit / 2
    x = write("100 %") + 2 * unit
    swatch = [(x, y - unit / 2), (x + 2 * unit, y - unit / 2), (x + 2 * unit, y + unit / 2), (x, y + unit / 2)]
    _hatch(whole, swatch, unit / 12)
    x += 2.5 * unit
    x = write("unreadable") + 2 * unit
    summary = printable(_summary(page))
    if x + font.getlength(summary) < whole.width - unit:
        x = whole.width - unit - font.getlength(summary)
        write(summary, _FAINT)


def _summary(page: Page) -> str:
    lines, words = sum(1 for _ in page.lines), sum(1 for _ in page.words)
    count: Callable[[int, str], str] = lambda n, name: f"{n} {name}{'s' * (n != 1)}"  # noqa: E731
    return "  ·  ".join(count(n, name) for n, name in ((len(page.blocks), "block"), (lines, "line"), (words, "word")))
