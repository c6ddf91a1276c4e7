"""Web page (HTML 5) in one file: headings, paragraphs, lists, tables, formulas, notes, pictures; nothing is fetched.

All text is escaped, and a policy in the page forbids scripts and everything from elsewhere.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from typing import BinaryIO

from legenda.document import Block, Line, Page
from legenda.document.text import printable
from legenda.exports.base import Exporter, Origin
from legenda.exports.grid import layout
from legenda.exports.inline import Run, runs, without
from legenda.exports.lines import language_of
from legenda.exports.notes import Notes
from legenda.exports.paragraphs import Item, grouped, is_table, listed
from legenda.exports.pictures import PICTURED, PagePictures
from legenda.exports.rows import right_to_left
from legenda.exports.table_html import html
from legenda.exports.tables import table

_HEAD = """<!DOCTYPE html>
<html{language}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Legenda">
<title>{title}</title>
<style>
body {{ max-width: 48rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }}
section + section {{ border-top: 1px solid #bbb; margin-top: 2rem; padding-top: 1rem; }}
table {{ border-collapse: collapse; }} th, td {{ border: 1px solid #bbb; padding: .2rem .5rem; vertical-align: top; }}
pre {{ overflow-x: auto; }} img {{ max-width: 100%; }} .aside {{ color: #555; font-size: .875rem; }}
@media print {{ section + section {{ border: 0; break-before: page; }} }}
</style>
</head>
<body>
<main>
"""
_ASIDE = ("header", "footer", "page_number", "footnote")


class Html(Exporter):
    """Paragraphs are joined over the lines of the paper; figures are cut from the original where it is at hand."""

    format = "html"
    joins_tables = True
    suffix = ".html"
    uses_original = True

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        super().__init__(out, origin)
        self._pictures = PagePictures(origin)
        self._language = ""

    def _add(self, page: Page) -> None:
        if self._origin.bare:
            self._write("".join(text + "\n" for text in self._blocks(page.blocks, page, Notes(page))))
            return
        if not self._count:
            self._begin(language_of(page.lines))
        self._write(f'<section id="page-{page.number}" aria-label="Page {page.number}">\n')
        notes = Notes(page)
        for is_list, some in groupby(page.blocks, lambda block: block.kind == "list"):
            for text in self._lists(list(some), page) if is_list else self._blocks(some, page, notes):
                self._write(text + "\n")
        self._write("</section>\n")

    def close(self) -> None:
        """Write the end of the page."""
        self._rest()
        if not self._count and not self._origin.bare:
            self._begin("")
        self._write("" if self._origin.bare else "</main>\n</body>\n</html>\n")
        self._pictures.close()

    def _begin(self, language: str) -> None:
        self._language = language
        title = escape(self._metadata.get("title") or self._name or "Untitled")
        self._write(_HEAD.format(language=f' lang="{language}"' if language else "", title=title))

    def _blocks(self, blocks: Iterable[Block], page: Page, notes: Notes) -> Iterator[str]:
        for block in blocks:
            yield from self._block(block, page, notes)

    def _block(self, block: Block, page: Page, notes: Notes) -> Iterator[str]:
        lines = [line for line in block.lines if line.content.strip()]
        about = self._attributes(lines)
        if block.kind in PICTURED and (picture := self._pictures.cut(page, block)):
            source = f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode('ascii')}"
            text = escape(" ".join(line.content for line in lines))
            yield f'<figure{about}><img src="{source}" alt="{text}"></figure>'
        if block.notation and (said := _notation(block)):
            yield said
        elif not lines or (block.kind in PICTURED and picture):
            return
        elif block.kind == "code":
            yield f"<pre{about}><code>{escape(layout(lines))}</code></pre>"
        elif is_table(block):
            yield html(table(block), about, lambda cell: _styled(cell.lines, page.text) if cell.lines else "")
        elif block.kind in ("title", "heading"):
            tag = "h1" if block.kind == "title" else f"h{min(6, max(1, block.level) + 1)}"
            yield f"<{tag}{about}>{_styled(lines, page.text, bold=False)}</{tag}>"
        else:
            about += f' id="note-{name}"' if (name := notes.name_of(block)) else ""
            about += ' class="aside"' if block.kind in _ASIDE else ""
            for group in grouped(lines):
                yield f"<p{about}>{_styled(group, page.text, notes)}</p>"

    def _lists(self, blocks: Sequence[Block], page: Page) -> Iterator[str]:
        """Items of blocks that follow one another as lists within lists."""
        found: list[tuple[int, Item]] = []
        for block in blocks:
            items = listed([line for line in block.lines if line.content.strip()])
            found += [(max(1, block.level), item) for item in items]
        about = self._attributes([line for block in blocks for line in block.lines])
        yield from _nested(found, page.text, about)

    def _attributes(self, lines: Sequence[Line]) -> str:
        """`dir` always, since text of either direction may follow; `lang` where it is not the document's."""
        language = language_of(lines)
        rtl = right_to_left("".join(line.content for line in lines))
        other = f' lang="{language}"' if language and language != self._language else ""
        return f' dir="{"rtl" if rtl else "ltr"}"{other}'


def _styled(lines: Sequence[Line], page_text: str, notes: Notes | None = None, *, bold: bool = True) -> str:
    """The lines of a paragraph as one, as they look; headings are bold anyway."""
    return _written(runs(lines, page_text), notes, bold=bold)


def _written(made: Sequence[Run], notes: Notes | None = None, *, bold: bool = True) -> str:
    return "".join(_run(run, notes, bold=bold) for run in made)


def _run(run: Run, notes: Notes | None, *, bold: bool) -> str:
    how = run.look
    text = escape(f"\\({how.formula}\\)" if how.formula else run.text)
    if how.shift:
        text = f"<{how.shift[:3]}>{text}</{how.shift[:3]}>"
    if how.shift == "superscript" and notes and (name := notes.reference(run.text.strip())):
        text = f'<a href="#note-{name}">{text}</a>'
    text = f"<s>{text}</s>" if how.strike else text
    text = f"<em>{text}</em>" if how.italic else text
    text = f"<strong>{text}</strong>" if how.bold and bold else text
    return f'<a href="{escape(how.link)}" rel="noreferrer">{text}</a>' if how.link else text


def _notation(block: Block) -> str:
    """What a notation says, in its own form; what failed its check says so."""
    said = block.notation
    assert said is not None  # noqa: S101  (asked for only where there is one)
    name, text = next(((name, text) for name, text in said.forms.items() if text), ("", ""))
    if not text:
        return ""
    doubt = f' title="{escape(printable(said.problem))}"' if said.problem else ""
    text = printable(text)
    shown = f"\\[{text}\\]" if name == "latex" else text
    return f'<pre class="{block.kind}"{doubt}><code>{escape(shown)}</code></pre>'


def _nested(found: Sequence[tuple[int, Item]], page_text: str, about: str) -> Iterator[str]:
    """A list for each run of items with or without numbers; numbers stay those that are written."""
    at = 0
    while at < len(found):
        level, first = found[at]
        tag = "ul" if first.name == "-" else "ol"
        yield f"<{tag}{about}>"
        while at < len(found) and found[at][0] >= level and (found[at][1].name == "-") == (tag == "ul"):
            item = found[at][1]
            text = _written(without(runs(item.lines, page_text), item.label))
            deeper = at + 1
            while deeper < len(found) and found[deeper][0] > level:
                deeper += 1
            inner = "".join(f"\n{line}" for line in _nested(found[at + 1 : deeper], page_text, about))
            yield f"<li{_value(item.name)}>{text}{inner}</li>"
            at = deeper
        yield f"</{tag}>"


def _value(name: str) -> str:
    return f' value="{name[:-1]}"' if name[:-1].isascii() and name[:-1].isdigit() else ""
