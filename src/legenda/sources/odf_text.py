"""Text of odt, odp and ods files ([OpenDocument 1.3]), in the sandbox. Cells of a row are parted by tabs."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from legenda.sources.xml_parts import attribute, local, parsed, part

PAGE_BREAK = "\f"
_SKIPPED = frozenset(("tracked-changes", "forms", "sequence-decls", "annotation", "date-time-decl"))
_MOST_REPEATED = 64


def document(archive: zipfile.ZipFile) -> Iterator[str]:
    """Lines of an odt: headers and footers are left out."""
    yield from _blocks(_body(archive))


def slides(archive: zipfile.ZipFile) -> Iterator[str]:
    """Lines of an odp: slide by slide, each with its notes."""
    yield from _paged(archive, "page")


def sheets(archive: zipfile.ZipFile) -> Iterator[str]:
    """Rows of an ods: sheet by sheet, numbers as they are shown."""
    yield from _paged(archive, "table")


def _paged(archive: zipfile.ZipFile, tag: str) -> Iterator[str]:
    kinds = [child for child in _body(archive) for child in child if local(child) == tag]
    for number, child in enumerate(kinds):
        if number:
            yield PAGE_BREAK
        yield from _rows(child) if tag == "table" else _blocks(child)


def _body(archive: zipfile.ZipFile) -> Element:
    found = next((e for e in parsed(part(archive, "content.xml") or b"<x/>") if local(e) == "body"), None)
    if found is None:
        raise ValueError("it has no body")
    return found


def _blocks(parent: Element) -> Iterator[str]:
    for child in parent:
        name = local(child)
        if name in ("p", "h"):
            yield from "".join(_runs(child)).split("\n")
        elif name == "table":
            yield from _rows(child)
        elif name not in _SKIPPED:
            yield from _blocks(child)


def _rows(table: Element) -> Iterator[str]:
    for row in (e for e in table.iter() if local(e) == "table-row"):
        cells: list[str] = []
        for cell in row:
            text = " ".join(_blocks(cell))
            repeated = attribute(cell, "number-columns-repeated", "1")
            cells += [text] * min(int(repeated) if repeated.isdecimal() else 1, _MOST_REPEATED)
        yield "\t".join(cells).rstrip()


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
            yield "\n" + "\n".join(_blocks(child)) + "\n"
        elif name not in _SKIPPED:
            yield from _runs(child)
        yield child.tail or ""
