"""Mathpix Markdown, as GOT-OCR2 writes what it is asked for "with format".

Headings, tables and formulas in LaTeX, lists and emphasis in Markdown, molecules as SMILES, scores as `**kern`, figures
as TikZ, charts as Python dicts. Text is not escaped, as it is not by the model; only in LaTeX it must be.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from legenda.document import Block, Line, Page
from legenda.document.text import printable
from legenda.exports.base import Exporter
from legenda.exports.inline import Run, runs, without
from legenda.exports.paragraphs import grouped, is_table, listed
from legenda.exports.table_latex import escaped, latex
from legenda.exports.tables import Cell, table

_HEADINGS = ("section", "subsection", "subsubsection")
_FORMS = {"chart": "dict", "geometry": "tikz", "molecule": "smiles", "score": "kern", "barcode": "text"}


class MathpixMarkdown(Exporter):
    """A blank line between blocks and pages."""

    format: ClassVar[str] = "mmd"
    suffix: ClassVar[str] = ".mmd"

    _begun = False

    def _add(self, page: Page) -> None:
        for block in page.blocks:
            if text := _block(block, page.text):
                self._write(("\n" if self._begun else "") + text + "\n")
                self._begun = True

    def close(self) -> None:
        """Nothing comes after the last page."""


def _block(block: Block, page_text: str) -> str:
    lines = [line for line in block.lines if line.content.strip()]
    if block.notation and (said := _notation(block)):
        return said
    if not lines:
        return ""
    if block.table or is_table(block):
        return latex(table(block), lambda cell: _cell(cell, page_text))
    if block.kind == "title":
        return rf"\title{{{_inline(lines, page_text, bold=False)}}}"
    if block.kind == "heading":
        name = _HEADINGS[min(len(_HEADINGS), max(1, block.level)) - 1]
        return rf"\{name}*{{{_inline(lines, page_text, bold=False)}}}"
    if block.kind == "list":
        return _list(block, lines, page_text)
    if block.kind == "code":
        return "\n".join(["```", *(line.content for line in lines), "```"])
    return "\n".join(_inline(group, page_text) for group in grouped(lines))


def _notation(block: Block) -> str:
    """What a picture says, in the model's syntax for it; what failed its check says so."""
    said = block.notation
    assert said is not None  # noqa: S101  (asked for only where there is one)
    form = printable(said.forms.get("latex" if said.kind == "formula" else _FORMS[said.kind], "")).strip()
    if not form:
        return ""
    shown = {"formula": rf"\[{form}\]", "molecule": f"<smiles>{form}</smiles>"}.get(said.kind, form)
    return f"{shown}\n<!-- unchecked: {printable(said.problem).replace('--', '- -')} -->" if said.problem else shown


def _list(block: Block, lines: Sequence[Line], page_text: str) -> str:
    indent = "  " * max(0, block.level - 1)
    items = (f"{indent}{name} {_written(without(runs(own, page_text), label))}" for name, own, label in listed(lines))
    return "\n".join(items)


def _inline(lines: Sequence[Line], page_text: str, *, bold: bool = True) -> str:
    made = runs(lines, page_text)
    return _written(made if bold else [Run(run.text, run.look._replace(bold=False)) for run in made])


def _written(made: Sequence[Run]) -> str:
    return " ".join("".join(map(_run, made)).split())


def _run(run: Run) -> str:
    """One run; blanks at its ends stand outside of its marks."""
    text, how = run.text.strip(), run.look
    if not text:
        return run.text
    if how.formula:
        done = rf"\( {how.formula} \)"
    elif how.shift:
        done = rf"\( {{}}{'^' if how.shift == 'superscript' else '_'}{{{escaped(text)}}} \)"
    else:
        marks = "*" * (2 * how.bold + how.italic)
        done = f"{marks}{text}{marks}"
        done = f"[{done}]({how.link})" if how.link else done
    return " " * run.text[0].isspace() + done + " " * run.text[-1].isspace()


def _cell(cell: Cell, page_text: str) -> str:
    if not cell.lines:
        return ""
    parts = (
        rf"\( {run.look.formula} \)" if run.look.formula else escaped(run.text) for run in runs(cell.lines, page_text)
    )
    return " ".join("".join(parts).split())
