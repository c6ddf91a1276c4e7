"""Pictures that show two pages of a book: where on them each page of the input lies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from legenda.document.geometry import Box
from legenda.document.model import Part
from legenda.errors import CorruptSourceError, LegendaError
from legenda.sources.page import Rendering, SourcePage
from legenda.sources.shape import is_wide

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST = 1000
"""Pixels of the longer side of the copy that is looked at."""


def parts_of(sizes: Iterable[tuple[int, int]], look: Callable[[int], NDArray[np.uint8]]) -> tuple[Part, ...]:
    """Where each page lies; nothing where every picture is one page.

    Args:
        sizes: width and height of each picture, upright.
        look: gives a small grey copy of a picture, by its number from 1.
    """
    found, doubles = list[Part](), 0
    for number, (width, height) in enumerate(sizes, 1):
        try:
            middle = _gutter(look(number)) if is_wide(width, height) else None
        except CorruptSourceError:
            middle = None
        except LegendaError:  # whoever reads it hears of that, and need not wait twice
            return ()
        doubles += middle is not None
        x = round((middle or 0) * width)
        edges = [0, x, width] if middle else [0, width]
        found += [Part(number, (edges[at], 0, edges[at + 1], height)) for at in range(len(edges) - 1)]
    return tuple(found) if doubles else ()


def _gutter(grey: NDArray[np.uint8]) -> float | None:
    from legenda.sources.double_page import gutter_of

    return gutter_of(grey)


def cut(page: SourcePage, number: int, part: Part) -> SourcePage:
    """A page that is a part of a picture.

    Args:
        page: the whole picture.
        number: of the page.
        part: where it lies.
    """
    left, top, right, bottom = part.box
    return replace(page, number=number, width=right - left, height=bottom - top, part=part)


def box_on(part: Part, box: Box | None) -> Box:
    """A box of the page, or all of it, on the picture."""
    left, top, right, bottom = part.box
    if box is None:
        return part.box
    return left + box[0], top + box[1], min(right, left + box[2]), min(bottom, top + box[3])


def rendered(part: Part, rendering: Rendering) -> Rendering:
    """A rendering of the picture as one of the page."""
    left, top, _, _ = part.box
    return replace(rendering, origin_x=rendering.origin_x - left, origin_y=rendering.origin_y - top)
