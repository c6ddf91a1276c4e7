"""Letters that touch a bond: clusters of short strokes of a letter's size in what else is lines."""

from __future__ import annotations

import numpy as np

from legenda.notation.molecule import glyphs
from legenda.notation.molecule.labels import Letter
from legenda.notation.molecule.sketch import Piece, Sketch
from legenda.notation.molecule.strokes import Drawing

_SURE = 0.85  # a cluster is a letter from this probability on
_SIGNS = frozenset("NOSHCFPBI")


def freed(sketch: Sketch, picture: Drawing, tall: float) -> list[Letter]:
    """Letters of about `tall` px among the lines; their strokes are taken away from the sketch."""
    found = []
    for cluster in _clusters(sketch, 1.15 * tall):
        letter = _letter(sketch, cluster, picture, tall)
        if letter:
            found.append(letter)
            sketch.pieces = [piece for piece in sketch.pieces if piece not in cluster]
    return found


def _clusters(sketch: Sketch, longest: float) -> list[list[Piece]]:
    """Short pieces that hang together."""
    short = [piece for piece in sketch.pieces if sketch.length(piece) < longest]
    at: dict[int, list[Piece]] = {}
    for piece in short:
        for end in piece.ends:
            at.setdefault(end, []).append(piece)
    seen: set[int] = set()
    clusters = []
    for piece in short:
        if id(piece) in seen:
            continue
        cluster, todo = [], [piece]
        seen.add(id(piece))
        while todo:
            one = todo.pop()
            cluster.append(one)
            for other in (p for end in one.ends for p in at[end] if id(p) not in seen):
                seen.add(id(other))
                todo.append(other)
        if len(cluster) >= 3:
            clusters.append(cluster)
    return clusters


def _letter(sketch: Sketch, cluster: list[Piece], picture: Drawing, tall: float) -> Letter | None:
    spots = np.array([spot for piece in cluster for spot in sketch.at(piece)])
    half = picture.thickness / 2
    left, top = (spots.min(0) - half).round().astype(int).clip(0)
    right, bottom = (spots.max(0) + half + 1).round().astype(int)
    height, width = bottom - top, right - left
    if not 0.75 * tall < height < 1.3 * tall or not 0.3 * tall < width < 1.4 * tall:
        return None
    cut = picture.ink[top:bottom, left:right]
    ((sign, sure),) = glyphs.told([glyphs.square(cut)])
    if sign not in _SIGNS or sure < _SURE:
        return None
    return Letter(sign, (int(left), int(top), int(right), int(bottom)), sure, -1)
