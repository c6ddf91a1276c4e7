"""`python -m legenda`: the command, where it is not on the path."""

from __future__ import annotations

from legenda.cli import main

main()
