"""Unfolds spreadsheets before they are printed, in the sandbox: what a sheet on a screen hides, a page must show.

Text too long for its cell is cut off where the next cell has some, numbers become `###`, rows a filter hides are not
there. So columns become as wide as what is in them, up to a limit from which on text is wrapped, and all is shown.
Formulas go, and the values they had stay.
"""

from __future__ import annotations

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
_FO = "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
_CONTENT = "content.xml"
_LETTER = 0.25
"""Centimetres a character of ten points takes, generously."""
_WIDEST = 150
"""Characters from which on text is wrapped."""
_MOST_COLUMNS = 1024
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
    for table in root.iter(f"{{{_TABLE}}}table"):
        for style, width in _widths(table):
            needed[style] = max(needed[style], width)
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


def _widths(table: Element) -> Iterator[tuple[str, float]]:
    """Name of a column's style, and the characters something in it needs side by side."""
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
                yield from ((style, width) for style in set(styles[at : at + repeated]))
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
