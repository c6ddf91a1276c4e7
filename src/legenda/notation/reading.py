"""The one door: a kind and a crop in, a `Notation` out."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from legenda.document import Line, Notation, NotationKind
from legenda.errors import InvalidOptionError
from legenda.notation.base import Raster

_READERS = {
    "formula": "legenda.notation.formula",
    "chart": "legenda.notation.chart",
    "geometry": "legenda.notation.geometry",
    "molecule": "legenda.notation.molecule",
    "score": "legenda.notation.score",
}

READ: tuple[str, ...] = tuple(_READERS)
"""The kinds there is a reader for."""


class _Module(Protocol):
    def read(self, crop: Raster, lines: Sequence[Line]) -> Notation: ...


def read(kind: NotationKind, crop: Raster, lines: Sequence[Line] = ()) -> Notation:
    """What a crop says, in every form its kind has (`NOTATION_FORMS`).

    What fails the check of its own grammar is marked (`Notation.problem`), not hidden; what could not be read at all
    has no forms, confidence 0 and a problem.

    Args:
        kind: which notation the crop is in.
        crop: uint8, [height, width] grey or [height, width, 3] RGB, with little around it but paper.
        lines: text read on the crop, polygons in its pixels; charts, figures and scores take their words from here.

    Raises:
        InvalidOptionError: there is no reader for that kind.
        MissingComponentError: weights or a program it needs are not installed.
    """
    if kind not in _READERS:
        raise InvalidOptionError(f"{kind} is not read as notation", "", f"choose from {', '.join(READ)}")
    return cast(_Module, import_module(_READERS[kind])).read(crop, lines)
