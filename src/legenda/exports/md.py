"""Markdown (CommonMark, with GitHub's tables and formulas): headings, lists, emphasis, links, tables, notes.

What would be misread as markup is escaped. Running heads and feet and page numbers are comments, in the form that other
services give them, so that they are kept and not read with the text; `page_breaks` adds rules between pages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from legenda.document import Block, Line, Page
from legenda.document.text import printable
from legenda.exports.base import Exporter
from legenda.exports.grid import layout
from legenda.exports.inline import Look, Run, runs, without
from legenda.exports.notes import Notes
from legenda.exports.paragraphs import continues, grouped, is_table, listed
from legenda.exports.table_markdown import markdown
from legenda.exports.tables import table

_COMMENTS = {"header": "PageHeader", "footer": "PageFooter", "page_number": "PageNumber"}
_FENCED = {"geometry": "tikz", "molecule": "smiles", "score": "kern"}
_BOXES = {"☐": "[ ] ", "☑": "[x] ", "☒": "[x] "}
_INLINE = re.compile(
    r"""\\(?=[!-/:-@\[-`{-~]|$) | ` | (?<!\s)\*|\*(?!\s) | (?<!\w)_|_(?!\w) | \](?=[(\[:]) | \[(?=[ xX]\]\s|\^)
    | <(?=[A-Za-z/!?]) | &(?=\#?\w+;) | ~(?=~)|(?<=\S)~""",
    re.VERBOSE,
)
_START = re.compile(r"(?=\#{1,6}(?:\s|$)|>|[-+*](?:\s|$)|[-=_:|*][-=_:|*\s]*$|\|)")
_ORDERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_FORMULA = re.compile(r"\$(?=\S[^$]*(?<=\S)\$(?!\d))")  # two dollars that would be read as a formula's
_SPACING, _APART = re.compile(r"(\\[,;:!])(?=[A-Za-z])"), r"\1 "  # as people write it: `\, dx`
_PLAIN = Look()


class Markdown(Exporter):
    """One paragraph per block, one blank line between blocks and pages; what a page's end breaks is joined."""

    format = "md"
    suffix = ".md"
    joins_tables = True

    def __init__(self, *args: object, page_breaks: bool = False) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._page_breaks = page_breaks
        self._begun = False
        self._open: list[str] = []  # the last paragraph, which may go on, and what came since
        self._last: Block | None = None

    def _add(self, page: Page) -> None:
        if self._page_breaks and self._count:
            self._put("---")
        notes = Notes(page)
        for block in page.blocks:
            if block.kind in _COMMENTS:
                self._aside(_comment(block))
            elif text := _block(block, page.text, notes):
                self._place(block, text)

    def close(self) -> None:
        """Write what was kept because it might have gone on."""
        self._rest()
        self._flush()

    def _place(self, block: Block, text: str) -> None:
        if self._open and self._last and continues(self._last, block):
            first, *since = self._open
            joint = first[:-1] if first.endswith("-") else first + " "
            self._open, self._last = [joint + text, *since], block
            return
        tight = self._last is not None and self._last.kind == block.kind == "list" and bool(self._last.level)
        self._flush(tight=tight)
        self._open, self._last = [text], block

    def _aside(self, text: str) -> None:
        if text and self._open:
            self._open.append(text)
        elif text:
            self._put(text)

    def _flush(self, *, tight: bool = False) -> None:
        for place, text in enumerate(self._open):
            self._put(text, tight=self._tight and not place)
        self._tight = tight
        self._open, self._last = [], None

    _tight = False

    def _put(self, text: str, *, tight: bool = False) -> None:
        if self._open and text == "---":
            self._flush()
        self._write(("\n" if self._begun and not tight else "") + text + "\n")
        self._begun = True


def _comment(block: Block) -> str:
    text = " ".join(line.content for line in block.lines if line.content.strip())
    text = text.replace("--", "- -").replace('"', "'").replace(">", "&gt;")
    return f'<!-- {_COMMENTS[block.kind]}="{text}" -->' if text else ""


def _block(block: Block, page_text: str, notes: Notes) -> str:
    lines = [line for line in block.lines if line.content.strip()]
    if block.notation and (said := _notation(block)):
        return said
    if not lines:
        return "<!-- Figure -->" if block.kind == "figure" else ""
    if block.table:
        return _table(block, page_text)
    if block.kind == "code" or is_table(block):
        return _fenced(layout(lines))
    if block.kind == "list":
        return _list(block, lines, page_text)
    if block.kind == "title":
        return "# " + _heading(lines, page_text)
    if block.kind == "heading":
        return "#" * min(6, max(1, block.level) + 1) + " " + _heading(lines, page_text)
    text = "\\\n".join(inline(group, page_text, notes) for group in grouped(lines))
    name = notes.name_of(block)
    return f"[^{name}]: {notes.without_label(text)}" if name else text


def _heading(lines: Sequence[Line], page_text: str) -> str:
    """Headings are bold already."""
    made = [Run(run.text, run.look._replace(bold=False)) for run in runs(lines, page_text)]
    return _written(made).rstrip("#")


def inline(lines: Sequence[Line], page_text: str, notes: Notes | None = None) -> str:
    """The lines of a paragraph as one, with emphasis, links and formulas."""
    return _written(runs(lines, page_text), notes)


def _written(made: Sequence[Run], notes: Notes | None = None) -> str:
    if len(made) == 1 and made[0].look == _PLAIN:
        return escape(made[0].text)
    return "".join(_run(run, notes, first=not place) for place, run in enumerate(made)).strip()


def _run(run: Run, notes: Notes | None, *, first: bool) -> str:
    """One run; blanks at its ends stand outside of its marks."""
    text, how = " ".join(run.text.split()), run.look
    if not text:
        return " " if run.text else ""
    before, after = " " * run.text[0].isspace(), " " * run.text[-1].isspace()
    if how.formula:
        return f"{before}${how.formula}${after}"
    if how.box:
        return f"{before}{'[x]' if how.box == 'checked' else '[ ]'}{after}"
    if how.shift == "superscript" and notes and (name := notes.reference(text)):
        return f"{before}[^{name}]{after}"
    done = escape(text) if first else _escaped_inside(text)
    if how.shift:
        tag = how.shift[:3]
        done = f"<{tag}>{done}</{tag}>"
    done = f"~~{done}~~" if how.strike else done
    marks = "*" * (2 * how.bold + how.italic)
    done = f"{marks}{done}{marks}"
    if how.link:
        done = f"[{done}]({how.link.replace('(', '%28').replace(')', '%29')})"
    return before + done + after


def _notation(block: Block) -> str:
    """What a notation says, in its own form; what failed its check says so."""
    said = block.notation
    assert said is not None  # noqa: S101  (asked for only where there is one)
    forms = {name: printable(text) for name, text in said.forms.items()}
    doubt = f"\n\n<!-- unchecked: {printable(said.problem).replace('--', '- -')} -->" if said.problem else ""
    if block.kind == "formula" and (latex := forms.get("latex")):
        return f"$$\n{_SPACING.sub(_APART, latex.strip())}\n$$" + doubt
    if block.kind == "chart" and (table := forms.get("md")):
        return table.strip() + doubt
    if block.kind == "barcode" and (text := forms.get("text")):
        return f"{escape(forms.get('format', 'Barcode'))}: {_code(text)}"
    name = _FENCED.get(block.kind, "")
    return f"```{name}\n{forms[name].strip()}\n```" + doubt if name in forms else ""


def _code(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{' '.join(text.split())}{pad}{fence}"


def _table(block: Block, page_text: str) -> str:
    """GitHub's table; HTML where cells span, which Markdown has no way to say."""
    return markdown(table(block), lambda cell: _written(runs(cell.lines, page_text)) if cell.lines else "")


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _list(block: Block, lines: Sequence[Line], page_text: str) -> str:
    indent = "   " * max(0, block.level - 1)
    shown = []
    for name, own, skipped in listed(lines):
        box = _BOXES.get(own[0].content[skipped : skipped + 1], "")
        skipped += len(box) and 1 + own[0].content[skipped + 1 :].startswith(" ")
        text = _written(without(runs(own, page_text), skipped))
        shown.append(f"{indent}{name} {box}{text}")
    return "\n".join(shown)


def escape(text: str) -> str:
    """One line of text with a backslash before everything CommonMark or GitHub would read as markup."""
    text = _escaped_inside(" ".join(text.split()))
    text = _ORDERED.sub(r"\1\\\2", text, count=1) if _ORDERED.match(text) else text
    return "\\" + text if _START.match(text) else text


def _escaped_inside(text: str) -> str:
    text = _INLINE.sub(lambda match: "\\" + match[0], text)
    return _FORMULA.sub(r"\\\g<0>", text) if text.count("$") > 1 else text
