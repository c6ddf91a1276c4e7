"""What a source gives for a page: geometry, text layer, rasters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from legenda.document.geometry import Box, Polygon
from legenda.document.model import BlockKind, Part, Problem, Unit
from legenda.document.structure import Mark

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Element:
    """What a file says lines of its own are: a block, or a cell of a table.

    Attributes:
        kind: of the block; `table` for a cell.
        level: of a heading or of an item of a list, from 1; 0 where that is not said.
        table: number of the cell's table on the page, from 0.
        row: of a cell, from 0.
        column: of a cell, from 0.
        rows: how many rows a cell takes.
        columns: how many columns it takes.
        header: it names its column or row.
        latex: of a formula, where the file says it.
    """

    kind: BlockKind
    level: int = 0
    table: int = -1
    row: int = 0
    column: int = 0
    rows: int = 1
    columns: int = 1
    header: bool = False
    latex: str = ""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a text layer.

    Attributes:
        content: its text, without control characters, NFC.
        polygon: in page units, clockwise from the text's own top left.
        words: in order; they occur in `content` in that order. Scripts without spaces: one character each.
        polygons: one per word.
        owner: number of the layer's element it belongs to, -1 for none.
        marks: stretches of it that are bold, links and the like.
    """

    content: str
    polygon: Polygon
    words: tuple[str, ...]
    polygons: tuple[Polygon, ...]
    owner: int = -1
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class TextLayer:
    """The text a PDF page carries itself.

    Attributes:
        lines: in the file's order.
        trusted: whether the text can be what the page shows. False: read the picture.
        reason: why it is not trusted; while it is, a doubt: compare a few lines with the picture first. Else empty.
        hidden: most of it is invisible (the layer of an earlier OCR, or white text): trust it only after comparing a
            few lines with the picture.
        elements: what the file says its lines are, in the order of reading; empty where it says nothing.
        continued: numbers of the tables that began on a page before.
    """

    lines: tuple[TextLine, ...]
    trusted: bool = True
    reason: str = ""
    hidden: bool = False
    elements: tuple[Element, ...] = ()
    continued: frozenset[int] = frozenset()

    @property
    def certain(self) -> bool:
        """Whether it is trusted without a look at the picture."""
        return self.trusted and not (self.hidden or self.reason)


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page without its pixels.

    Attributes:
        number: 1-based.
        width: in `unit`, after the file's own rotation.
        height: in `unit`.
        unit: `pixel` for images, `point` for PDF.
        text: the text layer; `None` when the page has none.
        pictures: boxes (left, top, right, bottom; page units) of pictures that may carry text and lie under no word
            of the text layer.
        dpi: resolution of a scan (one picture fills the page) or of an image that states it, else `None`.
        problems: what is wrong with the page as it is given, if anything.
        part: where the page was cut out of a picture that shows two.
    """

    number: int
    width: float
    height: float
    unit: Unit
    text: TextLayer | None = None
    pictures: tuple[Box, ...] = ()
    dpi: float | None = None
    problems: tuple[Problem, ...] = ()
    part: Part | None = None


STRONG, ITALIC, FIXED, MATHS, SCRIPT, BOARD = 1, 2, 4, 8, 16, 32
"""How letters look: bold, slanted, of one width, of a font for formulas, of one with script or doubled capitals."""


@dataclass(frozen=True, slots=True)
class Looks:
    """How the text of a page looks, object by object.

    Attributes:
        boxes: left, top, right, bottom; page units; [n, 4].
        sizes: of the fonts, points; [n].
        kinds: of `STRONG`, `ITALIC`, `FIXED`, `MATHS`, `SCRIPT`, `BOARD`; [n].
        texts: what each says; empty where no fonts for formulas are used on the page.
        paths: how many lines and shapes are drawn on the page.
    """

    boxes: NDArray[np.float64]
    sizes: NDArray[np.float64]
    kinds: NDArray[np.uint8]
    texts: tuple[str, ...]
    paths: int


@dataclass(frozen=True, slots=True)
class Rendering:
    """Pixels of a page or of a part of it. Page coordinate = pixel / scale + origin.

    Attributes:
        pixels: uint8, [height, width] grey or [height, width, 3] RGB.
        scale_x: pixels per page unit.
        scale_y: pixels per page unit.
        origin_x: page coordinate of the left edge.
        origin_y: page coordinate of the top edge.
        problems: what is wrong with the pixels (a truncated picture), if anything.
    """

    pixels: NDArray[np.uint8]
    scale_x: float
    scale_y: float
    origin_x: float = 0.0
    origin_y: float = 0.0
    problems: tuple[Problem, ...] = ()
