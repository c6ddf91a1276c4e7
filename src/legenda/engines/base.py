"""What an engine is. Third parties register theirs under the entry-point group `legenda.engines`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from legenda.document import Block, Line, Problem

Effort = Literal["fast", "balanced", "accurate"]
"""The rungs of `legenda.options.Effort` on which engines read; above them, models write (`transcriber`)."""
Raster = NDArray[np.uint8]
"""A page or a part of one: uint8, [height, width] grey or [height, width, 3] RGB, origin top left."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What an engine is asked for.

    Attributes:
        effort: how much time a page is worth.
        languages: BCP-47 codes; empty means find out.
    """

    effort: Effort = "balanced"
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine saw on a raster.

    Attributes:
        lines: in no particular order; polygons in pixels of the raster as given, spans unset.
        angle: degrees clockwise, (-180, 180], by which the text is turned.
        timings: seconds per stage.
        problems: what the reader of the page should know.
        engine: what read most of it, where lines do not say.
        blocks: notations without words (molecules, scores, figures); polygons as those of lines.
    """

    lines: tuple[Line, ...]
    angle: float = 0.0
    timings: dict[str, float] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    engine: str = ""
    blocks: tuple[Block, ...] = ()


class Engine(Protocol):
    """Reads rasters. Thread safe: one instance serves all workers of a process."""

    name: str

    def read(self, raster: Raster, options: EngineOptions) -> Reading:
        """Read all text on a raster, whatever its orientation.

        Raises:
            MissingComponentError: weights or language packs are not installed.
            EngineError: the engine failed.
        """
        ...
