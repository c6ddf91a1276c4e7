"""The `cpu` engine: orientation, detection, recognition by effort, lines."""

from __future__ import annotations

import itertools
from dataclasses import replace

import cv2
import numpy as np
from threadpoolctl import threadpool_limits

from legenda.document import Line, from_upright, mapped
from legenda.engines.base import EngineOptions, Raster, Reading
from legenda.engines.ppocr import models
from legenda.engines.ppocr.detect import FAST, USUAL, Boxes, detect
from legenda.engines.ppocr.lines import read_boxes, read_whole
from legenda.engines.ppocr.orientation import turned_upright, without_colour
from legenda.engines.ppocr.stragglers import with_stragglers
from legenda.engines.stopwatch import Stopwatch

# one thread for each, in the whole process: theirs would spin, double the CPU time of a page and gain none
cv2.setNumThreads(1)
threadpool_limits(1, user_api="blas")

LINE_HEIGHT = 200  # a raster no higher than this may be the crop of one line or word


class PPOCR:
    """PP-OCRv6 tiny and small in a lean pipeline; reads Latin scripts, Chinese, Japanese and Greek letters."""

    name = "cpu"

    def read(self, raster: Raster, options: EngineOptions) -> Reading:
        """Read all text on a raster, whatever its orientation.

        Raises:
            MissingComponentError: the weights are not installed.
        """
        watch = Stopwatch()
        raster = without_colour(raster)
        if raster.shape[0] <= LINE_HEIGHT and (lines := _read_crop(raster, options, watch)) is not None:
            return Reading(lines, 0.0, watch.seconds)
        with watch("detection"):
            page = turned_upright(raster, FAST if options.effort == "fast" else USUAL)
        with watch("recognition"):
            # `fast` goes without: its word F1 is the same, on receipts too
            boxes = page.boxes if options.effort == "fast" else with_stragglers(page.raster, page.boxes)
            lines = read_boxes(page.raster, boxes, options)
        if page.quarter:
            affine = from_upright(page.quarter, raster.shape[1], raster.shape[0])
            lines = tuple(mapped(line, affine) for line in lines)
        return Reading(lines, page.angle, watch.seconds)


def _read_crop(raster: Raster, options: EngineOptions, watch: Stopwatch) -> tuple[Line, ...] | None:
    """Read the crop of one line or word as a whole; None when it holds several rows of text.

    The detector needs paper around text; on a crop cut to the ink it finds little.
    """
    with watch("detection"):
        boxes = detect(models.detector(), raster)
    if _rows(boxes) > 1:
        return None
    with watch("recognition"):
        whole = read_whole(raster, float(boxes.scores.max(initial=0.0)))
        if any(line.style and line.style.handwritten for line in whole):
            return whole
        parts = read_boxes(raster, boxes, replace(options, effort="accurate"))  # one line costs little
    return whole if not parts or _evidence(whole) >= _evidence(parts) else parts


def _rows(boxes: Boxes) -> int:
    """Rows of text: boxes whose vertical middles lie apart by more than half their height."""
    middles = sorted((q[:, 1].mean(), np.ptp(q[:, 1])) for q in boxes.quads)
    return len(middles) and 1 + sum(b[0] - a[0] > 0.5 * min(a[1], b[1]) for a, b in itertools.pairwise(middles))


def _evidence(lines: tuple[Line, ...]) -> float:
    """How much was read: characters weighted by their probability."""
    return sum(w.confidence * len(w.content) for line in lines for w in line.words)
