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
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from legenda.errors import CorruptSourceError, EmptySourceError
from legenda.sandbox.jobs import Answer, Task
from legenda.sources.xml_parts import attribute, local, parsed, part

_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_FO = "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_CONTENT = "content.xml"
_COLUMNS = frozenset(("table-column", "table-columns", "table-column-group", "table-header-columns"))
_ROWS = frozenset(("table-row", "table-rows", "table-row-group", "table-header-rows"))
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
_MAX_WIDTH, _USUAL_WIDTH = 200, 2.258
_LEAST_SPANNED = 6
"""Columns a sheet's name may take at least: it is longer than a narrow first one."""
_MOST_CELLS = 200_000


def unfold(task: Task) -> Answer:
    """Job: write the ODS in the source to the target, unfolded.

    `task.args` holds `named`: whether the name of each sheet is to stand over it.

    Returns:
        `sheets`: of each page to be its `name` (empty where it goes on), the `widths` of its columns in centimetres,
        and its `cells`: row, column, rows, columns and text of each that has some; whether it is `continued`.

    Raises:
        CorruptSourceError: it is no ODS.
        EmptySourceError: all its sheets are empty.
    """
    assert task.source is not None and task.target is not None  # noqa: S101  (there are both)
    try:
        with (
            zipfile.ZipFile(os.fdopen(os.dup(task.source), "rb")) as archive,
            zipfile.ZipFile(os.fdopen(os.dup(task.target), "w+b"), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out,
        ):
            root = parsed(part(archive, _CONTENT))
            sheets = _unfold(root, task.args["named"])
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
    if not sheets:
        raise EmptySourceError("All sheets are empty", "there is nothing in any cell", "check which file it is")
    return Answer({"sheets": sheets})


def _unfold(root: Element, named: bool) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    styles = next(root.iter(f"{{{_OFFICE}}}automatic-styles"), Element("none"))
    usual = {
        attribute(style, "name"): _width(style) for style in styles if attribute(style, "family") == "table-column"
    }
    for book in root.iter(f"{{{_OFFICE}}}spreadsheet"):
        for table in [child for child in book if local(child) == "table"]:
            if not _has_content(table):  # it would be a page without height
                book.remove(table)
                continue
            widths = _widths(table, usual)
            _set_widths(table, widths, styles, len(shown))
            table.attrib.pop(f"{{{_TABLE}}}print-ranges", None)
            at, name = list(book).index(table), attribute(table, "name") if named else ""
            book[at : at + 1] = parts = _parts(table)
            told = [_told(part, name * (not number), widths) for number, part in enumerate(parts)]
            shown += [page | {"continued": number > 0} for number, page in enumerate(told)]
            if name:
                _sign(parts[0], name, len(widths))
    for element in root.iter():
        tag = local(element)
        if tag in ("table-row", "table-column"):
            element.attrib.pop(f"{{{_TABLE}}}visibility", None)
        elif tag in ("table-cell", "covered-table-cell"):
            element.attrib.pop(f"{{{_TABLE}}}formula", None)
        elif tag == "table-row-properties":
            element.attrib.pop(f"{{{_STYLE}}}row-height", None)
            element.set(f"{{{_STYLE}}}use-optimal-row-height", "true")
        elif tag == "table-properties" and attribute(element, "display") == "false":
            element.set(f"{{{_TABLE}}}display", "true")
    _wrap(root)
    return shown


def _has_content(table: Element) -> bool:
    return any(local(e) in ("p", "frame", "object", "image", "control", "custom-shape") for e in table.iter())


def _sign(table: Element, name: str, columns: int) -> None:
    """The sheet's name below all of it, where its tab is; above, it would move what charts are drawn from."""
    row = Element(f"{{{_TABLE}}}table-row")
    cell = ET.SubElement(row, f"{{{_TABLE}}}table-cell", {f"{{{_OFFICE}}}value-type": "string"})
    cell.set(f"{{{_TABLE}}}number-columns-spanned", str(max(columns, _LEAST_SPANNED)))
    ET.SubElement(cell, f"{{{_TEXT}}}p").text = name
    parents = {child: parent for parent in table.iter() for child in parent}
    rows = list(table.iter(f"{{{_TABLE}}}table-row"))
    last = next((found for found in reversed(rows) if any(len(cell) for cell in found)), None)
    if last is None:
        table.append(row)
    else:
        parent = parents[last]
        parent.insert(list(parent).index(last) + 1, row)


def _told(table: Element, name: str, widths: list[float]) -> dict[str, Any]:
    """What stands where on the page this table becomes."""
    cells: list[list[Any]] = []
    row = 0
    for element in table.iter(f"{{{_TABLE}}}table-row"):
        again = min(_count(attribute(element, "number-rows-repeated", "1")), _MOST_LINES)
        for down in range(again if any(len(cell) for cell in element) else 0):
            cells += [[row + down, *cell] for cell in _cells(element)][: _MOST_CELLS - len(cells)]
        row += again
    return {"name": name, "widths": [round(width, 3) for width in widths], "cells": cells}


def _cells(row: Element) -> Iterator[list[Any]]:
    column = 0
    for cell in row:
        again = _count(attribute(cell, "number-columns-repeated", "1"))
        text = "\n".join("".join(child.itertext()) for child in cell if local(child) == "p")
        if text.strip() and local(cell) == "table-cell":
            high, wide = (_count(attribute(cell, f"number-{side}-spanned", "1")) for side in ("rows", "columns"))
            yield from ([column + across, high, wide, text] for across in range(min(again, _MOST_COLUMNS)))
        column += again


def _parts(table: Element) -> list[Element]:
    """Long sheets become several: LibreOffice makes what is longer than a PDF page smaller, until nothing is seen."""
    parts: list[list[Element]] = [[]]
    height = 0.0
    for row in table.iter(f"{{{_TABLE}}}table-row"):
        _shorten(row)
        height += _height(row)
        if height > _MOST_LINES and parts[-1]:
            parts.append([])
            height = _height(row)
        parts[-1].append(row)
    return [_part(table, number, part) for number, part in enumerate(parts)] if len(parts) > 1 else [table]


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


def _widths(table: Element, usual: dict[str, float]) -> list[float]:
    """Centimetres each column takes that has something in it: as many as it had, or what is in it needs."""
    needed: dict[int, float] = defaultdict(float)
    last = 0
    for row in table.iter(f"{{{_TABLE}}}table-row"):
        at = 0
        for cell in row:
            repeated = _count(attribute(cell, "number-columns-repeated", "1"))
            wide = _count(attribute(cell, "number-columns-spanned", "1"))
            if len(cell) and local(cell) == "table-cell" and at < _MOST_COLUMNS:
                last = max(last, min(at + max(repeated, wide), _MOST_COLUMNS))
                for column in range(at, min(at + repeated, _MOST_COLUMNS)) if wide == 1 else ():
                    needed[column] = max(needed[column], _characters(cell))
            at += repeated
    share = min(1.0, _MOST_ACROSS / max(1.0, sum(needed.values())))
    for column, width in needed.items():
        needed[column] = max(_NARROWEST, width * share) if share < 1 else width
    given = _given_widths(table, usual, last)
    return [min(max(given[n], (needed[n] + 2) * _LETTER if needed[n] else 0.0), _MAX_WIDTH) for n in range(last)]


def _given_widths(table: Element, usual: dict[str, float], count: int) -> list[float]:
    given: list[float] = []
    for column in table.iter(f"{{{_TABLE}}}table-column"):
        repeated = min(_count(attribute(column, "number-columns-repeated", "1")), count - len(given))
        given += [usual.get(attribute(column, "style-name"), 0.0) or _USUAL_WIDTH] * repeated
    return given + [_USUAL_WIDTH] * (count - len(given))


def _set_widths(table: Element, widths: list[float], styles: Element, number: int) -> None:
    """Each column gets a style of its own: one long cell must not widen all columns that look alike."""
    old = next(table.iter(f"{{{_TABLE}}}table-column"), None)
    cells = attribute(old, "default-cell-style-name") if old is not None else ""
    places = [place for place, child in enumerate(table) if local(child) in _COLUMNS]
    for place in reversed(places):
        del table[place]
    made: list[Element] = []
    for column, width in enumerate(widths):
        name = f"legenda{number}.{column}"
        style = ET.SubElement(styles, f"{{{_STYLE}}}style", {f"{{{_STYLE}}}name": name})
        style.set(f"{{{_STYLE}}}family", "table-column")
        ET.SubElement(style, f"{{{_STYLE}}}table-column-properties", {f"{{{_STYLE}}}column-width": f"{width:.3f}cm"})
        made.append(Element(f"{{{_TABLE}}}table-column", {f"{{{_TABLE}}}style-name": name}))
    for column_ in made:
        if cells:
            column_.set(f"{{{_TABLE}}}default-cell-style-name", cells)
    first = places[0] if places else next(p for p, child in enumerate(table) if local(child) in _ROWS)
    table[first:first] = made


def _characters(cell: Element) -> float:
    lines = ["".join(child.itertext()) for child in cell if local(child) == "p"]
    longest = max(map(len, lines), default=0)
    if attribute(cell, "value-type") in ("string", ""):
        return min(longest, _WIDEST)
    return longest


def _width(style: Element) -> float:
    """Of a column's style, in centimetres; 0 where it says none."""
    return max((_centimetres(attribute(child, "column-width")) for child in style), default=0.0)


def _centimetres(length: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(cm|mm|in|pt)", length)
    return float(match[1]) * _UNITS[match[2]] if match else 0.0


def _count(number: str) -> int:
    return int(number) if number.isdecimal() and len(number) < 9 else 1
