"""Text of docx, pptx and xlsx files ([ECMA-376]), in the sandbox. Cells of a row are parted by tabs."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from legenda.sources.xml_parts import attribute, local, parsed, part

PAGE_BREAK = "\f"
_NOTES = ("word/footnotes.xml", "word/endnotes.xml", "word/comments.xml")
_SKIPPED = frozenset(("Fallback", "instrText", "delText", "del", "pPr", "rPr", "tblPr", "tcPr", "sectPr"))
_SEPARATORS = frozenset(("separator", "continuationSeparator"))
_MOST_EMPTY = 64


def document(archive: zipfile.ZipFile) -> Iterator[str]:
    """Lines of a docx: headers, body, footers, notes."""
    names = sorted(archive.namelist())
    if "word/document.xml" not in names:
        raise ValueError("it has no body")
    for name in [n for n in names if re.fullmatch(r"word/header\d*\.xml", n)]:
        yield from _blocks(parsed(part(archive, name)))
    for body in parsed(part(archive, "word/document.xml")):
        yield from _blocks(body)
    for name in [n for n in names if re.fullmatch(r"word/footer\d*\.xml", n)]:
        yield from _blocks(parsed(part(archive, name)))
    for name in filter(names.__contains__, _NOTES):
        for note in parsed(part(archive, name)):
            if attribute(note, "type") not in _SEPARATORS:
                yield from _blocks(note)


def _blocks(parent: Element) -> Iterator[str]:
    for child in parent:
        name = local(child)
        if name == "p":
            yield from _paragraph(child)
        elif name == "tbl":
            for row in _rows(child):
                yield "\t".join(" ".join(_blocks(cell)) for cell in row if local(cell) == "tc")
        elif name not in _SKIPPED:
            yield from _blocks(child)


def _rows(table: Element) -> Iterator[Element]:
    """Not those of tables in its cells."""
    for child in table:
        if local(child) == "tr":
            yield child
        elif local(child) not in _SKIPPED:
            yield from _rows(child)


def _paragraph(paragraph: Element) -> Iterator[str]:
    text = "".join(_runs(paragraph))
    for number, piece in enumerate(text.split(PAGE_BREAK)):
        if number:
            yield PAGE_BREAK
        yield from piece.split("\n")


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
            yield "\n" + "\n".join(_blocks(child)) + "\n"
        elif name not in _SKIPPED:
            yield from _runs(child)


def slides(archive: zipfile.ZipFile) -> Iterator[str]:
    """Lines of a pptx: slide by slide, each with its notes."""
    order = list(_targets(archive, "ppt/presentation.xml", "sldId")) or _numbered(archive, "ppt/slides/slide")
    for number, name in enumerate(order):
        if number:
            yield PAGE_BREAK
        yield from _drawn(parsed(part(archive, name)))
        for kind, notes in _relations(archive, name).values():
            if kind.endswith("/notesSlide") and (data := part(archive, notes)):
                yield from _drawn(parsed(data))


def _drawn(root: Element) -> Iterator[str]:
    for paragraph in (e for e in root.iter() if local(e) == "p"):
        if not any(local(e) == "fld" and attribute(e, "type") == "slidenum" for e in paragraph):
            yield from _paragraph(paragraph)


def sheets(archive: zipfile.ZipFile) -> Iterator[str]:
    """Rows of an xlsx: sheet by sheet. Numbers and dates as the file has them, without their formats."""
    shared = [_plain(item) for item in parsed(part(archive, "xl/sharedStrings.xml") or b"<x/>")]
    order = list(_targets(archive, "xl/workbook.xml", "sheet")) or _numbered(archive, "xl/worksheets/sheet")
    for number, name in enumerate(order):
        if number:
            yield PAGE_BREAK
        for row in (e for e in parsed(part(archive, name) or b"<x/>").iter() if local(e) == "row"):
            yield "\t".join(_cells(row, shared))


def _cells(row: Element, shared: list[str]) -> Iterator[str]:
    at = 0
    for cell in (e for e in row if local(e) == "c"):
        if letters := re.match(r"[A-Z]{1,3}", attribute(cell, "r")):
            column = 0
            for letter in letters[0]:
                column = column * 26 + ord(letter) - 64
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
