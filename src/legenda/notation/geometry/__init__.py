"""Figures of plane geometry to TikZ and SVG: circles and arcs, segments and polygons, marks, labels."""

from legenda.notation.geometry.reader import read

__all__ = ["read"]
