"""PDFium through its C interface, with the calls that happen once per character or object made cheap.

Runs in the child only; one thread, one document. Handles are plain addresses.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pypdfium2_raw.bindings as pdfium

from legenda.errors import CorruptSourceError

FORM, TEXT, PATH, IMAGE, SHADING = (
    pdfium.FPDF_PAGEOBJ_FORM,
    pdfium.FPDF_PAGEOBJ_TEXT,
    pdfium.FPDF_PAGEOBJ_PATH,
    pdfium.FPDF_PAGEOBJ_IMAGE,
    pdfium.FPDF_PAGEOBJ_SHADING,
)
Matrix = tuple[float, float, float, float, float, float]


class Handle(ctypes.c_void_p):
    """What a `fast` function may return and take as it is; a plain `c_void_p` comes back as a number."""


def fast(name: str, result: Any = ctypes.c_int) -> Any:
    """A function of PDFium without checks of argument types and without giving up the interpreter's lock.

    A character box costs 0.22 µs this way instead of 0.6 µs (measured over 3,000 characters a page).
    """
    pointer = ctypes.cast(getattr(pdfium, name), ctypes.c_void_p).value
    return ctypes.PYFUNCTYPE(result)(pointer or 0)  # without argument types, as the call says


def address(handle: Any) -> Any:
    """The address of a handle, as `fast` functions take it: in the form that costs 15 % less a call than a pointer."""
    return ctypes.byref(ctypes.c_char.from_address(ctypes.cast(handle, ctypes.c_void_p).value or 0))


class Frame(NamedTuple):
    """A page's box in PDF coordinates and its rotation, and so its map to our page units."""

    left: float
    bottom: float
    right: float
    top: float
    quarters: int
    width: float
    height: float

    def affine(self) -> Matrix:
        """(a, b, c, d, e, f) of `x' = a x + b y + c`, `y' = d x + e y + f`: top-left origin, y down, as shown."""
        # pdfium may show the box scaled (a user unit), so what it says of the size is kept
        wide, high = max(self.right - self.left, 1e-6), max(self.top - self.bottom, 1e-6)
        shown = (wide, high) if self.quarters % 2 == 0 else (high, wide)
        x, y = self.width / shown[0], self.height / shown[1]
        if self.quarters == 0:
            return (x, 0, -self.left * x, 0, -y, self.top * y)
        if self.quarters == 1:
            return (0, x, -self.bottom * x, y, 0, -self.left * y)
        if self.quarters == 2:
            return (-x, 0, self.right * x, 0, y, -self.bottom * y)
        return (0, -x, self.top * x, -y, 0, self.right * y)


@contextmanager
def loaded_page(document: Any, number: int, name: str, form: Any = None) -> Iterator[Any]:
    """A page handle (`number` 1-based), closed at the end. Annotations that show text become part of the page.

    Raises:
        CorruptSourceError: pdfium cannot load it.
    """
    page = pdfium.FPDF_LoadPage(document, number - 1)
    if page and _has_notes(page):
        if form:
            pdfium.FORM_OnAfterLoadPage(page, form)  # makes appearances where fields have none
        flattened = pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS
        if form:
            pdfium.FORM_OnBeforeClosePage(page, form)
        if flattened:
            pdfium.FPDF_ClosePage(page)
            page = pdfium.FPDF_LoadPage(document, number - 1)
    if not page:
        raise CorruptSourceError(f"{name} is damaged", "the page cannot be loaded", "repair the file")
    try:
        yield page
    finally:
        pdfium.FPDF_ClosePage(page)


def _has_notes(page: Any) -> bool:
    """Whether annotations other than links are there."""
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        note = pdfium.FPDFPage_GetAnnot(page, index)
        if note:
            kind = pdfium.FPDFAnnot_GetSubtype(note)
            pdfium.FPDFPage_CloseAnnot(note)
            if kind not in (pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP):
                return True
    return False


def frame_of(page: Any, name: str) -> Frame:
    """Geometry of a page. PDFium falls back to US Letter where boxes are missing.

    Raises:
        CorruptSourceError: the page has no size.
    """
    box = pdfium.FS_RECTF()
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise CorruptSourceError(f"{name} has no size", "its boxes are empty", "repair the file")
    quarters = pdfium.FPDFPage_GetRotation(page) % 4
    if not pdfium.FPDF_GetPageBoundingBox(page, box):
        box.left, box.bottom = 0.0, 0.0
        box.right, box.top = (width, height) if quarters % 2 == 0 else (height, width)
    return Frame(box.left, box.bottom, box.right, box.top, quarters, width, height)
