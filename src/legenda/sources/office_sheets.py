"""Unfolds spreadsheets before they are printed, in the sandbox: what a sheet on a screen hides, a page must show.

Text too long for its cell is cut off where the next cell has some, numbers become `###`, rows a filter hides are not
there. So columns become as wide as what is in them, up to a limit from which on text is wrapped, and all is shown.
Formulas go, and the values they had stay.
"""

from __future__ import annotations

import copy
import os
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from legenda.errors import CorruptSourceError
from legenda.sandbox.jobs import Answer, Task
from legenda.sources.xml_parts import attribute, local, parsed, part

_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_FO = "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
_CONTENT = "content.xml"
_LETTER = 0.25
"""Centimetres a character of ten points takes, generously."""
_WIDEST = 150
"""Characters from which on text is wrapped."""
_MOST_COLUMNS = 1024
_MOST_LINES = 250
"""Of a page: PDF pages end at 14,400 points, which are a thousand lines of ten points, or 500 of twenty."""
_MOST_ACROSS, _NARROWEST = 1500, 8
"""Characters of all columns of a page, for the same reason, and of one where that is too much."""
_MOST_EMPTY = 3
_UNITS = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72}
_MAX_WIDTH = 200


def unfold(task: Task) -> Answer:
    """Job: write the ODS in the source to the target, unfolded.

    Raises:
        CorruptSourceError: it is no ODS.
    """
    assert task.source is not None and task.target is not None  # noqa: S101  (there are both)
    try:
        with (
            zipfile.ZipFile(os.fdopen(os.dup(task.source), "rb")) as archive,
            zipfile.ZipFile(os.fdopen(os.dup(task.target), "w+b"), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out,
        ):
            root = parsed(part(archive, _CONTENT))
            _unfold(root)
            for info in archive.infolist():
                if info.filename == "styles.xml":
                    styles = parsed(part(archive, info.filename))
                    _wrap(styles)
                    out.writestr("styles.xml", ET.tostring(styles))
                elif info.filename != _CONTENT:
                    out.writestr(info, part(archive, info.filename))
            out.writestr(_CONTENT, ET.tostring(root))
    except (ValueError, zipfile.BadZipFile, OSError) as error:
        raise CorruptSourceError("the sheets were not read", str(error)[:200], "save the file again") from error
    return Answer({})


def _unfold(root: Element) -> None:
    needed: dict[str, float] = defaultdict(float)
    for table in list(root.iter(f"{{{_TABLE}}}table")):
        found: dict[str, float] = defaultdict(float)
        columns: dict[int, float] = defaultdict(float)
        for column, style, width in _widths(table):
            columns[column] = max(columns[column], width)
            found[style] = max(found[style], width)
        share = min(1.0, _MOST_ACROSS / max(1.0, sum(columns.values())))
        for style, width in found.items():
            needed[style] = max(needed[style], max(_NARROWEST, width * share) if share < 1 else width)
    for sheets in root.iter(f"{{{_OFFICE}}}spreadsheet"):
        _split(sheets)
    for element in root.iter():
        name = local(element)
        if name in ("table-row", "table-column"):
            element.attrib.pop(f"{{{_TABLE}}}visibility", None)
        elif name in ("table-cell", "covered-table-cell"):
            element.attrib.pop(f"{{{_TABLE}}}formula", None)
        elif name == "style" and attribute(element, "name") in needed:
            _widen(element, needed[attribute(element, "name")])
        elif name == "table-row-properties":
            element.attrib.pop(f"{{{_STYLE}}}row-height", None)
            element.set(f"{{{_STYLE}}}use-optimal-row-height", "true")
        elif name == "table-properties" and attribute(element, "display") == "false":
            element.set(f"{{{_TABLE}}}display", "true")
    _wrap(root)


def _split(sheets: Element) -> None:
    """Long sheets become several: LibreOffice makes what is longer than a PDF page smaller, until nothing is seen."""
    for place, table in reversed(list(enumerate(sheets))):
        if local(table) != "table":
            continue
        parts: list[list[Element]] = [[]]
        height = 0.0
        for row in table.iter(f"{{{_TABLE}}}table-row"):
            _shorten(row)
            height += _height(row)
            if height > _MOST_LINES and parts[-1]:
                parts.append([])
                height = _height(row)
            parts[-1].append(row)
        if len(parts) > 1:
            sheets[place : place + 1] = [_part(table, number, part) for number, part in enumerate(parts)]


def _shorten(row: Element) -> None:
    """Few empty rows stand for many."""
    if not any(len(cell) for cell in row):
        repeated = min(_count(attribute(row, "number-rows-repeated", "1")), _MOST_EMPTY)
        row.set(f"{{{_TABLE}}}number-rows-repeated", str(repeated))


def _height(row: Element) -> float:
    """Lines a row takes."""
    longest = 1
    for cell in row:
        paragraphs = [len("".join(child.itertext())) for child in cell if local(child) == "p"]
        longest = max(longest, sum(1 + length // _WIDEST for length in paragraphs))
    return longest * _count(attribute(row, "number-rows-repeated", "1"))


def _part(table: Element, number: int, rows: list[Element]) -> Element:
    made = Element(table.tag, table.attrib)
    if number:
        made.set(f"{{{_TABLE}}}name", f"{attribute(table, 'name')} ({number + 1})")
    made.attrib.pop(f"{{{_TABLE}}}print-ranges", None)
    for child in table:
        if local(child) == "shapes" and not number:
            made.append(child)
    made.extend(copy.deepcopy(list(table.iter(f"{{{_TABLE}}}table-column"))))
    made.extend(rows)
    return made


def _wrap(root: Element) -> None:
    """Text goes on in the next line of its cell."""
    for style in root.iter():
        if local(style) not in ("style", "default-style") or attribute(style, "family") != "table-cell":
            continue
        found = next((child for child in style if local(child) == "table-cell-properties"), None)
        properties = Element(f"{{{_STYLE}}}table-cell-properties") if found is None else found
        if found is None:
            style.insert(0, properties)
        properties.set(f"{{{_FO}}}wrap-option", "wrap")
        properties.attrib.pop(f"{{{_STYLE}}}shrink-to-fit", None)
        properties.attrib.pop(f"{{{_STYLE}}}rotation-angle", None)
        properties.attrib.pop(f"{{{_STYLE}}}repeat-content", None)


def _widths(table: Element) -> Iterator[tuple[int, str, float]]:
    """Number of a column, its style's name, and the characters something in it needs side by side."""
    styles: list[str] = []
    for column in table.iter(f"{{{_TABLE}}}table-column"):
        repeated = _count(attribute(column, "number-columns-repeated", "1"))
        styles += [attribute(column, "style-name")] * min(repeated, _MOST_COLUMNS - len(styles))
    for row in table.iter(f"{{{_TABLE}}}table-row"):
        at = 0
        for cell in row:
            repeated = _count(attribute(cell, "number-columns-repeated", "1"))
            if at < len(styles) and len(cell) and attribute(cell, "number-columns-spanned", "1") == "1":
                width = _characters(cell)
                yield from ((at + number, style, width) for number, style in enumerate(styles[at : at + repeated]))
            at += repeated


def _characters(cell: Element) -> float:
    lines = ["".join(child.itertext()) for child in cell if local(child) == "p"]
    longest = max(map(len, lines), default=0)
    if attribute(cell, "value-type") in ("string", ""):
        return min(longest, _WIDEST)
    return longest


def _widen(style: Element, characters: float) -> None:
    for child in style:
        if local(child) == "table-column-properties":
            width = max(_centimetres(attribute(child, "column-width")), (characters + 2) * _LETTER)
            child.set(f"{{{_STYLE}}}column-width", f"{min(width, _MAX_WIDTH):.3f}cm")


def _centimetres(length: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(cm|mm|in|pt)", length)
    return float(match[1]) * _UNITS[match[2]] if match else 0.0


def _count(number: str) -> int:
    return int(number) if number.isdecimal() and len(number) < 9 else 1
