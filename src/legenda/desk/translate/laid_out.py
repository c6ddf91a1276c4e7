"""Puts the text of another language where the document's own stood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from legenda.desk import pictured
from legenda.desk.translate.painting import KEPT, painted
from legenda.desk.translate.translators import translator
from legenda.document import Block, Document, Line, Page, Word, assemble, compose
from legenda.exports.paragraphs import grouped, is_table, joined
from legenda.languages import resolve

if TYPE_CHECKING:
    from legenda.desk.model import Model

# Words that tell a language from its neighbours
_SMALL = {
    "en": "the of and to in is that for with was this are from by which",
    "pt": "de que não uma para com os em do da no na um por mais são foi",
    "es": "de que el la los las una por con para del se en es un no fue",
    "fr": "de la le les des et en une du que dans pour est qui au par sur",
    "de": "der die und das den von zu mit ist des im für auf nicht eine dem",
    "it": "di che il la per una del della non con sono le gli è da nel",
    "nl": "de het een van en dat in op te voor met niet zijn is aan door",
    "da": "og det at en den til er som på de med han af for ikke var",
    "cs": "a se v na že je s z do o by byl které jako po pro",
}
_SMALL_WORDS = {language: frozenset(words.split()) for language, words in _SMALL.items()}
_TELLING = 0.02  # part of a text's words that must be its language's small ones


def language_of(document: Document) -> str:
    """The language most lines say they are in, else what its small words tell; empty where nothing does."""
    said = Counter(line.language for page in document.pages for line in page.lines if line.language)
    if said:
        return said.most_common(1)[0][0]
    words = Counter(document.text.casefold().split())
    scores = {language: sum(words[word] for word in small) for language, small in _SMALL_WORDS.items()}
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] > _TELLING * words.total() else ""


def translated(document: Document, to: str, model: Model | None = None) -> Document:
    """The document in another language: the same pages, blocks and lines; spans and places of words are new.

    Args:
        document: that was read.
        to: language, by code or English name.
        model: language model that translates what packages do not.

    Raises:
        InvalidOptionError: there is no such language, or nothing translates to it.
        LegendaError: the translator fails.
    """
    code = resolve(to).code
    translate = translator(language_of(document), code, model)
    parts = [part for page in document.pages for block in page.blocks for part in _parts(block)]
    said = iter(translate([joined([line.content for line in part], "") for part in parts]))
    pages = [_page(page, said, code) for page in document.pages]
    return assemble(pages, document.name, document.metadata)


def write(
    document: Document, translation: Document, data: Path | bytes, out: BinaryIO, *, password: str | None = None
) -> None:
    """Write a PDF of the original's pages with the translation in place of their text.

    Args:
        document: that was read from `data`.
        translation: of it, with the same lines.
        data: the original.
        out: takes the PDF.
        password: opens the original.

    Raises:
        LegendaError: the original cannot be opened or drawn.
    """
    pictured.write(translation, data, out, painted, password=password)


def _parts(block: Block) -> list[list[Line]]:
    """What is translated in one piece: paragraphs; cells one by one; nothing of formulas and the like."""
    lines = [line for line in block.lines if line.content.strip()]
    if block.kind in KEPT or not lines:
        return []
    return [[line] for line in lines] if is_table(block) else grouped(lines)


def _page(page: Page, said: Iterator[str], code: str) -> Page:
    blocks = []
    for block in page.blocks:
        new: dict[int, Line] = {}
        for part in _parts(block):
            for line, content in zip(part, _spread(next(said), part), strict=True):
                new[id(line)] = _line(line, content, code)
        blocks.append(replace(block, lines=tuple(new.get(id(line), line) for line in block.lines)))
    return compose(page, blocks)


def _spread(text: str, lines: Sequence[Line]) -> list[str]:
    """The words of a text over as many lines, each with its share."""
    words = text.split()
    whole = sum(len(line.content) for line in lines)
    found, taken, due = [], 0, 0.0
    for number, line in enumerate(lines, 1):
        due += len(line.content) / max(whole, 1) * len(text)
        row: list[str] = []
        while words and (number == len(lines) or taken + len(words[0]) / 2 <= due):
            taken += len(words[0]) + 1
            row.append(words.pop(0))
        found.append(" ".join(row))
    return found


def _line(line: Line, content: str, code: str) -> Line:
    """The line with another text, its words set along it."""
    x1, y1, x2, y2, x3, y3, x4, y4 = line.polygon
    words, at = [], 0
    for token in content.split():
        start, end = at / max(len(content), 1), (at + len(token)) / max(len(content), 1)
        top = (x1 + (x2 - x1) * start, y1 + (y2 - y1) * start, x1 + (x2 - x1) * end, y1 + (y2 - y1) * end)
        bottom = (x4 + (x3 - x4) * end, y4 + (y3 - y4) * end, x4 + (x3 - x4) * start, y4 + (y3 - y4) * start)
        words.append(Word(token, (*top, *bottom), line.confidence))
        at += len(token) + 1
    return replace(line, content=content, words=tuple(words), language=code, marks=())
