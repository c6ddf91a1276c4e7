"""How text objects of a PDF page look: fonts, sizes, and how much is drawn beside them. Runs in the child only."""

from __future__ import annotations

import ctypes
import re
import struct
from typing import Any

import pypdfium2_raw.bindings as pdfium

from legenda.sandbox.jobs import Answer
from legenda.sources.page import BOARD, FIXED, ITALIC, MATHS, SCRIPT, STRONG
from legenda.sources.pdf_objects import Contents
from legenda.sources.pdfium import Handle, Matrix, fast

_MOST = 20_000
_RECORD = struct.Struct("<5fB")
_LONGEST = 128
_FIXED_PITCH, _SLANTED, _FORCED_BOLD = 1, 1 << 6, 1 << 18  # of font descriptors (ISO 32000-1, table 123)
_BOLD = re.compile(r"(?i)bold|black|heavy|demi(?!c)|cmbx|sfbx|cmb\d|ptmb|phvb|pplb|utmb|-b$|mtb$|,b")
_ITALIC = re.compile(r"(?i)ital|obli|slant|cmti|cmsl|sfti|sfsl|-it?$|kursiv")
_MONO = re.compile(r"(?i)mono|courier|consol|typewriter|menlo|cmtt|sftt|inconsolata|code(?!c)")
_MATH = re.compile(
    r"(?i)math|\bcm(mi|sy|ex|bsy|mib)\d*|\b(ms[ab]m|eu[fsx]m|rsfs|wasy|stmary|lm(math|mi|sy|ex))\d*|mtsy|mtmi"
    r"|applesymbols"
)
_CALLIGRAPHIC, _DOUBLED = re.compile(r"(?i)cmsy|cmbsy|eus[mb]|rsfs"), re.compile(r"(?i)msbm|bbold|dsrom|bbm")
_FEW = 3
"""Objects in fonts for formulas, from which what objects say is asked for."""
_bounds = fast("FPDFPageObj_GetBounds")
_buffer = ctypes.create_string_buffer(_LONGEST)


def looks(page: Any, contents: Contents, affine: Matrix) -> Answer:
    """Of each text object its box (left, bottom, right, top; PDF coordinates), size and look; the number of paths.

    Args:
        page: handle.
        contents: of the page.
        affine: from PDF coordinates to page units.
    """
    fonts: dict[int, int] = {}
    sides = (ctypes.c_float * 4)()
    targets = [ctypes.byref(sides, 4 * place) for place in range(4)]
    records, maths = [], 0
    handles: list[Handle] = []
    for words, outer in contents.groups:
        for handle in words[: _MOST - len(handles)]:
            if _bounds(handle, *targets):
                look = _look(handle, fonts)
                maths += bool(look & MATHS)
                records.append(_RECORD.pack(*_placed(tuple(sides), outer), _size(handle, outer), look))
                handles.append(handle)
    texts = _texts(page, handles) if maths >= _FEW else []
    return Answer({"paths": contents.paths, "affine": affine, "texts": texts}, [bytearray(b"".join(records))])


def _texts(page: Any, handles: list[Handle]) -> list[str]:
    """What text objects say; nothing for those that say more than a formula's part does."""
    opened = pdfium.FPDFText_LoadPage(page)
    if not opened:
        return []
    letters = ctypes.cast(_buffer, ctypes.POINTER(ctypes.c_ushort))
    found = []
    try:
        for handle in handles:
            whole = ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT)
            size = pdfium.FPDFTextObj_GetText(whole, opened, letters, _LONGEST)
            text = _buffer.raw[: max(0, size - 2)].decode("utf-16-le", "replace") if size <= _LONGEST else ""
            found.append(text)
    finally:
        pdfium.FPDFText_ClosePage(opened)
    return found


def _placed(box: tuple[float, ...], outer: Matrix) -> tuple[float, float, float, float]:
    a, b, c, d, e, f = outer
    points = [(a * x + c * y + e, b * x + d * y + f) for x in box[0::2] for y in box[1::2]]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _size(handle: Handle, outer: Matrix) -> float:
    """Of the letters, in points, as they are painted."""
    size, matrix = ctypes.c_float(), pdfium.FS_MATRIX()
    whole = ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT)
    if not pdfium.FPDFTextObj_GetFontSize(whole, size) or not pdfium.FPDFPageObj_GetMatrix(whole, matrix):
        return 0.0
    across = (matrix.c * matrix.c + matrix.d * matrix.d) ** 0.5
    return abs(float(size.value * across * (outer[2] ** 2 + outer[3] ** 2) ** 0.5))


def _look(handle: Handle, fonts: dict[int, int]) -> int:
    font = pdfium.FPDFTextObj_GetFont(ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT))
    key = ctypes.cast(font, ctypes.c_void_p).value or 0
    if key not in fonts:
        fonts[key] = _look_of(font) if font else 0
    return fonts[key]


def _look_of(font: Any) -> int:
    size = pdfium.FPDFFont_GetBaseFontName(font, _buffer, _LONGEST)
    name = _buffer.raw[: max(0, min(size, _LONGEST) - 1)].decode("utf-8", "replace").partition("+")
    family = name[2] or name[0]
    flags = max(0, pdfium.FPDFFont_GetFlags(font))
    maths = bool(_MATH.search(family))
    look = STRONG * bool(_BOLD.search(family) or flags & _FORCED_BOLD)
    look |= ITALIC * (not maths and bool(_ITALIC.search(family) or flags & _SLANTED))
    look |= FIXED * bool(_MONO.search(family) or flags & _FIXED_PITCH)
    look |= SCRIPT * bool(_CALLIGRAPHIC.search(family)) | BOARD * bool(_DOUBLED.search(family))
    return look | MATHS * maths
