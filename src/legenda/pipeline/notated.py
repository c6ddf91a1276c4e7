"""A page that is one crop of a known kind: a formula, a chart, a figure, a molecule, a score."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from legenda import notation
from legenda.document import Block, Line, NotationKind, from_box, mapped
from legenda.notation import Raster
from legenda.options import ReadOptions
from legenda.pipeline.routing import read_raster

_LETTERED = ("chart", "geometry", "score")  # kinds whose words are read as text
_SIDE = 1000  # px; the detector finds small labels on crops brought to this side (`evaldata` charts and figures)
_GROWN = 4.0


def is_notated(options: ReadOptions) -> bool:
    """Whether each page is one crop of a kind that is read as notation."""
    return options.content in notation.READ


def read_crop(crop: Raster, options: ReadOptions) -> Block:
    """The whole crop as one block of the kind asked for, in pixels of the crop.

    Raises:
        InvalidOptionError: there is no such engine or language.
        MissingComponentError: weights or a program the kind needs are not installed.
    """
    kind = cast(NotationKind, options.content)
    lines = labels(crop, options) if kind in _LETTERED else ()
    found = notation.read(kind, crop, lines)
    height, width = crop.shape[:2]
    return Block(kind, from_box(0, 0, width, height), lines, confidence=1.0, notation=found)


def labels(crop: Raster, options: ReadOptions) -> tuple[Line, ...]:
    """Text on a picture of small size; polygons in its pixels."""
    import cv2

    factor = min(_GROWN, max(1.0, _SIDE / max(crop.shape[:2])))
    grown = cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC) if factor > 1 else crop
    lines = read_raster(grown, replace(options, content="text")).lines
    back = (1 / factor, 0.0, 0.0, 0.0, 1 / factor, 0.0)
    return tuple(mapped(line, back) for line in lines)
