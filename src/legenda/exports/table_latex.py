"""A table in LaTeX: `tabular`, with the package `multirow` where cells take several rows."""

from __future__ import annotations

import re
from collections.abc import Callable

from legenda.exports.numbers import number
from legenda.exports.tables import Cell, Table

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{character: "\\" + character for character in "&%$#_{}"},
}
_SPECIALS = re.compile(r"[\\~^<>|&%$#_{}]")
_NUMBERS = 0.6  # of a column's texts from which it is set flush right


def escaped(text: str) -> str:
    """Text as LaTeX prints it."""
    return _SPECIALS.sub(lambda match: _SPECIAL[match[0]], text)


def latex(table: Table, said: Callable[[Cell], str] = lambda cell: escaped(cell.text)) -> str:
    """The table; a rule above and below, and below the header rows.

    Args:
        table: to be written.
        said: what stands in a cell, as LaTeX.
    """
    letters = _letters(table)
    rows = _rows(table, letters, said)
    lines = [r"\begin{tabular}{" + letters + "}", r"\hline"]
    for k, row in enumerate(rows, 1):
        lines.append(row + r" \\" + (r" \hline" if k in (table.heads, len(rows)) else ""))
    return "\n".join([*lines, r"\end{tabular}"])


def _letters(table: Table) -> str:
    columns = zip(*(row for row in table.texts()[table.heads :]), strict=True) if table.rows[table.heads :] else ()
    letters = "".join("r" if _numeric([text for text in column if text]) else "l" for column in columns)
    return letters or "l" * len(table.widths)


def _numeric(texts: list[str]) -> bool:
    return bool(texts) and sum(number(text, ".") is not None for text in texts) >= _NUMBERS * len(texts)


def _rows(table: Table, letters: str, said: Callable[[Cell], str]) -> list[str]:
    """Cells of each row; slots under one that takes several rows stay empty, as that package wants it."""
    below: dict[tuple[int, int], int] = {}
    rows = []
    for r, row in enumerate(table.slots()):
        parts = {cell.column: _cell(cell, letters, said) for cell in row}
        for cell in row:
            below |= {(r + k, cell.column): cell.columns for k in range(1, cell.rows)}
        hidden = {at: _over("", n, letters[at]) for (k, at), n in below.items() if k == r}
        rows.append(" & ".join(text for _, text in sorted((parts | hidden).items())))
    return rows


def _cell(cell: Cell, letters: str, said: Callable[[Cell], str]) -> str:
    text = said(cell)
    text = rf"\multirow{{{cell.rows}}}{{*}}{{{text}}}" if cell.rows > 1 else text
    return _over(text, cell.columns, "c" if cell.header else letters[cell.column])


def _over(text: str, columns: int, letter: str) -> str:
    return rf"\multicolumn{{{columns}}}{{{letter}}}{{{text}}}" if columns > 1 else text
