"""What a tagged PDF says its text is: headings, lists, tables (ISO 32000-1, 14.8). Runs in the child only."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from itertools import repeat
from typing import Any, NamedTuple

import pypdfium2_raw.bindings as pdfium

from legenda.sources.pdfium import address, fast

_MOST, _DEEPEST = 20_000, 60
_KINDS = {
    **dict.fromkeys(("P", "BlockQuote", "TOCI", "Index", "BibEntry"), "text"),
    **dict.fromkeys(("H", "H1", "H2", "H3", "H4", "H5", "H6"), "heading"),
    **{"Title": "title", "LI": "list", "TD": "table", "TH": "table", "Caption": "caption", "Note": "footnote"},
    **{"Code": "code", "Formula": "formula"},
}
"""Types of element whose text is a block, or a cell, of its own."""
_INNER = frozenset(("LI", "Note", "Formula"))
"""Of these, those that are blocks of their own within another, unless that is a cell."""
_STYLES = {"title": "Title", "caption": "Caption"}
"""Names LibreOffice gives to elements, and maps to paragraphs."""
_MOST_SPAN = 1000
BOLD, ITALIC = 1, 2
_BOLD, _ITALIC = re.compile(r"bold|black|heavy", re.IGNORECASE), re.compile(r"italic|oblique", re.IGNORECASE)
_FORCE_BOLD, _SLANTED = 1 << 18, 1 << 6
"""Flags of a font (ISO 32000-1, table 123)."""
_WORD = re.compile(r"[^\s\x00]+")
_object = fast("FPDFText_GetTextObject", ctypes.c_void_p)


class Owned(NamedTuple):
    """Elements of a page, and which of them each character belongs to.

    Attributes:
        elements: `[kind, level, table, row, column, rows, columns, header]` each (`sources.page.Element`).
        owners: int16, one per character: its element's number, or -1.
        styles: one byte per character, of `BOLD` and `ITALIC`.
        continued: numbers of the tables that began on a page before.
        formulas: the element of each formula, -1 where it is a part of another.
    """

    elements: list[list[Any]]
    owners: bytes
    styles: bytes
    continued: list[int]
    formulas: list[int]


NOTHING = Owned([], b"", b"", [], [])


def owned(page: Any, handle: Any, text: str) -> Owned:
    """Elements of a page.

    Args:
        page: handle.
        handle: of its text page.
        text: a code unit per character.
    """
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    if not tree:
        return NOTHING
    try:
        found = _Tree()
        for index in range(min(pdfium.FPDF_StructTree_CountChildren(tree), _MOST)):
            if child := pdfium.FPDF_StructTree_GetChildAtIndex(tree, index):
                found.add(child)
    finally:
        pdfium.FPDF_StructTree_Close(tree)
    if not found.elements:
        return NOTHING
    owners, styles = _of_characters(handle, text, found.contents)
    return Owned(found.elements, owners, styles, found.continued, found.formulas)


def _of_characters(handle: Any, text: str, contents: dict[int, int]) -> tuple[bytes, bytes]:
    """Owner and style of each character; objects are asked once, and those within words where its ends differ."""
    where, known, fonts = address(handle), dict[int | None, tuple[int, int]](), dict[int, int]()
    known[None] = -1, 0
    owners, styles = (ctypes.c_int16 * len(text))(*repeat(-1, len(text))), bytearray(len(text))

    def asked(index: int) -> tuple[int, int]:
        thing = _object(where, index)
        if thing not in known:
            whole = ctypes.cast(thing, pdfium.FPDF_PAGEOBJECT)
            known[thing] = contents.get(pdfium.FPDFPageObj_GetMarkedContentID(whole), -1), _style(whole, fonts)
        return known[thing]

    for word in _WORD.finditer(text):
        start, end = word.span()
        first, last = asked(start), asked(end - 1)
        owners[start:end] = [first[0]] * (end - start)
        styles[start:end] = bytes((first[1],)) * (end - start)
        if first != last:
            for index in range(start + 1, end):
                owners[index], styles[index] = asked(index)
    return bytes(owners), bytes(styles)


def _style(text: Any, fonts: dict[int, int]) -> int:
    font = pdfium.FPDFTextObj_GetFont(text)
    key = ctypes.cast(font, ctypes.c_void_p).value or 0
    if key not in fonts:
        size = pdfium.FPDFFont_GetBaseFontName(font, _buffer, _LONGEST) if font else 0
        name = _buffer.raw[: max(0, min(size, _LONGEST) - 1)].decode("utf-8", "replace")
        flags = pdfium.FPDFFont_GetFlags(font) if font else 0
        bold = bool(_BOLD.search(name)) or (flags > 0 and bool(flags & _FORCE_BOLD))
        fonts[key] = BOLD * bold | ITALIC * (bool(_ITALIC.search(name)) or (flags > 0 and bool(flags & _SLANTED)))
    return fonts[key]


class _Tree:
    """Elements in the order of the tree."""

    def __init__(self) -> None:
        self.elements: list[list[Any]] = []
        self.contents: dict[int, int] = {}
        self.continued: list[int] = []
        self.formulas: list[int] = []
        self._tables = self._visited = 0

    def add(self, element: Any, lists: int = 0, owner: int = -1, depth: int = 0) -> None:
        """What an element holds belongs to it, if it is a block, or else to the block around it, `owner`."""
        self._visited += 1
        if depth > _DEEPEST or self._visited > _MOST:
            return
        type = _type(element)
        cell = owner >= 0 and self.elements[owner][0] == "table"
        if type == "Table" and not cell:
            self._add_table(element, depth)
            return
        made = type in _KINDS and (owner < 0 or (type in _INNER and not cell))
        if made:
            owner = self._made(_KINDS[type], max(lists, 1) if type == "LI" else _level(type))
        if type == "Formula":
            self.formulas.append(owner if made else -1)
        self._fill(element, lists + (type == "L"), owner, depth)

    def _fill(self, element: Any, lists: int, owner: int, depth: int) -> None:
        for _, mark, child in _kids(element):
            if mark >= 0 and owner >= 0:
                self.contents.setdefault(mark, owner)
            elif child:
                self.add(child, lists, owner, depth + 1)

    def _made(self, kind: str, level: int = 0, place: tuple[int, ...] = (-1, 0, 0, 1, 1, 0)) -> int:
        self.elements.append([kind, level, *place])
        return len(self.elements) - 1

    def _add_table(self, table: Any, depth: int) -> None:
        number, self._tables = self._tables, self._tables + 1
        taken: set[tuple[int, int]] = set()
        rows = list(_rows(table))
        shown = [place for place, row in enumerate(rows) if row]
        if not shown:
            return
        if shown[0] > 0:  # rows without content on this page stand on others
            self.continued.append(number)
        for place, row in enumerate(rows[shown[0] : shown[-1] + 1]):
            if row:
                self._add_row(row, number, place, taken, depth)

    def _add_row(self, row: Any, table: int, place: int, taken: set[tuple[int, int]], depth: int) -> None:
        column = 0
        for _, _, cell in _kids(row):
            while (place, column) in taken:
                column += 1
            if not cell:  # an empty one, of which nothing is known
                column += 1
                continue
            said = _attributes(cell)
            high, wide = _span(said.get("RowSpan")), _span(said.get("ColSpan"))
            taken.update((place + down, column + across) for down in range(high) for across in range(wide))
            header = int(_type(cell) == "TH")
            owner = self._made("table", 0, (table, place, column, high, wide, header))
            self._fill(cell, 0, owner, depth + 2)
            column += wide


def _rows(table: Any) -> Iterator[Any]:
    """The rows of a table; `None` for those without content on the page."""
    for _, _, child in _kids(table):
        type = _type(child) if child else "TR"
        if type in ("THead", "TBody", "TFoot"):
            yield from (row for _, _, row in _kids(child))
        elif type == "TR":
            yield child


def _kids(element: Any) -> Iterator[tuple[int, int, Any]]:
    """Number, content (-1 for none) and element (`None` for none) of each."""
    for index in range(min(pdfium.FPDF_StructElement_CountChildren(element), _MOST)):
        mark = pdfium.FPDF_StructElement_GetChildMarkedContentID(element, index)
        yield index, mark, None if mark >= 0 else pdfium.FPDF_StructElement_GetChildAtIndex(element, index)


def _level(type: str) -> int:
    return int(type[1]) if type[:1] == "H" and type[1:].isdigit() else int(type == "H")


def _span(value: float | None) -> int:
    return int(min(max(value or 1, 1), _MOST_SPAN))


def _type(element: Any) -> str:
    raw = _text(pdfium.FPDF_StructElement_GetRawType, element)
    return _STYLES.get(raw.lower()) or _text(pdfium.FPDF_StructElement_GetType, element)


_LONGEST = 128
_buffer = ctypes.create_string_buffer(_LONGEST)
_letters = ctypes.cast(_buffer, ctypes.POINTER(ctypes.c_ushort))


def _text(get: Any, element: Any) -> str:
    size = get(element, _letters, _LONGEST)
    return _buffer.raw[: max(0, size - 2)].decode("utf-16-le", "replace") if size <= _LONGEST else ""


def _attributes(element: Any) -> dict[str, float]:
    """Attributes that are numbers."""
    found: dict[str, float] = {}
    size, number = ctypes.c_ulong(), ctypes.c_float()
    for index in range(max(0, pdfium.FPDF_StructElement_GetAttributeCount(element))):
        given = pdfium.FPDF_StructElement_GetAttributeAtIndex(element, index)
        for place in range(max(0, pdfium.FPDF_StructElement_Attr_GetCount(given))):
            if not pdfium.FPDF_StructElement_Attr_GetName(given, place, _buffer, _LONGEST, size):
                continue
            name = _buffer.raw[: max(0, size.value - 1)]
            value = pdfium.FPDF_StructElement_Attr_GetValue(given, name)
            if value and pdfium.FPDF_StructElement_Attr_GetNumberValue(value, number):
                found[name.decode("ascii", "replace")] = number.value
    return found
