"""PowerPoint presentation: a slide for each page, its text in boxes where it stands, over the picture without it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import atan2, degrees, hypot, isfinite
from statistics import median
from typing import TYPE_CHECKING, BinaryIO

from legenda.document import Block, Line, Page, transform
from legenda.exports.base import Exporter, Origin
from legenda.exports.grid import cells
from legenda.exports.lines import look
from legenda.exports.package import (
    Package,
    core_properties,
    more_relationships,
    more_types,
    relationships,
    template,
)
from legenda.exports.pictures import PagePictures, encoded
from legenda.exports.rows import right_to_left, rows
from legenda.exports.slideml import Box, Text, picture, slide, text_box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LEAST, _MOST = 72.0, 56 * 72.0  # points: sides a slide may have
_USUAL = (960.0, 540.0)
_LAYOUT = "../slideLayouts/slideLayout7.xml"  # the library's own, without anything on it
_SLIDE_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.slide+xml"
# Letters are about half as wide as their font's size; boxes of lines are as high as that, or as letters, or looser.
_WIDE, _TIGHT, _LOOSE = 0.5, 0.9, 1.5
_LEVEL = 1.0  # degrees: blocks tilted less are one box, others have a box for each line
_EMU = 12_700
_FIRST_SLIDE = 256  # smaller ids are not allowed


class Pptx(Exporter):
    """Slides are as large as the first page, or have its proportions; other pages are fitted in."""

    format = "pptx"
    suffix = ".pptx"
    binary = True
    uses_original = True

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        super().__init__(out, origin)
        self._template = template("python-pptx", "pptx", "default.pptx", self.format)
        self._pictures = PagePictures(origin)
        self._package = Package(out)
        self._size = _USUAL

    def _add(self, page: Page) -> None:
        if not self._count:
            self._set_size(page)
        number, shapes = self._count + 1, list[str]()
        related = {"rId1": ("slideLayout", _LAYOUT)}
        if page.width > 0 and page.height > 0:  # else it could not be read
            scale = min(self._size[0] / page.width, self._size[1] / page.height)
            colours: dict[int, tuple[int, int, int]] = {}
            if (pixels := self._pictures.whole(page)) is not None:
                name = f"media/page{number}.jpeg"
                self._package.add(f"ppt/{name}", _background(pixels, page, colours))
                related["rId2"] = ("image", f"../{name}")
                shapes.append(picture("rId2", 2, Box(0, 0, page.width * scale, page.height * scale)))
            boxes = (box for block in page.blocks for box in _boxes(block))
            shapes += [_shape(id, lines, size, scale, colours) for id, (lines, size) in enumerate(boxes, 3)]
        self._package.add(f"ppt/slides/slide{number}.xml", slide(shapes))
        self._package.add(f"ppt/slides/_rels/slide{number}.xml.rels", relationships(related))

    def _set_size(self, page: Page) -> None:
        width, height = _USUAL
        if page.width > 0 and page.height > 0:
            width, height = self._pictures.points(page) or (_USUAL[0], _USUAL[0] * page.height / page.width)
        self._size = min(max(width, _LEAST), _MOST), min(max(height, _LEAST), _MOST)

    def close(self) -> None:
        """Write the presentation."""
        parts, rels, numbers = self._template, "ppt/_rels/presentation.xml.rels", range(1, self._count + 1)
        slides = {f"rId{1000 + number}": ("slide", f"slides/slide{number}.xml") for number in numbers}
        ids = "".join(f'<p:sldId id="{_FIRST_SLIDE + at}" r:id="{id}"/>' for at, id in enumerate(slides))
        parts["ppt/presentation.xml"] = self._presentation(parts["ppt/presentation.xml"], ids)
        parts[rels] = more_relationships(parts[rels], slides)
        kinds = {f"/ppt/{target}": _SLIDE_TYPE for _, target in slides.values()}
        parts["[Content_Types].xml"] = more_types(parts["[Content_Types].xml"], {"jpeg": "image/jpeg"}, kinds)
        parts["docProps/core.xml"] = core_properties(self._metadata.get("title") or self._name).encode()
        for name, data in parts.items():
            self._package.add(name, data)
        self._package.close()
        self._pictures.close()

    def _presentation(self, part: bytes, ids: str) -> bytes:
        width, height = (round(side * _EMU) for side in self._size)
        size = f'<p:sldSz cx="{width}" cy="{height}"/>'
        listed = f"<p:sldIdLst>{ids}</p:sldIdLst>" if ids else ""
        return re.sub(rb"<p:sldSz [^>]*/>", f"{listed}{size}".encode(), part, count=1)


def _background(pixels: NDArray[np.uint8], page: Page, colours: dict[int, tuple[int, int, int]]) -> bytes:
    """The page's picture without its text; `colours` gets each line's ink."""
    from legenda.exports.cleaned import cleaned

    across, down = pixels.shape[1] / page.width, pixels.shape[0] / page.height
    lines = [line for line in page.lines if line.content.strip()]
    affine = (across, 0.0, 0.0, 0.0, down, 0.0)
    places = [transform(line.polygon, affine) for line in lines]
    words = [[transform(word.polygon, affine) for word in line.words] for line in lines]
    picture, inks = cleaned(pixels, places, words)
    colours.update(zip(map(id, lines), inks, strict=True))
    return encoded(picture).data


def _boxes(block: Block) -> Iterator[tuple[Sequence[Line], float]]:
    """The lines of each text box: all of a block that stand below one another and level, else each for itself.

    With each comes the size of its font in page units, which is one in a block.
    """
    lines = [line for line in block.lines if line.content.strip() and isfinite(sum(line.polygon))]
    if not lines:
        return
    height = median(_sides(line)[1] for line in lines)
    fitting = median(_sides(line)[0] / (_WIDE * max(cells(line.content), 1)) for line in lines)
    size = min(max(fitting, height / _LOOSE), height / _TIGHT)
    level = all(abs(_angle(line)) < _LEVEL for line in lines)
    if level and all(len(row) == 1 for row in rows(lines)):
        yield lines, size
    else:
        yield from (([line], size) for line in lines)


def _shape(
    number: int, lines: Sequence[Line], size: float, scale: float, colours: dict[int, tuple[int, int, int]]
) -> str:
    texts = [
        Text(line.content, *look(line), right_to_left(line.content), colours.get(id(line), (0, 0, 0))) for line in lines
    ]
    if len(lines) == 1:
        return text_box(number, _turned(lines[0], scale), texts, size * scale, 0)
    xs = [x * scale for line in lines for x in line.polygon[0::2]]
    ys = [y * scale for line in lines for y in line.polygon[1::2]]
    tops = [min(line.polygon[1::2]) * scale for line in lines]
    pitch = (tops[-1] - tops[0]) / (len(tops) - 1)
    box = Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    return text_box(number, box, texts, size * scale, pitch)


def _turned(line: Line, scale: float) -> Box:
    width, height = (side * scale for side in _sides(line))
    x, y = (scale * sum(line.polygon[axis::2]) / 4 for axis in (0, 1))
    angle = _angle(line)
    return Box(x - width / 2, y - height / 2, width, height, angle if abs(angle) >= _LEVEL else 0.0)


def _angle(line: Line) -> float:
    x1, y1, x2, y2 = line.polygon[:4]
    return degrees(atan2(y2 - y1, x2 - x1))


def _sides(line: Line) -> tuple[float, float]:
    x1, y1, x2, y2, _, _, x4, y4 = line.polygon
    return hypot(x2 - x1, y2 - y1), hypot(x4 - x1, y4 - y1)
