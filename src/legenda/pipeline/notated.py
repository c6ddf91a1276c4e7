"""A page that is one crop of a known kind: a formula, a chart, a figure, a molecule, a score."""

from __future__ import annotations

from typing import cast

from legenda import notation
from legenda.document import Block, Line, NotationKind, from_box
from legenda.notation import Raster, letter_boxes
from legenda.options import ReadOptions
from legenda.pipeline.routing import read_raster

DRAWN = ("chart", "geometry")
"""Kinds whose words are read by `labels`: few, short, running any way."""


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
    lines = labels(crop) if kind in DRAWN else read_raster(crop, options).lines if kind == "score" else ()
    found = notation.read(kind, crop, lines)
    height, width = crop.shape[:2]
    return Block(kind, from_box(0, 0, width, height), lines, confidence=1.0, notation=found)


def labels(crop: Raster) -> tuple[Line, ...]:
    """Words and numbers on a drawing, in pixels of the crop; what `notation.read` wants for charts and figures.

    Raises:
        MissingComponentError: the weights are not installed.
    """
    from legenda.engines.ppocr.labels import read_labels

    return read_labels(crop, letter_boxes(crop))
