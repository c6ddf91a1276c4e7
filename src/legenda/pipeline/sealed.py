"""A seal read: text along its ring unrolled, text across its middle as the page has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import hypot

import numpy as np

from legenda.document import Block, Line, bounds, from_box, mapped
from legenda.engines.base import EngineOptions
from legenda.engines.registry import get_engine
from legenda.errors import LegendaError
from legenda.layout.regions import Region
from legenda.layout.seals import Seal, rolled, unrolled
from legenda.pipeline.sight import Sight

_MIDDLE = 0.5  # of the radius, within which text runs straight
_LEGIBLE = 0.6  # confidence of a line along the ring


def sealed(region: Region, lines: Sequence[Line], sight: Sight) -> Block:
    """The block of a seal; lines along its ring are those read from it unrolled, where these say more."""
    block = Block("seal", from_box(*region.box), tuple(lines), confidence=region.confidence)
    if sight.pixels is None:
        return block
    seal = Seal(sight.box_in_pixels(region.box))
    row = unrolled(np.ascontiguousarray(sight.pixels.min(axis=2)), seal)  # where ink in any colour is dark
    try:
        found = get_engine("cpu").read(row, EngineOptions("accurate")).lines
    except LegendaError as error:
        sight.problems["no_seal"] = f"The text of a seal was not read: {error}"
        return block
    read = [mapped(_rolled(x, row.shape, seal), sight.onto_page) for x in found if x.confidence >= _LEGIBLE]
    straight = [line for line in lines if _is_straight(line, region)]
    along = [line for line in lines if all(line is not other for other in straight)]
    return replace(block, lines=(*(read if _said(read) >= _said(along) else along), *straight))


def _rolled(line: Line, shape: tuple[int, ...], seal: Seal) -> Line:
    words = tuple(replace(word, polygon=rolled(word.polygon, shape, seal)) for word in line.words)
    return replace(line, words=words, polygon=from_box(*seal.box))


def _is_straight(line: Line, region: Region) -> bool:
    """Whether a line stands in the middle of a seal."""
    x0, y0, x1, y1 = bounds(line.polygon)
    left, top, right, bottom = region.box
    across = ((x0 + x1) - (left + right)) / (right - left)
    down = ((y0 + y1) - (top + bottom)) / (bottom - top)
    return hypot(across, down) < _MIDDLE


def _said(lines: Sequence[Line]) -> float:
    return sum(word.confidence * len(word.content) for line in lines for word in line.words)
