"""Text and structure of odt, odp and ods files ([OpenDocument 1.3]), in the sandbox."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from legenda.sources.told import MOST_COLUMNS, PAGE_BREAK, Piece, Spanning, grid
from legenda.sources.xml_parts import attribute, local, parsed, part

_SKIPPED = frozenset(("tracked-changes", "forms", "sequence-decls", "annotation", "date-time-decl", "notes"))
_MOST_REPEATED = 64


def document(archive: zipfile.ZipFile) -> Iterator[Piece]:
    """Pieces of an odt: headers and footers are left out."""
    yield from _Reader().blocks(_body(archive))


def slides(archive: zipfile.ZipFile) -> Iterator[Piece]:
    """Pieces of an odp: slide by slide, each with its notes."""
    reader = _Reader()
    for number, page in enumerate(_pages(archive, "page")):
        if number:
            yield Piece(PAGE_BREAK)
        for frame in page:
            titled = attribute(frame, "class") == "title"
            for piece in reader.blocks([frame]):
                yield piece._replace(kind="heading", level=1) if titled and piece.table < 0 else piece
        yield from (Piece(note, "footnote") for note in _notes_of(page))


def notes(archive: zipfile.ZipFile) -> Iterator[list[str]]:
    """Paragraphs of the notes of each slide."""
    yield from ([note for note in _notes_of(page) if note.strip()] for page in _pages(archive, "page"))


def sheets(archive: zipfile.ZipFile) -> Iterator[Piece]:
    """Names and cells of an ods, sheet by sheet, numbers as they are shown."""
    reader = _Reader()
    for number, table in enumerate(_pages(archive, "table")):
        if number:
            yield Piece(PAGE_BREAK)
        cells = list(reader.table(table))
        if cells:
            yield Piece(attribute(table, "name"), "heading", 1)
        yield from cells


def _pages(archive: zipfile.ZipFile, tag: str) -> list[Element]:
    return [child for child in _body(archive) for child in child if local(child) == tag]


def _notes_of(page: Element) -> Iterator[str]:
    for found in (child for child in page if local(child) == "notes"):
        yield from ("".join(_runs(e)) for e in found.iter() if local(e) == "p")


def _body(archive: zipfile.ZipFile) -> Element:
    found = next((e for e in parsed(part(archive, "content.xml") or b"<x/>") if local(e) == "body"), None)
    if found is None:
        raise ValueError("it has no body")
    return found


class _Reader:
    """Pieces of blocks, with tables counted."""

    def __init__(self) -> None:
        self._tables = 0

    def blocks(self, parent: Iterable[Element], lists: int = 0) -> Iterator[Piece]:
        """Of the children of an element, within so many lists."""
        for child in parent:
            name = local(child)
            if name == "h":
                level = attribute(child, "outline-level", "1")
                yield Piece("".join(_runs(child)), "heading", int(level) if level.isdecimal() else 1)
            elif name == "p":
                yield Piece("".join(_runs(child)), "list" if lists else "text", lists)
            elif name == "table":
                yield from self.table(child)
            elif name not in _SKIPPED:
                yield from self.blocks(child, min(lists + (name == "list"), 9))

    def table(self, table: Element) -> Iterator[Piece]:
        """Cells of a table."""
        number, self._tables = self._tables, self._tables + 1
        heads = {row for head in table.iter() if local(head) == "table-header-rows" for row in head}
        rows = (e for e in table.iter() if local(e) == "table-row")
        yield from grid((self._cells(row, row in heads) for row in rows), number)

    def _cells(self, row: Element, header: bool) -> Iterator[Spanning]:
        for cell in (e for e in row if local(e) in ("table-cell", "covered-table-cell")):
            repeated = _number(attribute(cell, "number-columns-repeated", "1"))
            if local(cell) == "covered-table-cell":
                continue
            text = " ".join(piece.text for piece in self.blocks(cell))
            high, wide = (_number(attribute(cell, f"number-{side}-spanned", "1")) for side in ("rows", "columns"))
            for _ in range(min(repeated, MOST_COLUMNS if not text else _MOST_REPEATED)):
                yield Spanning(text, high, wide, header)


def _number(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) < 8 else 1


def _runs(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = local(child)
        if name == "s":
            count = attribute(child, "c", "1")
            yield " " * min(int(count) if count.isdecimal() else 1, _MOST_REPEATED)
        elif name == "tab":
            yield "\t"
        elif name == "line-break":
            yield "\n"
        elif name in ("note", "frame", "text-box"):
            yield "\n" + "\n".join("".join(_runs(p)) for p in child.iter() if local(p) in ("p", "h")) + "\n"
        elif name not in _SKIPPED:
            yield from _runs(child)
        yield child.tail or ""
