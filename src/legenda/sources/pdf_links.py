"""Links of a PDF page. Runs in the child only."""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2_raw.bindings as pdfium

_MOST, _LONGEST = 2000, 2048


def links_of(document: Any, page: Any) -> list[list[Any]]:
    """Left, bottom, right and top in PDF coordinates, and the address, of every link to somewhere else."""
    found: list[list[Any]] = []
    at, link, box = ctypes.c_int(), pdfium.FPDF_LINK(), pdfium.FS_RECTF()
    buffer = ctypes.create_string_buffer(_LONGEST)
    while len(found) < _MOST and pdfium.FPDFLink_Enumerate(page, at, link):
        action = pdfium.FPDFLink_GetAction(link)
        size = pdfium.FPDFAction_GetURIPath(document, action, buffer, _LONGEST) if action else 0
        if 1 < size <= _LONGEST and pdfium.FPDFLink_GetAnnotRect(link, box):
            found.append([box.left, box.bottom, box.right, box.top, buffer.raw[: size - 1].decode("utf-8", "replace")])
    return found
