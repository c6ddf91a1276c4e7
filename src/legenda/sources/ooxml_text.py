"""Text and structure of docx, pptx and xlsx files ([ECMA-376]), in the sandbox."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from itertools import count
from xml.etree.ElementTree import Element

from legenda.sources.told import MOST_COLUMNS, PAGE_BREAK, Piece, Spanning, grid
from legenda.sources.xml_parts import attribute, local, parsed, part

_NOTES = (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "footnote"), ("word/comments.xml", "text"))
_SKIPPED = frozenset(("Fallback", "instrText", "delText", "del", "pPr", "rPr", "tblPr", "tcPr", "sectPr"))
_SEPARATORS = frozenset(("separator", "continuationSeparator"))
_MOST_EMPTY = 64
_HEADING = re.compile(r"heading (\d)")
_MOST_STYLES = 20
_DEEPEST = 9


def document(archive: zipfile.ZipFile) -> Iterator[Piece]:
    """Pieces of a docx: headers, body, footers, notes."""
    names = sorted(archive.namelist())
    if "word/document.xml" not in names:
        raise ValueError("it has no body")
    reader = _Reader(_Styles(parsed(part(archive, "word/styles.xml") or b"<x/>")))
    for kind in ("header", "body", "footer"):
        pattern = r"word/document\.xml" if kind == "body" else rf"word/{kind}\d*\.xml"
        for name in (name for name in names if re.fullmatch(pattern, name)):
            for piece in reader.blocks(parsed(part(archive, name))):
                yield piece if kind == "body" or piece.table >= 0 else piece._replace(kind=kind, level=0)
    for name, kind in ((name, kind) for name, kind in _NOTES if name in names):
        for note in parsed(part(archive, name)):
            if attribute(note, "type") not in _SEPARATORS:
                yield Piece("\n".join(piece.text for piece in reader.blocks(note)), kind)


class _Styles:
    """What paragraphs of a style are: kind and level, by its id."""

    def __init__(self, root: Element) -> None:
        self._styles = {attribute(style, "styleId"): style for style in root if local(style) == "style"}
        self._known: dict[str, tuple[str, int]] = {}

    def of(self, id: str) -> tuple[str, int]:
        """`text`, 0 where it says nothing."""
        if id not in self._known:
            self._known[id] = self._found(id)
        return self._known[id]

    def _found(self, id: str) -> tuple[str, int]:
        for _ in range(_MOST_STYLES):
            style = self._styles.get(id)
            if style is None:
                break
            name = _value_of(style, "name").lower()
            if name in ("title", "caption"):
                return name, 0
            if match := _HEADING.fullmatch(name):
                return "heading", int(match[1])
            if (level := _value_of(style, "outlineLvl")).isdecimal() and int(level) < _DEEPEST:
                return "heading", int(level) + 1
            if any(local(e) == "numPr" for e in style.iter()):
                return "list", 1
            id = _value_of(style, "basedOn")
        return "text", 0


def _value_of(parent: Element, name: str) -> str:
    return next((attribute(e, "val") for e in parent.iter() if local(e) == name), "")


class _Reader:
    """Pieces of blocks, with tables counted."""

    def __init__(self, styles: _Styles) -> None:
        self._styles, self._tables = styles, 0

    def blocks(self, parent: Iterable[Element]) -> Iterator[Piece]:
        """Of the children of an element."""
        for child in parent:
            name = local(child)
            if name == "p":
                kind, level = self._kind(child)
                for text in _paragraph(child):
                    yield Piece(text, kind, level) if text != PAGE_BREAK else Piece(text)
            elif name == "tbl":
                number, self._tables = self._tables, self._tables + 1
                yield from grid(self._rows(child), number)
            elif name not in _SKIPPED:
                yield from self.blocks(child)

    def _kind(self, paragraph: Element) -> tuple[str, int]:
        about = next((e for e in paragraph if local(e) == "pPr"), None)
        if about is None:
            return "text", 0
        kind, level = self._styles.of(_value_of(about, "pStyle"))
        numbered = next((e for e in about if local(e) == "numPr"), None)
        if kind in ("text", "list") and numbered is not None and _value_of(numbered, "numId") != "0":
            depth = _value_of(numbered, "ilvl")
            return "list", min(int(depth) if depth.isdecimal() else 0, _DEEPEST - 1) + 1
        return kind, level

    def _rows(self, table: Element) -> Iterator[list[Spanning]]:
        """Cells of each row. A cell that goes on below is one with those it goes on in."""
        rows = [list(_placed(row)) for row in _rows_of(table)]
        for number, row in enumerate(rows):
            cells = []
            for column, wide, cell in row:
                if _merging(cell) == "continue":
                    continue
                high = 1
                while _merging(cell) and any(
                    (column, wide) == found[:2] and _merging(found[2]) == "continue"
                    for found in (rows[number + high] if number + high < len(rows) else ())
                ):
                    high += 1
                text = " ".join(piece.text for piece in self.blocks(cell))
                cells.append(Spanning(text, high, wide, _heads(table, number)))
            yield cells


def _rows_of(table: Iterable[Element]) -> Iterator[Element]:
    """Not those of tables in its cells."""
    for child in table:
        if local(child) == "tr":
            yield child
        elif local(child) not in _SKIPPED:
            yield from _rows_of(child)


def _placed(row: Element) -> Iterator[tuple[int, int, Element]]:
    """Column, width and element of each cell."""
    column = 0
    for cell in _cells_of(row):
        span = _value_of(cell, "gridSpan")
        wide = int(span) if span.isdecimal() and 0 < int(span) <= MOST_COLUMNS else 1
        yield column, wide, cell
        column += wide


def _cells_of(row: Iterable[Element]) -> Iterator[Element]:
    for child in row:
        if local(child) == "tc":
            yield child
        elif local(child) not in _SKIPPED:
            yield from _cells_of(child)


def _merging(cell: Element) -> str:
    """`restart` where it begins to go on below, `continue` where one above goes on in it."""
    about = next((e for e in cell if local(e) == "tcPr"), None)
    found = next((e for e in about if local(e) == "vMerge"), None) if about is not None else None
    return "" if found is None else attribute(found, "val") or "continue"


def _heads(table: Element, number: int) -> bool:
    row = next((row for place, row in enumerate(_rows_of(table)) if place == number), None)
    return row is not None and any(local(e) == "tblHeader" for e in row.iter())


def _paragraph(paragraph: Element) -> Iterator[str]:
    text = "".join(_runs(paragraph))
    for number, piece in enumerate(text.split(PAGE_BREAK)):
        if number:
            yield PAGE_BREAK
        yield piece


def _runs(element: Element) -> Iterator[str]:
    for child in element:
        name = local(child)
        if name == "t":
            yield child.text or ""
        elif name == "tab":
            yield "\t"
        elif name in ("br", "cr"):
            yield PAGE_BREAK if attribute(child, "type") == "page" else "\n"
        elif name == "noBreakHyphen":
            yield "-"
        elif name == "txbxContent":
            yield "\n" + "\n".join("".join(_runs(p)) for p in child.iter() if local(p) == "p") + "\n"
        elif name not in _SKIPPED:
            yield from _runs(child)


def slides(archive: zipfile.ZipFile) -> Iterator[Piece]:
    """Pieces of a pptx: slide by slide, each with its notes."""
    tables = count()
    for number, name in enumerate(_slides(archive)):
        if number:
            yield Piece(PAGE_BREAK)
        for shape in parsed(part(archive, name)).iter():
            if local(shape) == "sp":
                kind = "heading" if _holds(shape) in ("title", "ctrTitle") else "text"
                yield from (Piece(text, kind, int(kind == "heading")) for text in _drawn(shape))
            elif local(shape) == "tbl":
                rows = [[_slide_cell(cell) for cell in row if _is_own(cell)] for row in shape if local(row) == "tr"]
                yield from grid(rows, next(tables))
        yield from (Piece(note, "footnote") for note in _notes_of(archive, name))


def notes(archive: zipfile.ZipFile) -> Iterator[list[str]]:
    """Paragraphs of the notes of each slide that is shown."""
    for name in _slides(archive):
        if attribute(parsed(part(archive, name)), "show", "1") not in ("0", "false"):
            yield [note for note in _notes_of(archive, name) if note.strip()]


def _slides(archive: zipfile.ZipFile) -> list[str]:
    return list(_targets(archive, "ppt/presentation.xml", "sldId")) or _numbered(archive, "ppt/slides/slide")


def _notes_of(archive: zipfile.ZipFile, slide: str) -> Iterator[str]:
    for kind, name in _relations(archive, slide).values():
        if kind.endswith("/notesSlide") and (data := part(archive, name)):
            for shape in (e for e in parsed(data).iter() if local(e) == "sp"):
                if _holds(shape) in ("body", ""):
                    yield from _drawn(shape)


def _holds(shape: Element) -> str:
    """What a placeholder is for."""
    return next((attribute(e, "type", "body") for e in shape.iter() if local(e) == "ph"), "")


def _is_own(cell: Element) -> bool:
    """Whether no other lies over it."""
    return local(cell) == "tc" and not (attribute(cell, "hMerge") or attribute(cell, "vMerge"))


def _slide_cell(cell: Element) -> Spanning:
    high, wide = (attribute(cell, name, "1") for name in ("rowSpan", "gridSpan"))
    down, across = (int(span) if span.isdecimal() else 1 for span in (high, wide))
    return Spanning(" ".join(_drawn(cell)), down, across)


def _drawn(root: Element) -> Iterator[str]:
    for paragraph in (e for e in root.iter() if local(e) == "p"):
        if not any(local(e) == "fld" and attribute(e, "type") == "slidenum" for e in paragraph):
            yield from _paragraph(paragraph)


def sheets(archive: zipfile.ZipFile) -> Iterator[Piece]:
    """Names and cells of an xlsx, sheet by sheet. Numbers and dates as the file has them, without their formats."""
    shared = [_plain(item) for item in parsed(part(archive, "xl/sharedStrings.xml") or b"<x/>")]
    order = list(_named(archive)) or [("", name) for name in _numbered(archive, "xl/worksheets/sheet")]
    for number, (title, name) in enumerate(order):
        if number:
            yield Piece(PAGE_BREAK)
        root = parsed(part(archive, name) or b"<x/>")
        spans = dict(_merged(root))
        rows = [(_number_of(row), list(_cells(row, shared))) for row in root.iter() if local(row) == "row"]
        if title and any(any(cells) for _, cells in rows):
            yield Piece(title, "heading", 1)
        for place, (told, cells) in enumerate(rows):
            row = place if told is None else told
            for column, text in enumerate(cells):
                high, wide = spans.get((row, column), (1, 1))
                if text.strip():
                    yield Piece(text, "table", 0, number, row, column, high, wide)


def _number_of(row: Element) -> int | None:
    number = attribute(row, "r")
    return int(number) - 1 if number.isdecimal() and 0 < int(number) < 2**21 else None


def _named(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name and part of each sheet."""
    root = parsed(part(archive, "xl/workbook.xml") or b"<x/>")
    titles = [attribute(e, "name") for e in root.iter() if local(e) == "sheet"]
    parts = list(_targets(archive, "xl/workbook.xml", "sheet"))
    return zip(titles, parts, strict=True) if len(titles) == len(parts) else zip([""] * len(parts), parts, strict=True)


def _merged(root: Element) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Place and size of cells over several."""
    for cell in (e for e in root.iter() if local(e) == "mergeCell"):
        if match := re.fullmatch(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})", attribute(cell, "ref")):
            left, right = _column(match[1]), _column(match[3])
            top, bottom = int(match[2]), int(match[4])
            yield (top - 1, left - 1), (bottom - top + 1, right - left + 1)


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column


def _cells(row: Element, shared: list[str]) -> Iterator[str]:
    at = 0
    for cell in (e for e in row if local(e) == "c"):
        if letters := re.match(r"[A-Z]{1,3}", attribute(cell, "r")):
            column = _column(letters[0])
            yield from [""] * min(column - 1 - at, _MOST_EMPTY)
            at = max(at, column - 1)
        at += 1
        yield _value(cell, shared).replace("\n", " ")


def _value(cell: Element, shared: list[str]) -> str:
    kind = attribute(cell, "t")
    inline = next((child for child in cell if local(child) == "is"), None)
    if inline is not None:
        return _plain(inline)
    value = next((child.text or "" for child in cell if local(child) == "v"), "")
    if kind == "s":
        return shared[int(value)] if value.isdecimal() and int(value) < len(shared) else ""
    return {"0": "FALSE", "1": "TRUE"}.get(value, value) if kind == "b" else value


def _plain(item: Element) -> str:
    return "".join(e.text or "" for run in item if local(run) != "rPh" for e in run.iter() if local(e) == "t")


def _targets(archive: zipfile.ZipFile, name: str, tag: str) -> Iterator[str]:
    """Parts that elements of this name refer to, in order."""
    data = part(archive, name)
    relations = _relations(archive, name)
    for element in parsed(data or b"<x/>").iter():
        if local(element) == tag:
            for key, value in element.attrib.items():
                if key.endswith("}id") and value in relations:
                    yield relations[value][1]


def _relations(archive: zipfile.ZipFile, name: str) -> dict[str, tuple[str, str]]:
    """Type and target of what a part refers to, by id; what lies outside is left out."""
    folder, _, file = name.rpartition("/")
    found = {}
    for relation in parsed(part(archive, f"{folder}/_rels/{file}.rels") or b"<x/>"):
        if attribute(relation, "TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attribute(relation, "Target"))).lstrip("/")
            found[attribute(relation, "Id")] = (attribute(relation, "Type"), target)
    return found


def _numbered(archive: zipfile.ZipFile, start: str) -> list[str]:
    found = [(re.fullmatch(re.escape(start) + r"(\d+)\.xml", name), name) for name in archive.namelist()]
    return [name for _, name in sorted((int(match[1]), name) for match, name in found if match)]
