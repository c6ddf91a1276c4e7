"""A table in Markdown: GitHub's pipes, or HTML where cells take several slots, which pipes cannot say."""

from __future__ import annotations

import re
from collections.abc import Callable

from legenda.exports.table_html import html
from legenda.exports.tables import Cell, Table

_PIPE = re.compile(r"(?<!\\)\|")


def markdown(table: Table, said: Callable[[Cell], str]) -> str:
    """The table, a row a line; without header rows the first one names the columns, since pipes must have one.

    Args:
        table: to be written.
        said: what stands in a cell, as Markdown in one line; pipes in it are escaped here.
    """
    if table.spans or table.heads > 1:
        return html(table)
    rows = [[_safe(said(cell)) for cell in row] for row in table.slots()]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines[:1], f"|{' --- |' * len(table.widths)}", *lines[1:]])


def _safe(text: str) -> str:
    """Pipes part cells even in code, but for one with a backslash before it."""
    return _PIPE.sub(r"\\|", text)
