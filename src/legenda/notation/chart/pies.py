"""Pies: a disc of sectors, whose angles are shares."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from legenda.notation.base import Raster
from legenda.notation.chart import surroundings
from legenda.notation.chart.axes import Frame
from legenda.notation.chart.labels import Label
from legenda.notation.chart.table import Chart, Row

_RING = (0.55, 0.9)  # of the radius: where colours are looked at, between a hole and the edge


def read(crop: Raster, ink: NDArray[np.bool_], words: Sequence[Label], lines: Sequence[Label]) -> Chart | None:
    """The chart, where the largest coloured shape is a disc or a ring; else `None`."""
    disc = _disc(crop)
    if disc is None:
        return None
    x, y, radius = disc
    sectors = _sectors(crop, x, y, radius)
    if len(sectors) < 2:
        return None
    frame = Frame(x - radius, y - radius, x + radius, y + radius)
    outside = surroundings.in_rows([label for label in lines if np.hypot(label.x - x, label.y - y) > radius], 0.9)
    legend = surroundings.legend_of(Frame(0, 0, 0, crop.shape[0]), crop, outside)
    rows: list[Row] = []
    for middle, share, colour in sectors:
        name = _named(colour, legend) or _beside(middle, x, y, radius, outside)
        rows.append(Row(name or f"sector {len(rows) + 1}", 100 * share))
    problems = () if all(not row.key.startswith("sector ") for row in rows) else ("Some sectors have no name.",)
    title = surroundings.title_of(frame, [label for label in lines if label.bottom < y - radius - 4], legend)
    return Chart("pie", tuple(rows), title, "", "percent", "", 0.1, problems=problems)


def _disc(crop: Raster) -> tuple[float, float, float] | None:
    import cv2

    vivid = (np.ptp(crop.astype(int), axis=2) > 25).astype(np.uint8)
    closed = cv2.morphologyEx(vivid, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return None
    largest = max(outlines, key=cv2.contourArea)
    (x, y), radius = cv2.minEnclosingCircle(largest)
    if radius < 25 or cv2.contourArea(largest) < 0.93 * np.pi * radius**2:
        return None
    return float(x), float(y), float(radius)


def _sectors(crop: Raster, x: float, y: float, radius: float) -> list[tuple[float, float, surroundings.Colour]]:
    """Middle angle (radians, clockwise from three o'clock), share, and colour of each, from twelve o'clock on."""
    angles = np.deg2rad(np.arange(-90, 270, 0.25))
    radii = np.linspace(*_RING, 12) * radius
    columns = np.clip(np.rint(x + np.outer(radii, np.cos(angles))), 0, crop.shape[1] - 1).astype(int)
    rows = np.clip(np.rint(y + np.outer(radii, np.sin(angles))), 0, crop.shape[0] - 1).astype(int)
    seen = np.median(crop[rows, columns].astype(int), axis=0)
    jumps = np.abs(seen - np.roll(seen, 1, 0)).max(1) > 25
    if not jumps.any():
        return []
    start = int(np.nonzero(jumps)[0][0])
    rolled = np.roll(seen, -start, 0)
    cuts = [0, *(np.nonzero(np.roll(jumps, -start)[1:])[0] + 1), len(rolled)]
    runs = [(a, b, rolled[(a + b) // 2]) for a, b in pairwise(cuts) if b - a > 6]
    merged: list[tuple[int, int, NDArray[np.int_]]] = []
    for a, b, colour in runs:
        if merged and np.abs(merged[-1][2] - colour).max() < 20:
            merged[-1] = (merged[-1][0], b, colour)
        else:
            merged.append((a, b, colour))
    total = sum(b - a for a, b, _ in merged)
    found = []
    for a, b, colour in merged:
        middle = angles[((a + b) // 2 + start) % len(angles)]
        found.append((float(middle), (b - a) / total, (int(colour[0]), int(colour[1]), int(colour[2]))))
    return found


def _named(colour: surroundings.Colour, legend: surroundings.Legend) -> str:
    if not legend.names:
        return ""
    best = min(legend.names, key=lambda pair: sum(abs(a - b) for a, b in zip(pair[0], colour, strict=True)))
    return best[1] if sum(abs(a - b) for a, b in zip(best[0], colour, strict=True)) < 60 else ""


def _beside(angle: float, x: float, y: float, radius: float, lines: Sequence[Label]) -> str:
    """The label outside the disc nearest to the middle of a sector's edge."""
    outside = [label for label in lines if np.hypot(label.x - x, label.y - y) > radius and "%" not in label.text]
    if not outside:
        return ""
    px, py = x + 1.15 * radius * np.cos(angle), y + 1.15 * radius * np.sin(angle)
    best = min(outside, key=lambda label: _away(label, px, py))
    return best.text if _away(best, px, py) < 0.4 * radius else ""


def _away(label: Label, x: float, y: float) -> float:
    dx = max(label.left - x, 0, x - label.right)
    dy = max(label.top - y, 0, y - label.bottom)
    return float(np.hypot(dx, dy))
