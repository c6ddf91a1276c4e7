"""What a caller may choose about a reading, and the limits every input is held to."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, get_args

from legenda.errors import InvalidOptionError

Effort = Literal["fast", "balanced", "accurate", "vlm"]
"""One ladder: what a page is worth. Called `tier` in the server's interfaces, where `cpu` is `balanced`, too."""
Color = Literal["red", "green", "blue"]
TextLayer = Literal["auto", "ignore", "only"]
Content = Literal["auto", "text", "formula", "table", "chart", "geometry", "molecule", "score"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps that hold for every input; the defaults suit one person's machine.

    Attributes:
        bytes: largest input file.
        pixels: largest picture that is decoded at all (width times height).
        raster_pixels: largest raster handed to an engine; larger pages are reduced to it.
        pages: most pages of one input.
        memory: address space of a parsing child, in bytes.
        open_seconds: wall time for opening an input (sniffing, cross-reference tables, page count).
        page_seconds: wall time for one page (text layer and rendering each).
    """

    bytes: int = 500 * 2**20
    pixels: int = 200_000_000
    raster_pixels: int = 24_000_000
    pages: int = 5_000
    memory: int = 1536 * 2**20
    open_seconds: float = 20.0
    page_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read.

    Attributes:
        effort: `fast` reads with the tiny models, `balanced` reads doubtful words again with the small one, `accurate`
            reads with the small one, `vlm` has a vision language model read that is set up (`docs/vlm.md`), and without
            one reads as `accurate`.
        engine: `auto`, or the name of a registered engine (`cpu`, `tesseract`).
        languages: BCP-47 or ISO 639 codes or English names; empty means `auto`.
        pages: page ranges such as `1-3,7,-1` (1-based, negative from the end); empty means all.
        password: for encrypted documents.
        text_layer: `auto` uses a PDF's own text where it can be trusted, `ignore` always reads the picture,
            `only` never does.
        attachments: read the files attached to a PDF, too, after its own pages.
        structure: find headings, lists, tables, figures and the like, and read notations; costs more a page.
        dpi: resolution at which PDF pages are rendered for reading.
        content: `auto` finds out what a page holds, `text` takes all of it for lines of text; any other takes each page
            for one crop of that kind.
        box: only what lies in it is read; left, top, right, bottom in the unit of the pages (pixels of a picture,
            points of a PDF), from the top left corner.
        color: only what lies in frames drawn in this colour is read.
        limits: caps on size, memory and time.
    """

    effort: Effort = "balanced"
    engine: str = "auto"
    languages: tuple[str, ...] = ()
    pages: str = ""
    password: str | None = field(default=None, repr=False)
    text_layer: TextLayer = "auto"
    attachments: bool = False
    structure: bool = False
    dpi: int = 200
    content: Content = "auto"
    box: tuple[float, float, float, float] | None = None
    color: Color | None = None
    limits: Limits = Limits()

    def __post_init__(self) -> None:
        choices = (
            ("effort", self.effort, Effort),
            ("text_layer", self.text_layer, TextLayer),
            ("content", self.content, Content),
        )
        for name, value, allowed in choices:
            if value not in get_args(allowed):
                raise InvalidOptionError(f"{name} is {value!r}", f"it must be one of {', '.join(get_args(allowed))}")
        if not 36 <= self.dpi <= 1200:
            raise InvalidOptionError(f"dpi is {self.dpi}", "it must lie between 36 and 1200")
        if self.effort == "vlm" and self.content == "auto":  # whose models and readers see structure anyway
            object.__setattr__(self, "structure", True)
        self._check_region()

    def _check_region(self) -> None:
        if self.color is not None and self.color not in get_args(Color):
            raise InvalidOptionError(f"color is {self.color!r}", f"it must be one of {', '.join(get_args(Color))}")
        if self.box is None:
            return
        if self.color:
            raise InvalidOptionError("box and color are both given", "each names a region", "give one of them")
        if len(self.box) != 4 or not all(math.isfinite(x) and x >= 0 for x in self.box):
            raise InvalidOptionError("box is not left, top, right, bottom", "it must have four numbers from 0 on")
        if self.box[0] >= self.box[2] or self.box[1] >= self.box[3]:
            raise InvalidOptionError("box has no area", "left must be less than right, and top less than bottom")


def page_numbers(ranges: str, count: int) -> list[int]:
    """Resolve page ranges against a page count.

    Args:
        ranges: `1-3,7,-1`: 1-based, negative numbers count from the end (`-1` is the last page), `5-` means to the
            end, `-3-` the last three; the empty string means all pages.
        count: pages of the document.

    Returns:
        Page numbers, 1-based, in document order, each once. Pages beyond the end are left out of an open or
        closed range as long as the range touches the document.

    Raises:
        InvalidOptionError: the text is not a page range or no page of it exists.
    """
    if not ranges.strip():
        return list(range(1, count + 1))
    wanted: set[int] = set()
    for part in ranges.split(","):
        first, last = _bounds(part.strip(), count, ranges)
        if first > last:
            raise InvalidOptionError(f"page range {part.strip()!r} runs backwards", f"the document has {count} pages")
        wanted.update(range(max(first, 1), min(last, count) + 1))
    if not wanted:
        raise InvalidOptionError(
            f"pages {ranges!r} do not exist", f"the document has {count} page{'s' * (count != 1)}", "choose others"
        )
    return sorted(wanted)


def check_order(ranges: str) -> None:
    """Refuse page ranges that run backwards, however many pages there may be.

    Raises:
        InvalidOptionError: one does, or the text is not a page range.
    """
    for part in ranges.split(",") if ranges.strip() else ():
        ends = [_bounds(part.strip(), count, ranges) for count in (0, 10**9)]
        if all(first > last for first, last in ends):
            raise InvalidOptionError(f"page range {part.strip()!r} runs backwards", "", "write the lower page first")


def _bounds(part: str, count: int, ranges: str) -> tuple[int, int]:
    import re

    match = re.fullmatch(r"(-?\d{1,9})(?:\s*(-)\s*(-?\d{1,9})?)?", part)
    if not match or int(match[1]) == 0 or (match[3] and int(match[3]) == 0):
        raise InvalidOptionError(f"{ranges!r} is not a page range", "", "write it like 1-3,7,-1 (the first page is 1)")
    absolute = [n if n > 0 else count + 1 + n for n in (int(g) for g in (match[1], match[3]) if g)]
    return absolute[0], (absolute[-1] if not match[2] or match[3] else count)
