"""Formulas to LaTeX: the pix2tex network, decoded here, its LaTeX parsed, mended and written in one spelling."""

from legenda.notation.formula.reader import read

__all__ = ["read"]
