"""A table in HTML: spans as they are, header rows in `thead`, so that Markdown may hold it, too."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from legenda.exports.tables import Cell, Table


def plain(cell: Cell) -> str:
    """A cell's text, escaped."""
    return escape(cell.text, quote=False)


def html(table: Table, about: str = "", said: Callable[[Cell], str] = plain) -> str:
    """The table, a row a line.

    Args:
        table: to be written.
        about: attributes of the element, with a space before each.
        said: what stands in a cell, as HTML.
    """
    rows = [f"<tr>{''.join(_cell(cell, said) for cell in row)}</tr>" for row in table.slots()]
    heads = ["<thead>", *rows[: table.heads], "</thead>"] if table.heads else []
    body = ["<tbody>", *rows[table.heads :], "</tbody>"] if table.heads else rows
    return "\n".join([f"<table{about}>", *heads, *body, "</table>"])


def _cell(cell: Cell, said: Callable[[Cell], str]) -> str:
    tag = "th" if cell.header else "td"
    spans = "".join(
        f' {name}="{count}"' for name, count in (("rowspan", cell.rows), ("colspan", cell.columns)) if count > 1
    )
    return f"<{tag}{spans}>{said(cell)}</{tag}>"
