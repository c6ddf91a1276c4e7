"""Charts to tables: axes from lines and labels, marks by colour and shape, names from a legend."""

from legenda.notation.chart.reader import read

__all__ = ["read"]
