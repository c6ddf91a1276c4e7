"""What GOT-OCR2 can be asked for (Wei et al., "General OCR Theory", 2024)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from legenda.errors import InvalidOptionError
from legenda.options import Color

MOST_PATCHES = 12


@dataclass(frozen=True, slots=True)
class Mode:
    """How pages are read.

    Attributes:
        formatted: markup: Mathpix Markdown, tables in LaTeX, SMILES, `**kern`, TikZ, charts as Python dicts.
        pages: all pictures are pages of one text; else each gives a text of its own.
        patches: parts of a page are looked at besides the whole, 2 to 12; for small print. 1: the whole alone.
        box: only this is read: left, top, right, bottom in pixels.
        color: only what is framed in this colour is read.
        again: without phrases of 20 tokens that were written before: after an answer that went in circles.

    Raises:
        InvalidOptionError: `patches` is not from 1 to 12, or a region is asked for on several pages at once.
    """

    formatted: bool = False
    pages: bool = False
    patches: int = 1
    box: tuple[float, float, float, float] | None = None
    color: Color | None = None
    again: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.patches <= MOST_PATCHES:
            raise InvalidOptionError(f"patches is {self.patches}", f"it must lie between 1 and {MOST_PATCHES}")
        if self.pages and (self.box or self.color):
            raise InvalidOptionError("box and color are for single pages", "several are read as one", "leave one out")

    def arguments(self) -> dict[str, Any]:
        """For `GotOcr2Processor`; anew each time, since it writes into the box."""
        return {
            "format": self.formatted,
            "multi_page": self.pages,
            "crop_to_patches": self.patches > 1,
            "max_patches": self.patches,
            "color": self.color,
            "box": list(self.box) if self.box else None,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model wrote.

    Attributes:
        text: of a page, or of all pages.
        complete: it came to an end; `False` where it reached the most tokens it may have.
    """

    text: str
    complete: bool
