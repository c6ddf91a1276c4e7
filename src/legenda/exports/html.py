"""Web page (HTML 5) in one file: sections for pages, headings, paragraphs, lists, tables, pictures; nothing is fetched.

All text is escaped, and a policy in the page forbids scripts and everything from elsewhere.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import BinaryIO

from legenda.document import Block, Line, Page
from legenda.exports.base import Exporter, Origin
from legenda.exports.grid import layout
from legenda.exports.lines import language_of, look
from legenda.exports.paragraphs import grouped, is_table, items, joined, pieces
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
_TAGS = {"title": "h1", "heading": "h2"}
_ASIDE = ("header", "footer", "page_number", "footnote")


class Html(Exporter):
    """Paragraphs are joined over the lines of the paper; figures are cut from the original where it is at hand."""

    format = "html"
    suffix = ".html"
    uses_original = True

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        super().__init__(out, origin)
        self._pictures = PagePictures(origin)
        self._language = ""

    def _add(self, page: Page) -> None:
        if self._origin.bare:
            self._write("".join(text + "\n" for block in page.blocks for text in self._block(block, page)))
            return
        if not self._count:
            self._begin(language_of(page.lines))
        self._write(f'<section id="page-{page.number}" aria-label="Page {page.number}">\n')
        for block in page.blocks:
            for text in self._block(block, page):
                self._write(text + "\n")
        self._write("</section>\n")

    def close(self) -> None:
        """Write the end of the page."""
        if not self._count and not self._origin.bare:
            self._begin("")
        self._write("" if self._origin.bare else "</main>\n</body>\n</html>\n")
        self._pictures.close()

    def _begin(self, language: str) -> None:
        self._language = language
        title = escape(self._metadata.get("title") or self._name or "Untitled")
        self._write(_HEAD.format(language=f' lang="{language}"' if language else "", title=title))

    def _block(self, block: Block, page: Page) -> Iterator[str]:
        lines = [line for line in block.lines if line.content.strip()]
        about = self._attributes(lines)
        if block.kind in PICTURED and (picture := self._pictures.cut(page, block)):
            source = f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode('ascii')}"
            text = escape(" ".join(line.content for line in lines))
            yield f'<figure{about}><img src="{source}" alt="{text}"></figure>'
        elif not lines:
            return
        elif block.kind == "code":
            yield f"<pre{about}><code>{escape(layout(lines))}</code></pre>"
        elif is_table(block):
            yield html(table(block), about, lambda cell: _styled(cell.lines, page.text) if cell.lines else "")
        elif block.kind == "list":
            yield from _lists(lines, page.text, about)
        elif block.kind in _TAGS:
            tag = _TAGS[block.kind]
            yield f"<{tag}{about}>{escape(joined([line.content for line in lines], page.text))}</{tag}>"
        else:
            about += ' class="aside"' if block.kind in _ASIDE else ""
            for group in grouped(lines):
                yield f"<p{about}>{_styled(group, page.text)}</p>"

    def _attributes(self, lines: Sequence[Line]) -> str:
        """`dir` always, since text of either direction may follow; `lang` where it is not the document's."""
        language = language_of(lines)
        rtl = right_to_left("".join(line.content for line in lines))
        other = f' lang="{language}"' if language and language != self._language else ""
        return f' dir="{"rtl" if rtl else "ltr"}"{other}'


def _styled(group: Sequence[Line], page_text: str) -> str:
    parts = zip(group, pieces([line.content for line in group], page_text), strict=True)
    text = ""
    for (bold, italic), run in groupby(parts, lambda part: look(part[0])):
        inner = escape("".join(piece for _, piece in run))
        inner = f"<em>{inner}</em>" if italic else inner
        text += f"<strong>{inner}</strong>" if bold else inner
    return text


def _lists(lines: Sequence[Line], page_text: str, about: str) -> Iterator[str]:
    """A list for each run of items with or without numbers; numbers stay those that are written."""
    for bullets, run in groupby(items(lines, page_text), lambda item: item[0] == "-"):
        tag = "ul" if bullets else "ol"
        texts = [f"<li{_value(name)}>{escape(text)}</li>" for name, text in run]
        yield f"<{tag}{about}>\n" + "\n".join(texts) + f"\n</{tag}>"


def _value(name: str) -> str:
    return f' value="{name[:-1]}"' if name[:-1].isascii() and name[:-1].isdigit() else ""
