"""Lead the Python clients of other services to a Legenda server, by a line in the program that uses them."""

from __future__ import annotations
