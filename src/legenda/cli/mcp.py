"""`legenda mcp`: tools for agents, over standard input and output."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from legenda.cli.status import leaving


@leaving()
def mcp(
    root: Annotated[
        list[Path] | None,
        typer.Option(help="Folder whose files agents may read and write; several times for several.", show_default="."),
    ] = None,
) -> None:
    """Serve agents (Model Context Protocol): read, ask, extract, and every tool.

    Configure it in the agent as the command `legenda mcp --root FOLDER`. Nothing leaves this machine.
    """
    from legenda.mcp.server import make

    make(root or [Path()]).run("stdio")
