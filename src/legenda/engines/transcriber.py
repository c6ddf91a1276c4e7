"""What a model is that writes down a page: text in its own order, without places. `pipeline.models` places it.

Third parties register theirs under the entry-point group `legenda.transcribers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from legenda.document import Box
from legenda.document.model import BlockKind
from legenda.engines.base import Raster


@dataclass(frozen=True, slots=True)
class Wish:
    """What a model is asked for.

    Attributes:
        formatted: headings, tables, formulas and the like in its markup; else nothing but text.
        attempt: 0 at first; a later one is made because the answer before went wrong, and is to come out otherwise.
    """

    formatted: bool = False
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of what a model wrote.

    Attributes:
        text: as it is printed, without markup; a line feed where the model has one, tabs between cells of a table.
        kind: what it says it is.
        forms: the same in notations (`latex`, `html`, `smiles`...), where it is one; as `document.Notation.forms`.
        box: left, top, right, bottom, as shares (0..1) of width and height, where the model says so.
    """

    text: str
    kind: BlockKind = "text"
    forms: Mapping[str, str] = field(default_factory=dict)
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a model wrote.

    Attributes:
        passages: in reading order.
        model: its name.
        complete: it came to an end; `False` where it was cut off for its length.
    """

    passages: tuple[Passage, ...]
    model: str
    complete: bool = True


class Transcriber(Protocol):
    """Writes down rasters. Thread safe: one instance serves all workers of a process."""

    name: str

    def transcribe(self, raster: Raster, wish: Wish) -> Transcript:
        """Write down an upright page.

        Raises:
            MissingComponentError: weights, a library or a setting is not there.
            EngineError: the model failed, or gave what cannot be understood.
        """
        ...
